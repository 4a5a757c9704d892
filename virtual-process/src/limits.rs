//! What a program may use.

use std::fmt;

/// The most that a program, with everything that it starts, may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Threads at the same time.
    pub threads: usize,
    /// Memory in bytes. It is looked at now and then, so a program may use more for a moment.
    pub memory_bytes: u64,
    /// Size of a file in bytes.
    pub file_bytes: u64,
}

const GIBIBYTE: u64 = 1 << 30;

impl Default for Limits {
    fn default() -> Self {
        Self { threads: 4096, memory_bytes: 4 * GIBIBYTE, file_bytes: GIBIBYTE }
    }
}

/// A limit for which a program was killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exceeded {
    /// It had too many threads.
    Threads,
    /// It used too much memory.
    Memory,
    /// It wrote a file that is too large.
    FileSize,
}

impl fmt::Display for Exceeded {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Limits { threads, memory_bytes, file_bytes } = Limits::default();
        match self {
            Self::Threads => write!(out, "it had more than {threads} threads"),
            Self::Memory => {
                write!(out, "it used more than {} GiB of memory", memory_bytes / GIBIBYTE)
            }
            Self::FileSize => {
                write!(out, "it wrote a file of more than {} GiB", file_bytes / GIBIBYTE)
            }
        }
    }
}
