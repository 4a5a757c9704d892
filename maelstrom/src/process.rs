//! Runs Maelstrom as a process and reads its output. Afterwards neither it nor any node is running.

use crate::command::Invocation;
use crate::console::Console;
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use std::fs::File;
use std::future::Future;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::AsyncReadExt as _;
use tokio::net::unix::pipe::Receiver;
use tokio::process::{Child, Command};
use tokio::time::{Instant, interval, sleep_until, timeout};

/// How long it may take to end on request; its nodes would end with it.
const GRACE: Duration = Duration::from_secs(2);
/// How long its output is read after its end: a child that left its group may hold the pipe.
const LAST_OUTPUT: Duration = Duration::from_secs(1);
/// Time between two calls of [`Listener::tick`].
const TICK: Duration = Duration::from_millis(200);
/// Size of the read buffer in bytes.
const CHUNK_BYTES: usize = 64 * 1024;
/// Longest line that is parsed, in bytes; longer ones are truncated. The log has them whole.
const LONGEST_LINE: usize = 1024 * 1024;

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It exited.
    Exited(ExitStatus),
    /// It was killed after this time limit.
    TimedOut(Duration),
    /// It was stopped on request.
    Stopped,
}

/// Watches a run.
pub trait Listener {
    /// The process was started, as the leader of this process group.
    fn started(&mut self, group: i32);
    /// It printed a line, which the console has already parsed.
    fn line(&mut self, line: &str, console: &Console);
    /// Called a few times a second.
    fn tick(&mut self, console: &Console);
    /// No process of the group is left.
    fn gone(&mut self, group: i32);
}

/// What is run, and where its output goes.
#[derive(Debug)]
pub struct Process<'a> {
    /// The command line.
    pub invocation: &'a Invocation,
    /// Its working folder: runs are written to the folder (or link) `store` there.
    pub folder: &'a Path,
    /// Receives its output unchanged.
    pub log: &'a mut File,
    /// The time limit after which it is killed.
    pub timeout: Duration,
}

/// Why it could not be run.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    /// It could not be started.
    #[error("failed to start {}", .program.display())]
    Start {
        /// The program.
        program: PathBuf,
        /// The system's error.
        #[source]
        error: io::Error,
    },
    /// Its output could not be read or written to the log.
    #[error("failed to {what} Maelstrom's output")]
    Output {
        /// What was attempted.
        what: &'static str,
        /// The system's error.
        #[source]
        error: io::Error,
    },
}

impl Process<'_> {
    /// Runs it until it ends, or until `stop` completes.
    pub async fn run(
        self,
        console: &mut Console,
        listener: &mut dyn Listener,
        stop: impl Future<Output = ()>,
    ) -> Result<Ended, ProcessError> {
        let (mut child, mut output) = self.start()?;
        let leader = child.id().and_then(|id| i32::try_from(id).ok()).unwrap_or_default();
        listener.started(leader);
        let mut lines = Lines::default();
        let log = self.log;
        let mut hear = |bytes: &[u8], console: &mut Console, listener: &mut dyn Listener| {
            let mut sink = |line: &str| {
                console.line(line);
                listener.line(line, console);
            };
            lines.take(bytes, &mut sink);
            log.write_all(bytes).map_err(|error| ProcessError::Output { what: "keep", error })
        };

        let deadline = Instant::now() + self.timeout;
        let mut stop = std::pin::pin!(stop);
        let mut chunk = vec![0; CHUNK_BYTES];
        let mut is_open = true;
        let mut ticks = interval(TICK);
        let ended = loop {
            tokio::select! {
                read = output.read(&mut chunk), if is_open => match read {
                    Ok(0) => is_open = false,
                    Ok(length) => {
                        if let Err(error) = hear(&chunk[..length], console, listener) {
                            break Err(error);
                        }
                    }
                    Err(error) => break Err(ProcessError::Output { what: "read", error }),
                },
                status = child.wait() => {
                    break status.map(Ended::Exited)
                        .map_err(|error| ProcessError::Output { what: "wait for the end of", error });
                }
                _ = ticks.tick() => listener.tick(console),
                () = sleep_until(deadline) => break Ok(Ended::TimedOut(self.timeout)),
                () = &mut stop => {
                    // On SIGINT, Maelstrom completes its own log.
                    let _ = kill(Pid::from_raw(leader), Signal::SIGINT);
                    let _ = timeout(GRACE, child.wait()).await;
                    break Ok(Ended::Stopped);
                }
            }
        };
        // In any case: its nodes are in its group, and are killed here.
        let _ = killpg(Pid::from_raw(leader), Signal::SIGKILL);
        let _ = child.wait().await;
        listener.gone(leader);
        let rest = async {
            while is_open && let Ok(length @ 1..) = output.read(&mut chunk).await {
                hear(&chunk[..length], console, listener)?;
            }
            Ok(())
        };
        timeout(LAST_OUTPUT, rest).await.unwrap_or(Ok(()))?;
        hear(b"\n", console, listener)?;
        console.end();
        ended
    }

    /// Starts it in a separate process group, with stdout and stderr in one pipe.
    fn start(&self) -> Result<(Child, Receiver), ProcessError> {
        let failed = |error| ProcessError::Output { what: "make a pipe for", error };
        let words = self.invocation.words();
        let (reader, writer) = io::pipe().map_err(failed)?;
        let mut command = Command::new(&words[0]);
        command
            .args(&words[1..])
            .current_dir(self.folder)
            .stdin(Stdio::null())
            .stdout(writer.try_clone().map_err(failed)?)
            .stderr(writer)
            .process_group(0)
            .kill_on_drop(true);
        let present = std::env::var("JAVA_TOOL_OPTIONS").ok();
        command.envs(self.invocation.jvm_variable(present.as_deref()));
        let output = Receiver::from_owned_fd(reader.into()).map_err(failed)?;
        let child = command
            .spawn()
            .map_err(|error| ProcessError::Start { program: words[0].clone().into(), error })?;
        Ok((child, output))
    }
}

/// Splits the output into lines.
#[derive(Debug, Default)]
struct Lines {
    partial: Vec<u8>,
}

impl Lines {
    fn take(&mut self, bytes: &[u8], sink: &mut dyn FnMut(&str)) {
        let mut pieces = bytes.split(|byte| *byte == b'\n').peekable();
        while let Some(piece) = pieces.next() {
            let room = LONGEST_LINE.saturating_sub(self.partial.len());
            self.partial.extend_from_slice(&piece[..piece.len().min(room)]);
            if pieces.peek().is_some() {
                let line = self.partial.strip_suffix(b"\r").unwrap_or(&self.partial);
                sink(&String::from_utf8_lossy(line));
                self.partial.clear();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_whole_from_any_pieces() {
        let mut lines = Lines::default();
        let mut heard = Vec::new();
        let mut sink = |line: &str| heard.push(line.to_owned());
        for piece in ["a", "b\r\nc\n\nd", "", "e\nlast"] {
            lines.take(piece.as_bytes(), &mut sink);
        }
        assert_eq!(heard, ["ab", "c", "", "de"]);
        assert_eq!(lines.partial, b"last");
    }

    #[test]
    fn a_line_without_end_takes_no_more_memory_than_a_long_one() {
        let mut lines = Lines::default();
        let mut lengths = Vec::new();
        let chunk = vec![b'x'; CHUNK_BYTES];
        for _ in 0..40 {
            lines.take(&chunk, &mut |line| lengths.push(line.len()));
        }
        lines.take(b"\nshort\n", &mut |line| lengths.push(line.len()));
        assert_eq!(lengths, [LONGEST_LINE, 5]);
    }
}
