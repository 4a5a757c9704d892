//! The program's standard streams.

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::fd::AsFd;
use std::process::{ChildStdin, ChildStdout};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Requested size of a pipe, in bytes. With less, only speed is lost.
const PIPE_BYTES: i32 = 1024 * 1024;
/// Number of bytes of output after which the program waits until they are taken.
const MOST_BYTES: usize = 4 * 1024 * 1024;
/// Number of bytes per read.
const CHUNK_BYTES: usize = 64 * 1024;

/// Held while a process is being started, from the creation of its pipes until it has executed its
/// program and so closed what it inherited.
pub(crate) fn starting() -> MutexGuard<'static, ()> {
    static STARTING: Mutex<()> = Mutex::new(());
    // It protects no data that a panic could leave half done.
    STARTING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes calls on our end return at once.
fn prepare(pipe: impl AsFd) {
    // A failure would show as a program that never continues; there is no reason for one.
    let _ = fcntl(&pipe, FcntlArg::F_SETFL(OFlag::O_NONBLOCK));
    let _ = fcntl(&pipe, FcntlArg::F_SETPIPE_SZ(PIPE_BYTES));
}

/// Our end of the program's stdin.
#[derive(Debug)]
pub(crate) struct Input {
    /// `None` after it was closed, by either side.
    pipe: Option<ChildStdin>,
    /// What the pipe has not yet taken.
    backlog: Vec<u8>,
    closes: bool,
}

impl Input {
    pub(crate) fn new(pipe: ChildStdin) -> Self {
        prepare(&pipe);
        Self { pipe: Some(pipe), backlog: Vec::new(), closes: false }
    }

    pub(crate) fn add(&mut self, bytes: &[u8]) {
        if self.pipe.is_some() {
            self.backlog.extend_from_slice(bytes);
        }
    }

    pub(crate) fn close(&mut self) {
        self.closes = true;
    }

    pub(crate) fn unread_bytes(&self) -> usize {
        self.backlog.len()
    }

    /// Writes as much as the pipe takes; returns whether it took anything or was closed.
    pub(crate) fn flush(&mut self) -> bool {
        let Some(pipe) = &mut self.pipe else { return false };
        let mut written = 0;
        let mut is_broken = false;
        while written < self.backlog.len() {
            match pipe.write(&self.backlog[written..]) {
                Ok(bytes) => written += bytes,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                // The program closed it: unread input is lost, as for any process.
                Err(_) => {
                    is_broken = true;
                    break;
                }
            }
        }
        self.backlog.drain(..written);
        if is_broken || (self.closes && self.backlog.is_empty()) {
            self.backlog.clear();
            // A process that is being started by another thread has a copy until it executes its
            // program; the program at the other end would not see the end yet.
            let _no_start = starting();
            self.pipe = None;
            return true;
        }
        written > 0
    }
}

/// Our end of the program's stdout.
#[derive(Debug)]
pub(crate) struct Output {
    /// `None` after it was closed.
    pipe: Option<ChildStdout>,
    text: Vec<u8>,
    chunk: Vec<u8>,
}

impl Output {
    pub(crate) fn new(pipe: ChildStdout) -> Self {
        prepare(&pipe);
        Self { pipe: Some(pipe), text: Vec::new(), chunk: vec![0; CHUNK_BYTES] }
    }

    /// Whether so much was printed that it must be taken before more is read.
    pub(crate) fn is_full(&self) -> bool {
        self.text.len() >= MOST_BYTES
    }

    /// Reads what is there; returns whether there was anything.
    pub(crate) fn fill(&mut self) -> bool {
        let before = self.text.len();
        while let Some(pipe) = self.pipe.as_mut().filter(|_| self.text.len() < MOST_BYTES) {
            match pipe.read(&mut self.chunk) {
                Ok(0) => self.pipe = None,
                Ok(bytes) => self.text.extend_from_slice(&self.chunk[..bytes]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(_) => self.pipe = None,
            }
        }
        self.text.len() > before
    }

    pub(crate) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.text)
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.pipe.is_none()
    }
}
