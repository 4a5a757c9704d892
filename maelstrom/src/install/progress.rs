//! Reports the progress of an installation.

use super::stop::Stop;
use std::io::{self, Read};

/// The current step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The archive is downloaded.
    Download,
    /// The digest of a local file is computed.
    Check,
    /// The archive is unpacked.
    Unpack,
}

/// The progress of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The step.
    pub step: Step,
    /// Bytes of the archive processed so far.
    pub done: u64,
    /// Size of the archive in bytes, if known.
    pub total: Option<u64>,
}

impl Progress {
    /// The start of a step.
    pub(crate) fn begin(step: Step, total: Option<u64>) -> Self {
        Self { step, done: 0, total }
    }
}

/// The callback for progress.
pub(crate) type Watcher<'a> = &'a mut (dyn FnMut(Progress) + Send);

/// A reader that reports its progress, and fails if the installation is stopped.
pub(crate) struct Watched<'a, R> {
    inner: R,
    stop: &'a Stop,
    watcher: Watcher<'a>,
    progress: Progress,
}

impl<'a, R> Watched<'a, R> {
    /// Continues from this progress.
    pub(crate) fn new(inner: R, from: Progress, stop: &'a Stop, watcher: Watcher<'a>) -> Self {
        watcher(from);
        Self { inner, stop, watcher, progress: from }
    }

    /// Bytes read so far.
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
