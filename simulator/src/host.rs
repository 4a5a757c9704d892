//! Nodes in virtual time: they are given lines and the time, and never waited for.

mod clock;
mod environment;
mod folders;
mod in_process;
mod inbox;
mod panics;
mod process;

pub(crate) use folders::RunFolders;
pub(crate) use in_process::InProcessHost;
pub(crate) use process::ProcessHost;

use glomers_engine::{Host, LastLines, LogTimes};

/// A node in virtual time, and what is asked of it after the run.
pub(crate) trait SimulatedHost: Host {
    /// The last lines that it printed.
    fn last_lines(&self) -> LastLines;

    /// Everything that it logged, over all of its starts.
    fn take_stderr(&mut self) -> String;

    /// When it logged what.
    fn log_times(&self) -> &LogTimes;

    /// How often its threads were stopped: what its simulation costs.
    fn stops(&self) -> u64;

    /// Number of bytes that it was sent and did not read.
    fn unread_bytes(&self) -> usize;

    /// Why its behaviour may differ in another run of the same seed, and for which limits it was killed,
    /// in words.
    fn warnings(&self) -> Vec<String>;
}
