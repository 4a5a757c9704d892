//! The process of a node: its start in a process group, its pipes, and its end.

use super::ChildSettings;
use crate::host::watchdog::Watchdog;
use crate::platform::{self, ProcessGroup};
use nix::sys::signal::Signal;
use std::cell::RefCell;
use std::fs::File;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::process::{ExitStatus, Stdio};
use std::task::{Context, Poll};
use tokio::net::unix::pipe;
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// A process that was started.
pub(super) struct Process {
    group: ProcessGroup,
    /// `None` after it was closed, by either side.
    pub(super) stdin: Option<pipe::Sender>,
    pub(super) stdout: Option<pipe::Receiver>,
    end: End,
}

/// Whether the process has ended. A future that has completed must not be polled again.
enum End {
    Awaited(Pin<Box<dyn Future<Output = io::Result<ExitStatus>>>>),
    Known(ExitStatus),
}

impl Process {
    /// Starts the node; the watchdog, if there is one, is notified of its group.
    pub(super) fn start(
        settings: &ChildSettings,
        stderr: File,
        watchdog: Option<&RefCell<Watchdog>>,
    ) -> io::Result<Self> {
        let direct = Command::new(&settings.program);
        let mut child = match spawn(settings, direct, stderr.try_clone()?) {
            // A script without a `#!` line: run it with a shell, as some systems do.
            Err(error) if error.raw_os_error() == Some(nix::libc::ENOEXEC) => {
                let mut shell = Command::new("sh");
                shell.arg(&settings.program);
                spawn(settings, shell, stderr)?
            }
            started => started?,
        };
        let group = ProcessGroup::led_by(child.id()).ok_or(io::ErrorKind::NotFound)?;
        if let Some(watchdog) = watchdog {
            watchdog.borrow_mut().watch(group.number());
        }
        let stdin = child.stdin.take().map(ChildStdin::into_owned_fd).transpose()?;
        let stdout = child.stdout.take().map(ChildStdout::into_owned_fd).transpose()?;
        let stdin = stdin.map(pipe::Sender::from_owned_fd).transpose()?;
        let stdout = stdout.map(pipe::Receiver::from_owned_fd).transpose()?;
        if let (Some(stdin), Some(stdout)) = (&stdin, &stdout) {
            platform::enlarge_pipe(stdin);
            platform::enlarge_pipe(stdout);
        }
        let end = End::Awaited(Box::pin(async move { child.wait().await }));
        Ok(Self { group, stdin, stdout, end })
    }

    /// Ready when the process has ended.
    pub(super) fn poll_end(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if let End::Awaited(waiting) = &mut self.end {
            match waiting.as_mut().poll(context) {
                // If waiting fails, the exit status is unknown, but the process has ended.
                Poll::Ready(status) => self.end = End::Known(status.unwrap_or_default()),
                Poll::Pending => return Poll::Pending,
            }
        }
        Poll::Ready(())
    }

    /// How it ended; `None` while that is not known.
    pub(super) fn exit_status(&self) -> Option<ExitStatus> {
        match self.end {
            End::Awaited(_) => None,
            End::Known(status) => Some(status),
        }
    }

    /// Sends a signal to the node and everything that it started, if it has not ended.
    pub(super) fn signal(&self, signal: Signal) {
        if self.exit_status().is_none() {
            self.group.signal(signal);
        }
    }

    /// Kills the node and everything that it started, also after its own end.
    pub(super) fn kill(&mut self, watchdog: Option<&RefCell<Watchdog>>) {
        self.stdin = None;
        self.group.kill();
        self.stdout = None;
        if let Some(watchdog) = watchdog {
            watchdog.borrow_mut().forget(self.group.number());
        }
    }
}

/// Starts the node with this command, which may already have arguments.
fn spawn(settings: &ChildSettings, mut command: Command, stderr: File) -> io::Result<Child> {
    command
        .args(&settings.args)
        .current_dir(&settings.working_folder)
        .env("TMPDIR", &settings.temporary_folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(stderr)
        .process_group(0)
        .kill_on_drop(true);
    platform::prepare(&mut command);
    command.spawn()
}
