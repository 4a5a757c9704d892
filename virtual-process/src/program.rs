//! What to start, and how.

use crate::threads::Schedule;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

/// A program, its environment, and the choices of its simulation.
#[derive(Debug, Clone)]
pub struct Program {
    /// Path of the program.
    pub path: PathBuf,
    /// Its arguments, without its name.
    pub args: Vec<OsString>,
    /// Its working directory.
    pub folder: PathBuf,
    /// Its whole environment.
    pub environment: Vec<(OsString, OsString)>,
    /// Decides its random numbers and, with [`Schedule::Random`], its threads' order.
    pub seed: u64,
    /// Distinguishes nodes on one (simulated) machine: their processes have different numbers.
    pub number: u32,
    /// Which of several threads that can run is next.
    pub schedule: Schedule,
    /// Processor time that a thread may use without a system call before others have their turn.
    pub preempt_after: Duration,
    /// How many threads the program may have at the same time.
    pub most_threads: usize,
}

impl Program {
    /// Default of [`preempt_after`](Self::preempt_after).
    pub const PREEMPT_AFTER: Duration = Duration::from_millis(300);
    /// Default of [`most_threads`](Self::most_threads).
    pub const MOST_THREADS: usize = 4096;

    /// A program without arguments and environment, which works in a folder.
    pub fn new(path: impl Into<PathBuf>, folder: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            args: Vec::new(),
            folder: folder.into(),
            environment: Vec::new(),
            seed: 0,
            number: 0,
            schedule: Schedule::Fifo,
            preempt_after: Self::PREEMPT_AFTER,
            most_threads: Self::MOST_THREADS,
        }
    }
}
