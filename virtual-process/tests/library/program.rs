//! The program that the tests run, and the record of a run.

use glomers_virtual_process::{
    End, Exceeded, Irregularity, Limits, Program, Schedule, StartError, VirtualProcess,
};
use std::path::PathBuf;
use std::process::Command;
use std::sync::{LazyLock, OnceLock};
use std::time::Duration;

/// Whether the system does not allow programs to be controlled, so that a test is skipped; this is
/// printed once.
pub(crate) fn is_denied() -> bool {
    static IS_DENIED: LazyLock<bool> = LazyLock::new(|| {
        let checked = glomers_virtual_process::check();
        let denied = checked.err().filter(|error| matches!(error, StartError::Denied { .. }));
        if let Some(error) = &denied {
            glomers_recordings::skipped(&format!("programs in virtual time: {error}"));
        }
        denied.is_some()
    });
    *IS_DENIED
}

/// How the program is linked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Linked {
    Dynamically,
    Statically,
}

pub(crate) const BOTH: [Linked; 2] = [Linked::Dynamically, Linked::Statically];

/// The compiled program.
pub(crate) fn path(linked: Linked) -> PathBuf {
    static DYNAMIC: OnceLock<PathBuf> = OnceLock::new();
    static STATIC: OnceLock<PathBuf> = OnceLock::new();
    let (cell, name, flags): (_, _, &[&str]) = match linked {
        Linked::Dynamically => (&DYNAMIC, "dynamic", &[]),
        Linked::Statically => (&STATIC, "static", &["-C", "target-feature=+crt-static"]),
    };
    cell.get_or_init(|| {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
        let path = folder.join(format!("program-{name}-{}", std::process::id()));
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/program/main.rs");
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let status = Command::new(rustc)
            .args(["--edition=2024", "-C", "opt-level=1", source, "-o"])
            .arg(&path)
            .args(flags)
            .status()
            .unwrap();
        assert!(status.success(), "the test program does not compile");
        path
    })
    .clone()
}

/// What a program did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Record {
    /// What it printed, and when in virtual time.
    pub(crate) printed: Vec<(Duration, String)>,
    pub(crate) end: Option<End>,
    pub(crate) irregularities: Vec<Irregularity>,
    pub(crate) exceeded: Option<Exceeded>,
    pub(crate) stderr: String,
    pub(crate) stdout_closed: Option<Duration>,
    pub(crate) is_stopped: bool,
}

impl Record {
    /// The lines of its output.
    pub(crate) fn lines(&self) -> Vec<String> {
        let text: String = self.printed.iter().map(|(_, text)| text.as_str()).collect();
        text.lines().map(str::to_owned).collect()
    }
}

/// How a program is run.
#[derive(Debug, Clone)]
pub(crate) struct Setup {
    pub(crate) linked: Linked,
    pub(crate) seed: u64,
    pub(crate) schedule: Schedule,
    /// Lines, and when they arrive.
    pub(crate) input: Vec<(Duration, &'static str)>,
    pub(crate) limits: Limits,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            linked: Linked::Dynamically,
            seed: 1,
            schedule: Schedule::Fifo,
            input: Vec::new(),
            limits: Limits::default(),
        }
    }
}

/// Runs the program for up to 100 virtual seconds; its stdin is closed after the last input.
pub(crate) fn run(args: &[&str], setup: &Setup) -> Record {
    const LONGEST: Duration = Duration::from_secs(100);
    let folder = Folder::take();
    let stderr = folder.0.join("stderr.log");
    let work = folder.0.join("work");
    std::fs::create_dir(&work).unwrap();
    let program = Program {
        args: args.iter().map(Into::into).collect(),
        environment: vec![("PATH".into(), "/usr/bin:/bin".into())],
        stderr: Some(stderr.clone()),
        seed: setup.seed,
        schedule: setup.schedule,
        limits: setup.limits,
        ..Program::new(path(setup.linked), work)
    };
    let mut process = VirtualProcess::start(&program).unwrap();
    let mut input = setup.input.iter().copied().peekable();
    let mut now = Duration::ZERO;
    let mut record = Record::default();
    if input.peek().is_none() {
        process.close_stdin();
    }
    loop {
        while let Some((_, line)) = input.next_if(|(at, _)| *at <= now) {
            process.write_stdin(line.as_bytes());
            if input.peek().is_none() {
                process.close_stdin();
            }
        }
        process.run(now);
        let printed = process.take_stdout();
        if !printed.is_empty() {
            record.printed.push((now, String::from_utf8(printed).unwrap()));
        }
        if process.is_stdout_closed() {
            record.stdout_closed.get_or_insert(now);
        }
        let wakes = [process.next_wake(), input.peek().map(|(at, _)| *at)];
        let next = wakes.into_iter().flatten().min().filter(|next| *next <= LONGEST);
        match (process.end(), next) {
            (None, Some(next)) => now = now.max(next),
            (end, _) => {
                record.end = end;
                record.is_stopped = process.is_stopped();
                record.exceeded = process.exceeded();
                record.irregularities = process.irregularities().to_vec();
                break;
            }
        }
    }
    drop(process);
    record.stderr = std::fs::read_to_string(stderr).unwrap();
    record
}

/// A folder with the same path in each test thread's runs: programs see it.
struct Folder(PathBuf);

impl Folder {
    fn take() -> Self {
        let thread = format!("{:?}", std::thread::current().id());
        let name = format!("virtual-{}-{thread}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}
