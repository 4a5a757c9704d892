//! How the engine reaches a node, whatever it is: a process, a Rust value, a module.

pub(crate) mod child;
mod lines;
pub(crate) mod watchdog;

use crate::event::Exit;
use crate::{EngineError, Time};
use std::task::{Context, Poll};

/// Something that came from a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Printed<'a> {
    /// A line of stdout, without its newline.
    Line(&'a [u8]),
    /// The beginning of a line that was too long to keep.
    TooLong(&'a [u8]),
    /// Text that came some time ago, and no newline behind it.
    Unfinished(&'a [u8]),
    /// Its stdout is closed, but it lives on.
    Closed,
    /// It ended.
    Exited(Exit),
}

/// One node, reached through whole lines.
///
/// A host in virtual time is never waited for: it says with [`next_wake`](Self::next_wake) when it
/// has something to do, and its [`poll_ready`](Self::poll_ready) is always pending.
pub trait Host {
    /// Starts the node, or after [`kill`](Self::kill) starts it again: what it kept on its disk is
    /// still there.
    fn start(&mut self, now: Time) -> Result<(), EngineError>;

    /// Gives it whole lines to read, newlines included. Keeps what it does not take at once.
    fn deliver(&mut self, now: Time, lines: &[u8]);

    /// Whether it has taken everything that was delivered.
    fn is_flushed(&self) -> bool;

    /// Hands over what it printed since the last time, a bounded amount of it, and how it ended.
    fn collect(&mut self, now: Time, sink: &mut dyn FnMut(Printed<'_>));

    /// Looks for output without asking whether there is any, and hands it over; says whether there
    /// was. For callers that expect an answer any moment.
    fn collect_eagerly(&mut self, now: Time, sink: &mut dyn FnMut(Printed<'_>)) -> bool {
        let _ = (now, sink);
        false
    }

    /// Hands over whole lines of stderr since the last time, where there is such a thing.
    fn collect_stderr(&mut self, sink: &mut dyn FnMut(&[u8])) {
        let _ = sink;
    }

    /// When it next wants [`collect`](Self::collect) to be called, if nobody delivers anything.
    fn next_wake(&self) -> Option<Time>;

    /// Ready when [`collect`](Self::collect) has something to hand over, or when more of what was
    /// delivered can be taken.
    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<()>;

    /// Ends the node and everything it started, at once.
    fn kill(&mut self);

    /// Stops the node where it is, until [`resume`](Self::resume).
    fn pause(&mut self, now: Time);

    /// Lets a stopped node go on.
    fn resume(&mut self, now: Time);

    /// Lets the node's clock run so many seconds in one second. Only where time is virtual; others
    /// do nothing.
    fn set_clock_rate(&mut self, now: Time, rate: f64) {
        let _ = (now, rate);
    }

    /// Ready when nothing is left of it.
    fn poll_gone(&mut self, context: &mut Context<'_>) -> Poll<()>;
}
