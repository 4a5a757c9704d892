//! Says how far an installation is.

use super::stop::Stop;
use std::io::{self, Read};

/// What is being done with the archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It is fetched.
    Download,
    /// A file's digest is taken.
    Check,
    /// It is unpacked.
    Unpack,
}

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The step.
    pub step: Step,
    /// Bytes of the archive that are done.
    pub done: u64,
    /// All its bytes, where they are known.
    pub total: Option<u64>,
}

impl Progress {
    /// The step begins.
    pub(crate) fn begin(step: Step, total: Option<u64>) -> Self {
        Self { step, done: 0, total }
    }
}

/// Who is told.
pub(crate) type Watcher<'a> = &'a mut (dyn FnMut(Progress) + Send);

/// Reads on, says how far it is, and fails when it is stopped.
pub(crate) struct Watched<'a, R> {
    inner: R,
    stop: &'a Stop,
    watcher: Watcher<'a>,
    progress: Progress,
}

impl<'a, R> Watched<'a, R> {
    /// Goes on from this progress.
    pub(crate) fn new(inner: R, from: Progress, stop: &'a Stop, watcher: Watcher<'a>) -> Self {
        watcher(from);
        Self { inner, stop, watcher, progress: from }
    }

    /// Bytes that were read.
    pub(crate) fn done(&self) -> u64 {
        self.progress.done
    }
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer);
        if self.stop.is_set() {
            return Err(io::Error::other("stopped"));
        }
        let read = read?;
        self.progress.done += read as u64;
        (self.watcher)(self.progress);
        Ok(read)
    }
}
