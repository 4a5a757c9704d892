//! What to start, and how; and how it ends.

use crate::limits::Limits;
use std::ffi::OsString;
use std::io;
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
    /// The file to which its stderr is appended; `None` to drop it.
    pub stderr: Option<PathBuf>,
    /// Decides its random numbers and, with [`Schedule::Random`], the order of its threads.
    pub seed: u64,
    /// Distinguishes programs on one (simulated) machine: their processes have different numbers.
    pub number: u32,
    /// Which of several threads that can run is next.
    pub schedule: Schedule,
    /// Processor time that a thread may use without a system call before others have their turn.
    pub preempt_after: Duration,
    /// What it may use before it is killed.
    pub limits: Limits,
}

impl Program {
    /// Default of [`preempt_after`](Self::preempt_after).
    pub const PREEMPT_AFTER: Duration = Duration::from_millis(300);

    /// A program without arguments and environment, which works in a folder.
    pub fn new(path: impl Into<PathBuf>, folder: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            args: Vec::new(),
            folder: folder.into(),
            environment: Vec::new(),
            stderr: None,
            seed: 0,
            number: 0,
            schedule: Schedule::Fifo,
            preempt_after: Self::PREEMPT_AFTER,
            limits: Limits::default(),
        }
    }
}

/// Which of several threads that can run is next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schedule {
    /// The one that has been able to run for the longest time.
    Fifo,
    /// Any, drawn from the seed; and a thread may lose its turn at any system call.
    Random,
}

/// How a program ended: its first process, that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It exited with this status.
    Status(i32),
    /// This signal ended it.
    Signal(i32),
}

/// Why a program cannot be started in virtual time.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// It cannot be started at all: it does not exist, is not executable, ...
    #[error(transparent)]
    Spawn(io::Error),
    /// It is a program of 32 bits.
    #[error("a program of 32 bits cannot run in virtual time: compile it for 64 bits")]
    ThirtyTwoBits,
    /// The system does not allow its control.
    #[error("the system does not allow to {what}: {source}")]
    Denied {
        /// What was tried.
        what: &'static str,
        /// The reason.
        source: io::Error,
    },
    /// This is not Linux on x86-64 or arm64.
    #[error(
        "programs run in virtual time only on Linux with an x86-64 or arm64 processor: use a Linux \
         container"
    )]
    Unsupported,
}
