//! When something happened, and in which process.

use glomers_history::{Operation, Process};
use std::fmt;

const NANOS_PER_SECOND: f64 = 1e9;

/// An entry of the history, without its data. Its text names process and time: `process 2 at 0.317
/// s, entry 12` (of history.edn, by `:index`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Its index.
    pub index: u64,
    /// Nanoseconds since the test began.
    pub time: i64,
    /// The process.
    pub process: Process,
}

impl From<&Operation> for Moment {
    fn from(operation: &Operation) -> Self {
        Self { index: operation.index, time: operation.time, process: operation.process }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.process {
            Process::Client(process) => write!(out, "process {process}")?,
            Process::Nemesis => write!(out, "the nemesis")?,
        }
        let seconds = self.time as f64 / NANOS_PER_SECOND;
        write!(out, " at {seconds:.3} s, entry {}", self.index)
    }
}
