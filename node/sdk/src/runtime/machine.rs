//! A core without the type of its node.

use crate::runtime::{Core, Node};
use std::time::Duration;

/// The object-safe interface of [`Core`]. See there for each method.
pub trait Machine {
    /// Delivers a line, without its line end.
    fn deliver(&mut self, now: Duration, line: &[u8]);

    /// Advances the time, and runs what is due.
    fn advance(&mut self, now: Duration);

    /// When the node next needs [`Machine::advance`].
    fn deadline(&self) -> Option<Duration>;

    /// Appends the lines that the node has sent.
    fn take_output(&mut self, into: &mut Vec<u8>);

    /// Takes the lines that the node has logged.
    fn take_log(&mut self) -> String;
}

impl<N: Node> Machine for Core<N> {
    fn deliver(&mut self, now: Duration, line: &[u8]) {
        Self::deliver(self, now, line);
    }

    fn advance(&mut self, now: Duration) {
        Self::advance(self, now);
    }

    fn deadline(&self) -> Option<Duration> {
        Self::deadline(self)
    }

    fn take_output(&mut self, into: &mut Vec<u8>) {
        Self::take_output(self, into);
    }

    fn take_log(&mut self) -> String {
        Self::take_log(self)
    }
}
