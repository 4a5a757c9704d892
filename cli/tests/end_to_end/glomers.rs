//! A fluent builder of calls of `glomers`, and their outcome.

use crate::leftovers::{MARK, leftovers};
use nix::pty::{OpenptyResult, Winsize, openpty};
use serde_json::Value;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;

/// The command under test.
const GLOMERS: &str = env!("CARGO_BIN_EXE_glomers");

/// A call under construction, in a separate folder.
#[must_use]
pub(crate) struct Glomers {
    folder: TempDir,
    mark: String,
    args: Vec<String>,
    node_args: Vec<String>,
    /// Environment variables.
    variables: Vec<(String, OsString)>,
    /// A shell command that runs first, in the same process.
    before: Option<&'static str>,
}

/// A call that has ended.
pub(crate) struct Ended {
    /// Exit status; `None` if a signal ended the call.
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) folder: TempDir,
}

/// A call that is running.
pub(crate) struct Started {
    pub(crate) child: Child,
    mark: String,
    folder: TempDir,
}

/// The node that does one thing wrong.
pub(crate) fn misbehaving_node() -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/misbehaving_node/main.rs");
    example("misbehaving-node", "glomers", &source)
}

/// The node with a learner's mistake.
fn learning_node() -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/learning_node/main.rs");
    example("learning-node", "glomers", &source)
}

/// The program that replays recorded runs of Maelstrom.
pub(crate) fn replay_maelstrom() -> PathBuf {
    let source = recordings().parent().expect("a folder").join("replay/main.rs");
    example("replay-maelstrom", "glomers-maelstrom", &source)
}

/// The recorded runs.
pub(crate) fn recordings() -> PathBuf {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a repository");
    repository.join("maelstrom/tests/recordings")
}

/// A program that is built with the tests.
fn example(name: &str, package: &str, source: &Path) -> PathBuf {
    let folder = Path::new(GLOMERS).parent().expect("it is in a folder");
    let program = folder.join("examples").join(name);
    let age = |path: &Path| fs::metadata(path).and_then(|file| file.modified()).ok();
    // Cargo builds examples for a whole `cargo test`, but not for one with a name behind it.
    assert!(
        age(&program).is_some_and(|built| age(source).is_none_or(|changed| changed <= built)),
        "build the example first: cargo build --package {package} --example {name}"
    );
    program
}

impl Glomers {
    pub(crate) fn new(args: &[&str]) -> Self {
        static CALLS: AtomicU32 = AtomicU32::new(0);
        let call = CALLS.fetch_add(1, Ordering::Relaxed);
        Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
            mark: format!("{}-{call}", std::process::id()),
            args: args.iter().map(|arg| (*arg).to_owned()).collect(),
            node_args: Vec::new(),
            variables: Vec::new(),
            before: None,
        }
    }

    /// A short run of a challenge with one node that has this fault.
    pub(crate) fn run(challenge: &str, fault: &str) -> Self {
        Self::new(&["run", challenge, "--node-count", "1", "--time-limit", "1", "--rate", "20"])
            .node(fault)
    }

    /// Uses the misbehaving node with this fault.
    pub(crate) fn node(mut self, fault: &str) -> Self {
        let program = misbehaving_node().display().to_string();
        self.args.extend(["--bin".to_owned(), program]);
        self.node_args = vec![fault.to_owned()];
        self
    }

    /// A run of a challenge that takes a second or two, with nodes that have this mistake.
    pub(crate) fn learn(challenge: &str, mistake: &str) -> Self {
        let run = ["run", challenge, "--time-limit", "1", "--recovery", "0.3", "--seed", "1"];
        let mut glomers = Self::new(&run);
        glomers.args.extend(["--bin".to_owned(), learning_node().display().to_string()]);
        glomers.node_args = vec![mistake.to_owned()];
        glomers
    }

    /// Sweeps seeds instead of a run.
    pub(crate) fn sweeping(mut self) -> Self {
        "sweep".clone_into(&mut self.args[0]);
        self
    }

    pub(crate) fn with(mut self, args: &[&str]) -> Self {
        self.args.extend(args.iter().map(|arg| (*arg).to_owned()));
        self
    }

    pub(crate) fn file(self, name: &str, text: &str) -> Self {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a writable folder");
        fs::write(path, text).expect("a writable folder");
        self
    }

    /// Sets an environment variable.
    pub(crate) fn variable(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.variables.push((name.to_owned(), value.into()));
        self
    }

    /// Runs in a shell, after this command.
    pub(crate) fn after(mut self, command: &'static str) -> Self {
        self.before = Some(command);
        self
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The call, with its output not yet connected.
    fn command(&self) -> Command {
        let mut command = match self.before {
            None => Command::new(GLOMERS),
            Some(before) => {
                let mut shell = Command::new("sh");
                shell.args(["-c", &format!("{before}; exec \"$0\" \"$@\""), GLOMERS]);
                shell
            }
        };
        command.args(&self.args);
        if !self.node_args.is_empty() {
            command.arg("--").args(&self.node_args);
        }
        let variables = self.variables.iter().map(|(name, value)| (name, value));
        command
            .current_dir(self.folder.path())
            .env(MARK, &self.mark)
            .env_remove("NO_COLOR")
            .env_remove("MAELSTROM_HOME")
            .envs(variables)
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn start(self) -> Started {
        let mut command = self.command();
        let piped = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = piped.spawn().expect("glomers starts");
        Started { child, mark: self.mark, folder: self.folder }
    }

    /// Runs in a terminal with this number of columns. What the terminal got is the stdout of the result.
    pub(crate) fn end_in_terminal(self, columns: u16) -> Ended {
        let size = Winsize { ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        let OpenptyResult { master, slave } = openpty(&size, None).expect("a terminal");
        let mut command = self.command();
        command.env("TERM", "xterm-256color");
        command.stdout(slave.try_clone().expect("a descriptor")).stderr(slave);
        let mut child = command.spawn().expect("glomers starts");
        // It holds the descriptors of the terminal.
        drop(command);
        let mut shown = Vec::new();
        // Linux ends with an error when the last process has closed the terminal.
        let _ = File::from(master).read_to_end(&mut shown);
        let status = child.wait().expect("its end").code();
        assert_eq!(leftovers(&self.mark), Vec::<String>::new(), "processes were left");
        let stdout = String::from_utf8(shown).expect("UTF-8");
        Ended { status, stdout, stderr: String::new(), folder: self.folder }
    }

    pub(crate) fn end(self) -> Ended {
        self.start().end()
    }
}

impl Started {
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Sends a signal to glomers alone.
    pub(crate) fn signal(&self, signal: nix::sys::signal::Signal) {
        let pid = i32::try_from(self.child.id()).expect("a process number");
        nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), signal).expect("it runs");
    }

    /// Waits for the end of the call, and checks for leftover processes.
    pub(crate) fn end(self) -> Ended {
        let output = self.child.wait_with_output().expect("its output");
        assert_eq!(leftovers(&self.mark), Vec::<String>::new(), "processes were left");
        Ended {
            status: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
            folder: self.folder,
        }
    }
}

impl Ended {
    /// Another call in the same folder.
    pub(crate) fn then(self, args: &[&str]) -> Glomers {
        Glomers { folder: self.folder, ..Glomers::new(args) }
    }

    /// Fails the test, with all output, unless the call exited with this status.
    #[track_caller]
    pub(crate) fn exits(self, status: i32) -> Self {
        assert_eq!(
            self.status,
            Some(status),
            "\n--- stdout\n{}\n--- stderr\n{}",
            self.stdout,
            self.stderr
        );
        self
    }

    /// Fails the test unless stdout or stderr contains each of these.
    #[track_caller]
    pub(crate) fn says(self, texts: &[&str]) -> Self {
        // Tables and terminals may wrap lines anywhere.
        let all = format!("{}\n{}", self.stdout, self.stderr);
        let flat = all.split_whitespace().collect::<Vec<_>>().join(" ");
        for text in texts {
            assert!(flat.contains(text), "missing: {text}\nin:\n{all}");
        }
        self
    }

    /// Fails the test if stdout or stderr contains this.
    #[track_caller]
    pub(crate) fn does_not_say(self, text: &str) -> Self {
        assert!(!self.stdout.contains(text) && !self.stderr.contains(text), "{}", self.stdout);
        self
    }

    pub(crate) fn latest(&self) -> PathBuf {
        self.folder.path().join("store").join("latest")
    }

    /// A file of the run.
    #[track_caller]
    pub(crate) fn file(&self, name: &str) -> String {
        let path = self.latest().join(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// What `--format json` printed.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}\n{}\n{}", self.stdout, self.stderr))
    }

    /// Checks that the run's results and history are readable, and the results have this verdict.
    #[track_caller]
    pub(crate) fn stores(self, valid: &str) -> Self {
        let results = self.file("results.edn");
        let results = glomers_history::read_value(&results).expect("readable results");
        let mut printed = Vec::new();
        glomers_history::print_value(results.get("valid?").expect("a verdict"), &mut printed);
        assert_eq!(String::from_utf8_lossy(&printed), valid);
        let history = self.file("history.edn");
        let operations = glomers_history::read_history(history.as_bytes()).expect("a history");
        assert_eq!(operations.len(), self.file("history.txt").lines().count());
        for line in self.file("messages.jsonl").lines() {
            let message: Value = serde_json::from_str(line).expect("a journal of JSON lines");
            assert!(message["id"].is_u64() && message["body"].is_object());
        }
        self
    }
}
