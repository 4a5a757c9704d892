//! A core whose node's type nobody needs to know.

use crate::runtime::{Core, Node};
use std::time::Duration;

/// What drives a node: a [`Core`] behind a pointer. See there for each method.
pub trait Machine {
    /// Hands over a line, without its end.
    fn deliver(&mut self, now: Duration, line: &[u8]);

    /// Tells the time, and runs what is due.
    fn advance(&mut self, now: Duration);

    /// When the node next wants to be advanced.
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
