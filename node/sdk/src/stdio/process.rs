//! The driver: waits for stdin or for the node's next deadline, whichever comes first.
//!
//! One thread. All received input is handled before anything is written, so that a burst costs one
//! read and one write; an idle node sleeps in the kernel.

use crate::runtime::{Disk, Machine, Node, Program};
use crate::stdio::FolderDisk;
use crate::stdio::lines::Lines;
use std::fs::File;
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::SystemTime;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::net::unix::pipe;
use tokio::time::{Instant, timeout_at};

/// Size of a read: the capacity of a pipe on Linux.
const READ_BYTES: usize = 64 * 1024;
/// Longer lines are skipped without being buffered.
const MAX_LINE_BYTES: usize = 64 * 1024 * 1024;

/// Runs a node on this process's stdin and stdout, without a disk; see [`Program::run_stdio`].
#[must_use]
pub fn run<N: Node>() -> ExitCode {
    Program::of::<N>().run_stdio(false)
}

impl Program {
    /// Runs a node on this process's stdin and stdout until stdin is closed. A durable node has the
    /// current folder as its disk, see [`FolderDisk`].
    ///
    /// The exit status is then 0; it is 1 if stdout is closed or stdin cannot be read.
    #[must_use]
    pub fn run_stdio(self, durable: bool) -> ExitCode {
        let disk = durable.then(|| Rc::new(FolderDisk::new(".")) as Rc<dyn Disk>);
        run_machine(self.start(seed(), disk))
    }
}

fn run_machine(machine: Box<dyn Machine>) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("the node cannot start: {error}")),
    };
    let end = runtime.block_on(serve(machine));
    // A blocking read of stdin on a helper thread must not delay the exit.
    runtime.shutdown_background();
    match end {
        Ok(()) => ExitCode::SUCCESS,
        // The process that closed stdout needs no message.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::FAILURE,
        Err(error) => fail(&format!("the node stops: {error}")),
    }
}

fn fail(why: &str) -> ExitCode {
    log(&format!("{why}\n"));
    ExitCode::FAILURE
}

fn log(text: &str) {
    // If stderr is closed, the error cannot be reported.
    let _ = io::stderr().write_all(text.as_bytes());
}

async fn serve(machine: Box<dyn Machine>) -> io::Result<()> {
    let stdin = io::stdin().as_fd().try_clone_to_owned()?;
    // Unbuffered: each batch is one write.
    let stdout = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    let mut process = Process {
        machine,
        started: Instant::now(),
        input: Lines::new(MAX_LINE_BYTES),
        output: Vec::new(),
        stdout,
    };
    // A pipe is polled by this thread. Anything else (a terminal, a file, a socket) is read by a
    // helper thread of tokio.
    match pipe::Receiver::from_owned_fd(stdin) {
        Ok(mut pipe) => {
            let end = process.serve(&mut pipe).await;
            // Blocking again, for other holders of the pipe, such as a shell around this node.
            pipe.into_blocking_fd()?;
            end
        }
        Err(_) => process.serve(&mut tokio::io::stdin()).await,
    }
}

/// A unique seed: the system's randomness for hash maps, mixed with the time and the process id.
fn seed() -> u64 {
    let time = SystemTime::UNIX_EPOCH.elapsed().map_or(0, |elapsed| elapsed.as_nanos());
    RandomState::new().hash_one((time, std::process::id()))
}

struct Process {
    machine: Box<dyn Machine>,
    started: Instant,
    input: Lines,
    output: Vec<u8>,
    stdout: File,
}

impl Process {
    async fn serve(&mut self, stdin: &mut (impl AsyncRead + Unpin)) -> io::Result<()> {
        loop {
            let read = stdin.read_buf(self.input.space(READ_BYTES));
            // A deadline beyond the range of the clock is never reached.
            let deadline = self.machine.deadline().and_then(|due| self.started.checked_add(due));
            let read = match deadline {
                None => Some(read.await?),
                Some(deadline) => timeout_at(deadline, read).await.ok().transpose()?,
            };
            let now = self.started.elapsed();
            match read {
                None => self.machine.advance(now),
                Some(0) => {
                    self.input.take_last(|line| self.machine.deliver(now, line));
                    return self.write();
                }
                Some(_) => {
                    if self.input.take(|line| self.machine.deliver(now, line)) {
                        log("a line is longer than 64 MiB, and is skipped\n");
                    }
                }
            }
            self.write()?;
        }
    }

    /// Writes all that the node has sent and logged.
    fn write(&mut self) -> io::Result<()> {
        self.machine.take_output(&mut self.output);
        if !self.output.is_empty() {
            self.stdout.write_all(&self.output)?;
            self.output.clear();
        }
        let text = self.machine.take_log();
        if !text.is_empty() {
            log(&text);
        }
        Ok(())
    }
}
