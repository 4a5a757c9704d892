//! A node that is any program, in virtual time.

use super::SimulatedHost;
use super::clock::Clock;
use super::environment::environment;
use super::folders::NodeFolders;
use super::inbox::Inbox;
use crate::run::ProgramNode;
use glomers_config::ThreadSchedule;
use glomers_engine::{
    EngineError, Exit, Host, LastLines, LogTimes, Printed, ProcessOutput, Random, StderrFile, Time,
};
use glomers_virtual_process::{End, Irregularity, Program, Schedule, StartError, VirtualProcess};
use std::fs;
use std::io;
use std::time::Duration;

/// The shortest time that a program needs to start, and the longest. It is drawn: if all nodes started
/// in the same moment, their timers would go off in the same moments for ever, which never happens on
/// real machines.
const SHORTEST_START_NANOS: u64 = 5_000_000;
const LONGEST_START_NANOS: u64 = 50_000_000;

/// A node that is a program.
pub(crate) struct ProcessHost {
    name: String,
    node: ProgramNode,
    /// Distinguishes the nodes of a run.
    number: u32,
    seed: u64,
    schedule: Schedule,
    folders: NodeFolders,
    /// Number of times that it was started.
    lives: u32,
    /// `None` before its start, and after its end.
    process: Option<VirtualProcess>,
    /// Draws how long each start takes.
    start_time: Random,
    /// When its start is over. It does nothing before.
    starts_at: Option<Time>,
    /// It was resumed: timers may have come due meanwhile.
    runs_at: Option<Time>,
    inbox: Inbox,
    /// The clock of its machine, which runs on when the program is restarted.
    clock: Clock,
    is_paused: bool,
    is_stdout_open: bool,
    output: ProcessOutput,
    stderr: StderrFile,
    /// Why another run may differ, and limits that were exceeded.
    warnings: Vec<String>,
    /// Of its processes that have ended.
    stops: u64,
    /// At the end of its last process.
    unread_bytes: usize,
    /// Whether it printed the path of the run's folders.
    prints_folder: bool,
}

impl ProcessHost {
    /// A node that is not yet running. All of its random numbers come from the run's seed.
    pub(crate) fn new(
        name: &str,
        number: u32,
        node: &ProgramNode,
        (seed, schedule): (u64, ThreadSchedule),
        folders: NodeFolders,
    ) -> Self {
        Self {
            name: name.to_owned(),
            node: node.clone(),
            number,
            seed,
            schedule: match schedule {
                ThreadSchedule::Fifo => Schedule::Fifo,
                ThreadSchedule::Random => Schedule::Random,
            },
            lives: 0,
            process: None,
            start_time: Random::stream(seed, &format!("start {name}")),
            starts_at: None,
            runs_at: None,
            inbox: Inbox::new(seed, name),
            clock: Clock::started(Time::default()),
            is_paused: false,
            is_stdout_open: false,
            output: ProcessOutput::default(),
            stderr: StderrFile::new(folders.stderr.clone()),
            warnings: Vec::new(),
            stops: 0,
            unread_bytes: 0,
            prints_folder: false,
            folders,
        }
    }

    /// The program as it is started this time.
    fn program(&self) -> Program {
        let NodeFolders { work, temporary, home, stderr } = &self.folders;
        // Each start has its own random numbers, as a new process would.
        let concern = format!("node {} {}", self.name, self.lives);
        Program {
            args: self.node.args.iter().map(Into::into).collect(),
            environment: environment(work, home, temporary),
            stderr: Some(stderr.clone()),
            seed: Random::stream(self.seed, &concern).below(u64::MAX),
            number: self.number,
            schedule: self.schedule,
            ..Program::new(&self.node.path, work)
        }
    }

    /// Takes note of what the process did, and lets it go.
    fn end_process(&mut self) {
        if let Some(process) = self.process.take() {
            self.stops += process.stops();
            self.unread_bytes = process.unread_bytes();
            let name = &self.name;
            let irregular = process.irregularities().iter();
            let irregular = irregular.map(|why| match why {
                // It was refused: that comes out the same each time.
                Irregularity::Network => format!("{name}: {why}"),
                _ => format!("not exactly repeatable: {name}: {why}"),
            });
            let exceeded = process.exceeded();
            let exceeded = exceeded.map(|limit| format!("{name} was killed: {limit}"));
            let stopped = process
                .is_stopped()
                .then(|| format!("{name} stopped itself (SIGSTOP), and never ran again"));
            for warning in irregular.chain(exceeded).chain(stopped) {
                if !self.warnings.contains(&warning) {
                    self.warnings.push(warning);
                }
            }
        }
    }
}

impl Host for ProcessHost {
    fn start(&mut self, now: Time) -> Result<(), EngineError> {
        self.end_process();
        self.output.restart();
        self.inbox.clear();
        self.is_paused = false;
        let failed = |source| EngineError::Spawn {
            node: self.name.clone(),
            program: self.node.path.display().to_string(),
            source,
        };
        self.folders.create().map_err(failed)?;
        let started = VirtualProcess::start(&self.program()).map_err(|error| match error {
            StartError::Spawn(source) => failed(source),
            StartError::ThirtyTwoBits | StartError::Unsupported => {
                failed(io::Error::other(error.to_string()))
            }
            denied @ StartError::Denied { .. } => {
                let text = format!("{denied}; `glomers doctor` says what to change");
                failed(io::Error::other(text))
            }
        });
        self.process = Some(started?);
        self.lives += 1;
        self.is_stdout_open = true;
        let spread = LONGEST_START_NANOS - SHORTEST_START_NANOS;
        let start = SHORTEST_START_NANOS + self.start_time.below(spread);
        self.starts_at = Some(now + Duration::from_nanos(start));
        Ok(())
    }

    fn deliver(&mut self, now: Time, lines: &[u8]) {
        if self.process.is_some() {
            self.inbox.add(now, lines);
        }
    }

    fn collect(&mut self, now: Time, sink: &mut dyn FnMut(Printed<'_>)) {
        if self.is_paused || self.starts_at.is_some_and(|at| at > now) {
            return;
        }
        self.starts_at = None;
        self.runs_at.take_if(|at| *at <= now);
        if let Some(process) = &mut self.process {
            if let Some(lines) = self.inbox.take_due(now) {
                process.write_stdin(&lines);
                self.inbox.reuse(lines);
            }
            process.run(self.clock.read(now));
            self.stderr.note(now);
            let printed = process.take_stdout();
            if !printed.is_empty() {
                self.prints_folder = self.prints_folder || self.folders.are_named_in(&printed);
                self.output.take(now, &printed, sink);
            }
            if self.is_stdout_open && process.is_stdout_closed() {
                self.is_stdout_open = false;
                self.output.close(now, sink);
            }
            if let Some(end) = process.end() {
                self.end_process();
                self.output.exit(
                    match end {
                        End::Status(status) => Exit::Status(status),
                        End::Signal(signal) => Exit::Signal(signal),
                    },
                    sink,
                );
                self.inbox.clear();
            }
        }
        self.output.report(now, sink);
    }

    fn collect_stderr(&mut self, sink: &mut dyn FnMut(&[u8])) {
        self.stderr.collect(sink);
    }

    fn next_wake(&self) -> Option<Time> {
        if self.is_paused {
            return None;
        }
        if self.starts_at.is_some() {
            return self.starts_at;
        }
        let timer = self.process.as_ref().and_then(VirtualProcess::next_wake);
        let timer = timer.map(|local: Duration| self.clock.when(local));
        let wakes = [self.runs_at, self.inbox.reads_at(), timer, self.output.next_wake()];
        wakes.into_iter().flatten().min()
    }

    fn kill(&mut self) {
        self.end_process();
        self.output.restart();
        self.inbox.clear();
        self.starts_at = None;
        self.runs_at = None;
        self.is_paused = false;
    }

    fn pause(&mut self, _now: Time) {
        self.is_paused = true;
        self.output.pause();
    }

    fn resume(&mut self, now: Time) {
        self.is_paused = false;
        self.runs_at = Some(now);
    }

    fn set_clock_rate(&mut self, now: Time, rate: f64) {
        self.clock.set_rate(now, rate);
    }
}

impl SimulatedHost for ProcessHost {
    fn last_lines(&self) -> LastLines {
        LastLines {
            stdout: self.output.last_lines(),
            unfinished: self.output.unfinished_text(),
            stderr: self.stderr.last_lines(),
        }
    }

    fn log_times(&self) -> &LogTimes {
        self.stderr.times()
    }

    fn take_stderr(&mut self) -> String {
        // A node that logged nothing has no file.
        let bytes = fs::read(self.stderr.path()).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    fn stops(&self) -> u64 {
        self.stops
    }

    fn unread_bytes(&self) -> usize {
        self.unread_bytes
    }

    fn warnings(&self) -> Vec<String> {
        let mut warnings = self.warnings.clone();
        let logs_folder = || {
            // A node that logged nothing has no file.
            fs::read(self.stderr.path()).is_ok_and(|bytes| self.folders.are_named_in(&bytes))
        };
        if self.prints_folder || logs_folder() {
            warnings.push(format!(
                "not exactly repeatable: {}: it printed the path of its folder, in which {} is another \
                 number while other runs are simulated",
                self.name,
                self.folders.slot()
            ));
        }
        warnings
    }
}
