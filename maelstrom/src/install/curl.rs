//! Runs the program `curl`, and interprets its exit status.

use super::stop::Stop;
use std::fs;
use std::io::{self, Read};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::time::Duration;

/// The program's name, looked up on the `PATH`.
const PROGRAM: &str = "curl";
/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// How long a server may send nothing.
const SILENCE_TIMEOUT: Duration = Duration::from_secs(30);
/// Most redirects that are followed; a release has one.
const MOST_REDIRECTS: u32 = 10;
/// Most bytes of curl's error messages that are read.
const MOST_MESSAGE_BYTES: u64 = 64 * 1024;

/// Called with the process group of each started program.
pub(crate) type Started = Box<dyn Fn(i32) + Send>;

/// How to call `curl`.
pub(crate) struct Curl {
    started: Started,
}

/// Why the body is missing or incomplete.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CurlError {
    /// `curl` cannot be run.
    #[error("curl, which downloads it, {}: install curl", missing(.0))]
    Missing(io::Error),
    /// The server's status: `503 Service Unavailable`.
    #[error("the server answered {0}")]
    Status(String),
    /// The body ended too early.
    #[error("the download ended too early")]
    CutOff,
    /// No connection, no permission, or a server that is silent.
    #[error("{0}")]
    Failed(String),
}

fn missing(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "is not on the PATH".to_owned(),
        _ => format!("cannot be started ({error})"),
    }
}

impl Curl {
    pub(crate) fn new(started: Started) -> Self {
        Self { started }
    }

    /// Requests an address. The head of the answer is written to a new file.
    pub(crate) fn start(&self, url: &str, head: &Path, stop: &Stop) -> Result<Transfer, CurlError> {
        let is_safe = url.to_ascii_lowercase().starts_with("https:");
        let mut command = Command::new(PROGRAM);
        // The user's curl settings could redirect the output, so they are ignored (`--disable`).
        command
            .args(["--disable", "--globoff", "--no-buffer", "--fail", "--location"])
            .args(["--silent", "--show-error"])
            .args(["--max-redirs", &MOST_REDIRECTS.to_string()])
            .args(["--proto", "=http,https"])
            // A download that begins with https must not be redirected to http.
            .args(["--proto-redir", if is_safe { "=https" } else { "=http,https" }])
            .args(["--connect-timeout", &CONNECT_TIMEOUT.as_secs().to_string()])
            .args(["--speed-limit", "1", "--speed-time", &SILENCE_TIMEOUT.as_secs().to_string()])
            .args(["--user-agent", concat!("glomers/", env!("CARGO_PKG_VERSION"))])
            .arg("--dump-header")
            .arg(head)
            .args(["--url", url])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // A new group, so that Ctrl-C only reaches glomers, which then stops curl.
            .process_group(0);
        let mut child = command.spawn().map_err(CurlError::Missing)?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        if let Ok(group) = i32::try_from(child.id()) {
            (self.started)(group);
        }
        stop.watch(child);
        Ok(Transfer { stop: stop.clone(), stdout, stderr, head: head.to_owned() })
    }
}

/// A download in progress.
pub(crate) struct Transfer {
    stop: Stop,
    stdout: Option<ChildStdout>,
    stderr: Option<ChildStderr>,
    head: PathBuf,
}

impl Read for Transfer {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stdout.as_mut().map_or(Ok(0), |stdout| stdout.read(buffer))
    }
}

impl Transfer {
    /// Length of the body in bytes, if the server sends it.
    pub(crate) fn content_length(&self) -> Option<u64> {
        let head = self.head();
        let fields = last_head(&head);
        let field = |line: &str| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
        };
        fields.lines().find_map(field)
    }

    /// Waits for curl to end.
    pub(crate) fn finish(mut self) -> Result<(), CurlError> {
        let mut message = Vec::new();
        if let Some(stderr) = self.stderr.take() {
            // Without the message, the exit status is enough.
            let _ = stderr.take(MOST_MESSAGE_BYTES).read_to_end(&mut message);
        }
        let ended = self.stop.ended().ok_or(CurlError::CutOff)?;
        let ended = ended.map_err(CurlError::Missing)?;
        meaning(ended, &String::from_utf8_lossy(&message), &self.head())
    }

    /// The heads of all answers, redirects included.
    fn head(&self) -> String {
        fs::read(&self.head)
            .map_or_else(|_| String::new(), |head| String::from_utf8_lossy(&head).into_owned())
    }
}

impl Drop for Transfer {
    /// Ends curl: the rest of the body is not needed.
    fn drop(&mut self) {
        self.stop.end();
    }
}

/// The head of the last answer.
fn last_head(heads: &str) -> &str {
    heads.rfind("HTTP/").map_or("", |start| &heads[start..])
}

/// The status of the last answer: `404 Not Found`.
fn last_status(heads: &str) -> Option<&str> {
    let (_, status) = last_head(heads).lines().next()?.split_once(' ')?;
    Some(status.trim())
}

/// Interprets curl's exit status; see the list in its manual.
fn meaning(ended: ExitStatus, message: &str, heads: &str) -> Result<(), CurlError> {
    let message = message.trim();
    // `curl: (7) Failed to connect to ...`
    let said = message.split_once(") ").map_or(message, |(_, said)| said);
    let failed = |text: String| Err(CurlError::Failed(text));
    match ended.code() {
        Some(0) => Ok(()),
        Some(1) => failed("it leads to an http address, where anybody could change it".to_owned()),
        Some(6) => failed("the name of the host is unknown".to_owned()),
        Some(18 | 56) if last_status(heads).is_some_and(|status| status.starts_with('2')) => {
            Err(CurlError::CutOff)
        }
        Some(22) => match last_status(heads) {
            Some(status) => Err(CurlError::Status(status.to_owned())),
            None => failed(said.to_owned()),
        },
        Some(28) if heads.is_empty() && !said.contains("too slow") => {
            failed(format!("no connection within {} s", CONNECT_TIMEOUT.as_secs()))
        }
        Some(28) => failed("the server fell silent".to_owned()),
        Some(47) => failed(format!("more than {MOST_REDIRECTS} redirections")),
        // Killed by a signal.
        None => Err(CurlError::CutOff),
        Some(_) if said.is_empty() => failed(format!("curl ended with {ended}")),
        Some(_) => failed(said.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::install::download::Download;
    use crate::install::{InstallError, Progress, Source};
    use std::io::Write as _;
    use std::net::TcpListener;
    use std::os::unix::process::ExitStatusExt as _;
    use std::time::Instant;

    const PARTIAL_ANSWER: &str = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc";

    /// The result of a download from a server that sends this and then nothing.
    fn of_a_silent_server(
        answer: &str,
        stop: &Stop,
        watcher: &mut (dyn FnMut(Progress) + Send),
    ) -> InstallError {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let folder = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let (mut connection, _) = listener.accept().unwrap();
                connection.write_all(answer.as_bytes()).unwrap();
                // Until the client closes the connection.
                let _ = io::copy(&mut connection, &mut io::sink());
            });
            let source = Source::Url(url.clone());
            let curl = Curl::new(Box::new(|_| {}));
            let download = Download { source: &source, curl: &curl, stop };
            download.fetch(&url, &folder.path().join("archive"), watcher).unwrap_err()
        })
    }

    #[test]
    fn a_stop_does_not_wait_for_the_server() {
        let stop = Stop::default();
        let begin = Instant::now();
        let mut received = 0;
        let stopped = of_a_silent_server(PARTIAL_ANSWER, &stop, &mut |progress| {
            received = progress.done;
            if received > 0 {
                stop.stop();
            }
        });
        assert!(matches!(stopped, InstallError::Truncated { received: 3, .. }), "{stopped}");
        assert_eq!((stop.is_set(), received), (true, 3));
        assert!(begin.elapsed() < SILENCE_TIMEOUT / 2);
    }

    #[test]
    fn ends_are_described() {
        let text = |code: i32, message: &str, heads: &str| {
            let ended = ExitStatus::from_raw(code << 8);
            meaning(ended, message, heads)
                .map_or_else(|error| error.to_string(), |()| "fine".to_owned())
        };
        let redirected = "HTTP/1.1 302 Found\r\nLocation: /\r\n\r\nHTTP/2 503\r\n\r\n";
        assert_eq!(text(0, "", redirected), "fine");
        assert_eq!(text(22, "curl: (22) error: 503", redirected), "the server answered 503");
        assert_eq!(text(18, "curl: (18) x", "HTTP/1.1 200 OK\r\n"), "the download ended too early");
        assert_eq!(
            text(7, "curl: (7) Failed to connect to a port 1", ""),
            "Failed to connect to a port 1"
        );
        assert_eq!(
            text(56, "curl: (56) CONNECT tunnel failed, response 407", "HTTP/1.1 407 No\r\n"),
            "CONNECT tunnel failed, response 407"
        );
        assert_eq!(text(28, "curl: (28) Connection timed out", ""), "no connection within 15 s");
        assert_eq!(text(28, "curl: (28) Operation too slow.", ""), "the server fell silent");
        assert_eq!(text(99, "", ""), "curl ended with exit status: 99");
    }
}
