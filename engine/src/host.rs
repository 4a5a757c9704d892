//! The interface to a node: a process, a Rust value, or a module.

pub(crate) mod child;
mod lines;
pub(crate) mod log_times;
pub(crate) mod output;
pub(crate) mod recent_lines;
pub(crate) mod stderr_file;
pub(crate) mod watchdog;

use crate::event::Exit;
use crate::{EngineError, Time};
use std::task::{Context, Poll};

/// Output of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Printed<'a> {
    /// A line of stdout, without its newline.
    Line(&'a [u8]),
    /// The beginning of a line that was too long to keep.
    TooLong(&'a [u8]),
    /// Text that was printed some time ago without a newline after it.
    Unfinished(&'a [u8]),
    /// Its stdout is closed, but it is still running.
    Closed,
    /// It ended.
    Exited(Exit),
}

/// One node that reads and prints whole lines.
///
/// The host never waits: it returns from [`next_wake`](Self::next_wake) when it next has something
/// to do.
pub trait Host {
    /// Starts the node, or restarts it after [`kill`](Self::kill) with the contents of its disk
    /// unchanged.
    fn start(&mut self, now: Time) -> Result<(), EngineError>;

    /// Delivers whole lines to the node, including newlines. The host buffers what the node does
    /// not take immediately.
    fn deliver(&mut self, now: Time, lines: &[u8]);

    /// Passes a bounded amount of new output, and how the node ended, to `sink`.
    fn collect(&mut self, now: Time, sink: &mut dyn FnMut(Printed<'_>));

    /// Passes new whole lines of stderr to `sink`, if the host has a stderr.
    fn collect_stderr(&mut self, sink: &mut dyn FnMut(&[u8])) {
        let _ = sink;
    }

    /// When [`collect`](Self::collect) must be called next, unless lines are delivered first.
    fn next_wake(&self) -> Option<Time>;

    /// Kills the node and everything that it started, immediately.
    fn kill(&mut self);

    /// Suspends the node, until [`resume`](Self::resume).
    fn pause(&mut self, now: Time);

    /// Resumes a suspended node.
    fn resume(&mut self, now: Time);

    /// Makes the node's clock advance by `rate` seconds per second. Only in virtual time; other
    /// hosts do nothing.
    fn set_clock_rate(&mut self, now: Time, rate: f64) {
        let _ = (now, rate);
    }
}

/// A node that runs at the same time as the engine, so that a driver waits for it.
pub trait LiveHost: Host {
    /// Whether the node has taken everything that was delivered.
    fn is_flushed(&self) -> bool;

    /// Checks for output without waiting for readiness, and passes it to `sink`; returns whether
    /// there was any. For callers that expect an answer at any moment.
    fn collect_eagerly(&mut self, now: Time, sink: &mut dyn FnMut(Printed<'_>)) -> bool;

    /// Ready when [`collect`](Host::collect) would return output, or when the node can take more of
    /// what was delivered.
    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<()>;

    /// Ready when the node and everything that it started have ended.
    fn poll_gone(&mut self, context: &mut Context<'_>) -> Poll<()>;
}
