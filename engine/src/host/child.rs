//! A node in a separate process: lines on its stdin and stdout, its stderr in a file.

mod process;

use super::output::ProcessOutput;
use super::recent_lines::LastLines;
use super::stderr_file::StderrFile;
use super::watchdog::Watchdog;
use super::{Host, LiveHost, Printed};
use crate::event::Exit;
use crate::{EngineError, Time};
use nix::sys::signal::Signal;
use process::Process;
use std::cell::RefCell;
use std::fs::{self, File};
use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::rc::Rc;
use std::task::{Context, Poll};

/// Number of bytes per read.
const CHUNK_BYTES: usize = 256 * 1024;
/// Number of chunks that are read before other nodes get their turn.
const CHUNKS_AT_ONCE: usize = 4;
/// Maximum number of bytes that are buffered for a node that does not read. Further messages are
/// discarded, to limit memory.
const MOST_BACKLOG_BYTES: usize = 64 * 1024 * 1024;

/// How to run a node.
#[derive(Debug, Clone)]
pub struct ChildSettings {
    /// Name of the node.
    pub name: String,
    /// Path of the program.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<String>,
    /// Its working directory, which no other node uses.
    pub working_folder: PathBuf,
    /// Its `TMPDIR`, which no other node uses.
    pub temporary_folder: PathBuf,
    /// The file for its stderr.
    pub stderr_file: PathBuf,
}

/// A node that runs as a child process.
pub struct ChildHost {
    settings: ChildSettings,
    watchdog: Option<Rc<RefCell<Watchdog>>>,
    /// `None` before its start, and if it could not be started.
    process: Option<Process>,
    /// Delivered lines; the pipe has taken the bytes before `backlog_start`.
    backlog: Vec<u8>,
    backlog_start: usize,
    /// Number of bytes that were discarded because the backlog was full.
    lost_bytes: usize,
    output: ProcessOutput,
    stderr: StderrFile,
    chunk: Vec<u8>,
}

impl ChildHost {
    /// A node that is not running yet. The watchdog, if there is one, is notified of its process
    /// group.
    #[must_use]
    pub fn new(settings: ChildSettings, watchdog: Option<Rc<RefCell<Watchdog>>>) -> Self {
        Self {
            stderr: StderrFile::new(settings.stderr_file.clone()),
            settings,
            watchdog,
            process: None,
            backlog: Vec::new(),
            backlog_start: 0,
            lost_bytes: 0,
            output: ProcessOutput::default(),
            chunk: vec![0; CHUNK_BYTES],
        }
    }

    /// The last lines that the node printed.
    #[must_use]
    pub fn last_lines(&self) -> LastLines {
        LastLines {
            stdout: self.output.last_lines(),
            unfinished: self.output.unfinished_text(),
            stderr: self.stderr.last_lines(),
        }
    }

    /// Puts the time before each line of the stderr of a node that has ended; `in_test` converts times
    /// to nanoseconds since the test began.
    pub fn add_log_times(&self, in_test: impl Fn(Time) -> Option<i64>) -> Result<(), EngineError> {
        let path = self.stderr.path().to_owned();
        self.stderr.add_times(in_test).map_err(|source| EngineError::Write { path, source })
    }

    /// Number of bytes that were sent to it and that it has not read, including those that were
    /// discarded.
    #[must_use]
    pub fn unread_bytes(&self) -> usize {
        self.backlog.len() - self.backlog_start + self.lost_bytes
    }

    /// Prepares the start: creates the node's directories, in case it removed them, and opens the
    /// file for stderr, which is continued after a restart.
    fn prepare(&self) -> Result<File, EngineError> {
        let settings = &self.settings;
        for folder in [&settings.working_folder, &settings.temporary_folder] {
            fs::create_dir_all(folder)
                .map_err(|source| EngineError::Write { path: folder.clone(), source })?;
        }
        let path = self.stderr.path();
        File::options()
            .create(true)
            .append(true)
            .open(path)
            .map_err(|source| EngineError::Write { path: path.to_owned(), source })
    }

    /// Writes as much of the backlog as the pipe accepts.
    fn flush(&mut self) {
        let Some(stdin) = self.process.as_ref().and_then(|process| process.stdin.as_ref()) else {
            return;
        };
        while self.backlog_start < self.backlog.len() {
            match stdin.try_write(&self.backlog[self.backlog_start..]) {
                Ok(written) => self.backlog_start += written,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    // Frees the part of the backlog that was written.
                    if self.backlog_start > CHUNK_BYTES {
                        self.backlog.drain(..self.backlog_start);
                        self.backlog_start = 0;
                    }
                    return;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // The node closed its stdin: unread input is lost, as for any process.
                Err(_) => {
                    if let Some(process) = &mut self.process {
                        process.stdin = None;
                    }
                    break;
                }
            }
        }
        self.backlog.clear();
        self.backlog_start = 0;
    }

    fn read(&mut self, now: Time, sink: &mut dyn FnMut(Printed<'_>)) {
        for _ in 0..CHUNKS_AT_ONCE {
            let Some(stdout) = self.process.as_ref().and_then(|process| process.stdout.as_ref())
            else {
                return;
            };
            match stdout.try_read(&mut self.chunk) {
                Ok(length) if length > 0 => self.output.take(now, &self.chunk[..length], sink),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Ok(_) | Err(_) => {
                    if let Some(process) = &mut self.process {
                        process.stdout = None;
                    }
                    self.output.close(now, sink);
                }
            }
        }
    }

    /// The exit status, if the process has ended.
    fn exit(&self) -> Option<ExitStatus> {
        self.process.as_ref().and_then(Process::exit_status)
    }

    /// Whether the pipe may have more to read; the child may have exited and left output in it.
    fn has_stdout(&self) -> bool {
        self.process.as_ref().is_some_and(|process| process.stdout.is_some())
    }
}

impl Host for ChildHost {
    fn start(&mut self, _now: Time) -> Result<(), EngineError> {
        // Output of an earlier process is not reported for this one, even if it cannot be started.
        self.process = None;
        self.output.restart();
        self.backlog.clear();
        self.backlog_start = 0;
        let stderr = self.prepare()?;
        let process = Process::start(&self.settings, stderr, self.watchdog.as_deref());
        self.process = Some(process.map_err(|source| EngineError::Spawn {
            node: self.settings.name.clone(),
            program: self.settings.program.display().to_string(),
            source,
        })?);
        Ok(())
    }

    fn deliver(&mut self, _now: Time, lines: &[u8]) {
        if self.unread_bytes() > MOST_BACKLOG_BYTES {
            self.lost_bytes += lines.len();
            return;
        }
        self.backlog.extend_from_slice(lines);
        self.flush();
        if self.process.as_ref().is_none_or(|process| process.stdin.is_none()) {
            self.backlog.clear();
            self.backlog_start = 0;
        }
    }

    fn collect(&mut self, now: Time, sink: &mut dyn FnMut(Printed<'_>)) {
        self.flush();
        self.stderr.note(now);
        self.read(now, sink);
        if let Some(status) = self.exit()
            && !self.output.is_exit_reported()
        {
            // A child of the node may keep the pipe open: only the output that is there now is
            // read.
            self.read(now, sink);
            let exit = match (status.code(), status.signal()) {
                (Some(code), _) => Exit::Status(code),
                (None, Some(signal)) => Exit::Signal(signal),
                (None, None) => Exit::Unknown,
            };
            self.output.exit(exit, sink);
        } else {
            self.output.report(now, sink);
        }
    }

    fn collect_stderr(&mut self, sink: &mut dyn FnMut(&[u8])) {
        self.stderr.collect(sink);
    }

    fn next_wake(&self) -> Option<Time> {
        self.output.next_wake()
    }

    fn kill(&mut self) {
        if let Some(process) = &mut self.process {
            process.kill(self.watchdog.as_deref());
        }
    }

    fn pause(&mut self, _now: Time) {
        self.output.pause();
        if let Some(process) = &self.process {
            process.signal(Signal::SIGSTOP);
        }
    }

    fn resume(&mut self, _now: Time) {
        if let Some(process) = &self.process {
            process.signal(Signal::SIGCONT);
        }
    }
}

impl LiveHost for ChildHost {
    fn is_flushed(&self) -> bool {
        self.backlog.is_empty()
    }

    fn collect_eagerly(&mut self, now: Time, sink: &mut dyn FnMut(Printed<'_>)) -> bool {
        let Some(stdout) = self.process.as_ref().and_then(|process| process.stdout.as_ref()) else {
            return false;
        };
        // The end of the stream and errors are handled in `collect`.
        match nix::unistd::read(stdout, &mut self.chunk) {
            Ok(length @ 1..) => {
                self.output.take(now, &self.chunk[..length], sink);
                true
            }
            Ok(0) | Err(_) => false,
        }
    }

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Some(process) = &mut self.process else { return Poll::Pending };
        let mut ready = process.poll_end(context).is_ready() && !self.output.is_exit_reported();
        if let Some(stdout) = &process.stdout {
            ready |= stdout.poll_read_ready(context).is_ready();
        }
        if !self.backlog.is_empty()
            && let Some(stdin) = &process.stdin
        {
            ready |= stdin.poll_write_ready(context).is_ready();
        }
        if ready { Poll::Ready(()) } else { Poll::Pending }
    }

    fn poll_gone(&mut self, context: &mut Context<'_>) -> Poll<()> {
        self.process.as_mut().map_or(Poll::Ready(()), |process| process.poll_end(context))
    }
}

impl std::fmt::Debug for ChildHost {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("ChildHost")
            .field("settings", &self.settings)
            .field("has_stdout", &self.has_stdout())
            .finish_non_exhaustive()
    }
}
