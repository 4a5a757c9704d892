//! Asks a program for its version, with a time limit. Does not interpret the answer.

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use std::ffi::OsStr;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::Command;

/// How long a program may take to print its version: a JVM on a small, cold machine needs seconds.
pub const PATIENCE: Duration = Duration::from_secs(5);
/// Most bytes that are read of each stream.
const LONGEST_ANSWER: u64 = 64 * 1024;
/// The three permission bits for executing a file.
const EXECUTE_BITS: u32 = 0o111;

/// The output of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The program.
    pub program: PathBuf,
    /// Its stdout, then its stderr: programs differ in where they print a version.
    pub text: String,
}

/// Why a program gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// It is not on the `PATH`.
    #[error("not on the PATH")]
    NotOnPath,
    /// The system cannot run it.
    #[error("{} cannot be run: {source}", .program.display())]
    NotRun {
        /// The program.
        program: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// It exited with a failure.
    #[error("{} failed ({status}){}", .program.display(), message_of(.text))]
    Failed {
        /// The program.
        program: PathBuf,
        /// Its exit status.
        status: ExitStatus,
        /// Its output.
        text: String,
    },
    /// It did not end in time.
    #[error("{} did not answer in {} s", .program.display(), .patience.as_secs())]
    Silent {
        /// The program.
        program: PathBuf,
        /// The time limit.
        patience: Duration,
    },
}

/// The first line of a failed program's output.
fn message_of(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty());
    line.map_or_else(String::new, |line| format!(": {line}"))
}

/// The first executable file of that name in these folders, in the format of `PATH`.
#[must_use]
pub fn find_on_path(name: &str, path: Option<&OsStr>) -> Option<PathBuf> {
    std::env::split_paths(path?).map(|folder| folder.join(name)).find(|file| is_executable(file))
}

/// Whether it is a regular file with an execute permission.
#[must_use]
pub fn is_executable(file: &Path) -> bool {
    std::fs::metadata(file).is_ok_and(|metadata| {
        metadata.is_file() && metadata.permissions().mode() & EXECUTE_BITS != 0
    })
}

/// Runs a program of the `PATH`. It and its children are killed if they take longer than
/// [`PATIENCE`], or if the future is dropped.
pub async fn probe(name: &str, args: &[&str], path: Option<&OsStr>) -> Result<Answer, ProbeError> {
    let program = find_on_path(name, path).ok_or(ProbeError::NotOnPath)?;
    ask(&program, args, PATIENCE).await
}

/// Runs a program, as [`probe`] does, with another time limit.
pub(crate) async fn ask(
    program: &Path,
    args: &[impl AsRef<OsStr>],
    patience: Duration,
) -> Result<Answer, ProbeError> {
    let program = program.to_owned();
    let not_run = |source| ProbeError::NotRun { program: program.clone(), source };
    let mut child = Command::new(&program)
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .map_err(not_run)?;
    let group = Group(child.id().and_then(|id| i32::try_from(id).ok()).map(Pid::from_raw));
    let streams = (child.stdout.take(), child.stderr.take());
    let run = async { tokio::join!(start_of(streams.0), start_of(streams.1), child.wait()) };
    let Ok((stdout, stderr, status)) = tokio::time::timeout(patience, run).await else {
        drop(group);
        // The process was killed: this only reaps it.
        child.wait().await.map_err(not_run)?;
        return Err(ProbeError::Silent { program, patience });
    };
    // The process has ended: its group number may have been reused.
    std::mem::forget(group);
    let text = stdout.map_err(not_run)? + &stderr.map_err(not_run)?;
    let status = status.map_err(not_run)?;
    if status.success() {
        Ok(Answer { program, text })
    } else {
        Err(ProbeError::Failed { program, status, text })
    }
}

/// Reads up to the limit, then closes the pipe.
async fn start_of(pipe: Option<impl AsyncRead + Unpin>) -> io::Result<String> {
    let mut bytes = Vec::new();
    if let Some(pipe) = pipe {
        pipe.take(LONGEST_ANSWER).read_to_end(&mut bytes).await?;
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A process group that is killed on drop.
struct Group(Option<Pid>);

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            // The group may have ended in the meantime.
            let _ = killpg(group, Signal::SIGKILL);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;
    use std::time::Instant;

    /// Probes a shell that runs this command.
    async fn ask_shell(command: &str) -> Result<Answer, ProbeError> {
        let path = std::env::var_os("PATH");
        probe("sh", &["-c", command], path.as_deref()).await
    }

    #[tokio::test]
    async fn both_streams_are_heard() {
        assert_eq!(ask_shell("echo one; echo two >&2").await.unwrap().text, "one\ntwo\n");
    }

    #[tokio::test]
    async fn a_failure_is_described_in_its_own_words() {
        let error =
            ask_shell("echo; echo 'No Java runtime present' >&2; exit 1").await.unwrap_err();
        let text = error.to_string();
        assert!(text.ends_with("failed (exit status: 1): No Java runtime present"), "{text}");
    }

    #[tokio::test]
    async fn what_talks_without_end_is_cut_off() {
        let start = Instant::now();
        let error = ask_shell("while :; do echo y; done").await.unwrap_err();
        assert!(matches!(error, ProbeError::Failed { .. }), "{error}");
        assert!(start.elapsed() < PATIENCE);
    }

    #[tokio::test]
    async fn what_is_not_there_is_not_asked() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("sh"), "no program").unwrap();
        let answer = probe("sh", &[], Some(folder.path().as_os_str())).await;
        assert!(matches!(answer, Err(ProbeError::NotOnPath)));
        assert!(matches!(probe("sh", &[], None).await, Err(ProbeError::NotOnPath)));
    }

    #[tokio::test]
    async fn a_dropped_question_kills_the_program() {
        let folder = tempfile::tempdir().unwrap();
        let fifo = folder.path().join("fifo");
        nix::unistd::mkfifo(&fifo, nix::sys::stat::Mode::S_IRWXU).unwrap();
        // Either side of a fifo waits for the other to open it.
        let writer = tokio::task::spawn_blocking({
            let fifo = fifo.clone();
            move || std::fs::OpenOptions::new().write(true).open(fifo).unwrap()
        });
        let command = format!("exec 3<'{}'; sleep 600", fifo.display());
        let mut writer = tokio::select! {
            answer = ask_shell(&command) => panic!("it ended: {answer:?}"),
            writer = writer => writer.unwrap(),
        };
        let flags = nix::fcntl::OFlag::O_NONBLOCK;
        nix::fcntl::fcntl(&writer, nix::fcntl::FcntlArg::F_SETFL(flags)).unwrap();
        // The pipe breaks when all its readers have ended.
        let start = Instant::now();
        loop {
            match writer.write(b"x") {
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => break,
                _ => assert!(start.elapsed() < PATIENCE, "it lives on"),
            }
        }
    }
}
