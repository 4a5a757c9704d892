//! A node that runs in this process: it is given lines and the time, and never waited for.

use super::clock::Clock;
use super::inbox::Inbox;
use super::{SimulatedHost, panics};
use glomers_engine::{
    EngineError, Exit, Host, LastLines, LogTimes, Printed, Random, RecentLines, Time,
};
use glomers_node::{Disk, Machine, MemoryDisk, Program};
use std::rc::Rc;

/// Number of lines that a node reads before its output is processed.
const LINES_AT_ONCE: usize = 64;
/// Number of bytes of output after which it is processed before the node continues to read.
const MUCH_OUTPUT: usize = 1024 * 1024;

/// A node that runs in this process.
pub(crate) struct InProcessHost {
    name: String,
    program: Program,
    seed: u64,
    /// The disk, which survives a kill.
    disk: Option<MemoryDisk>,
    /// Number of times that it was started.
    lives: u32,
    /// `None` before its start, and after its end.
    machine: Option<Box<dyn Machine>>,
    clock: Clock,
    inbox: Inbox,
    is_paused: bool,
    /// It panicked, and this was not yet reported.
    has_panicked: bool,
    output: Vec<u8>,
    last_stdout: RecentLines,
    /// Everything that it logged.
    stderr: String,
    log_times: LogTimes,
    /// Number of bytes of it that were already passed on.
    stderr_forwarded: usize,
}

impl InProcessHost {
    /// A node that is not yet running. All of its random numbers come from the run's seed.
    pub(crate) fn new(name: &str, program: Program, seed: u64, is_durable: bool) -> Self {
        Self {
            name: name.to_owned(),
            program,
            seed,
            disk: is_durable.then(MemoryDisk::default),
            lives: 0,
            machine: None,
            clock: Clock::started(Time::default()),
            inbox: Inbox::new(seed, name),
            is_paused: false,
            has_panicked: false,
            output: Vec::new(),
            last_stdout: RecentLines::default(),
            stderr: String::new(),
            log_times: LogTimes::default(),
            stderr_forwarded: 0,
        }
    }

    /// Runs code of the node; a panic ends it.
    fn act(&mut self, act: impl FnOnce(&mut dyn Machine, &mut Vec<u8>)) {
        let Some(mut machine) = self.machine.take() else { return };
        let output = &mut self.output;
        match panics::caught(|| {
            act(&mut *machine, output);
            machine.take_output(output);
            machine
        }) {
            Ok(mut machine) => {
                self.stderr += &machine.take_log();
                self.machine = Some(machine);
            }
            Err(message) => {
                self.stderr += &message;
                self.stderr.push('\n');
                self.has_panicked = true;
            }
        }
    }

    /// Reads the arrived input. Very large output is passed on in several parts.
    fn read(&mut self, now: Time, input: Vec<u8>, sink: &mut dyn FnMut(Printed<'_>)) {
        let local = self.clock.read(now);
        let mut rest = &input[..];
        while !rest.is_empty() {
            let last = memchr::memchr_iter(b'\n', rest).nth(LINES_AT_ONCE - 1);
            let (lines, later) = rest.split_at(last.map_or(rest.len(), |last| last + 1));
            self.act(|machine, _| {
                each_line(lines, |line| machine.deliver(local, line));
            });
            if self.output.len() > MUCH_OUTPUT {
                self.hand_over(sink);
            }
            rest = later;
        }
        self.inbox.reuse(input);
    }

    fn hand_over(&mut self, sink: &mut dyn FnMut(Printed<'_>)) {
        let last_stdout = &mut self.last_stdout;
        each_line(&self.output, |line| {
            last_stdout.add(line);
            sink(Printed::Line(line));
        });
        self.output.clear();
    }
}

/// Each line that is not empty, without its end.
fn each_line(text: &[u8], mut line: impl FnMut(&[u8])) {
    let mut start = 0;
    for end in memchr::memchr_iter(b'\n', text) {
        if end > start {
            line(&text[start..end]);
        }
        start = end + 1;
    }
}

impl Host for InProcessHost {
    fn start(&mut self, now: Time) -> Result<(), EngineError> {
        // Each start has its own random numbers, as a new process would.
        let concern = format!("node {} {}", self.name, self.lives);
        let seed = Random::stream(self.seed, &concern).below(u64::MAX);
        self.lives += 1;
        let disk = self.disk.clone().map(|disk| Rc::new(disk) as Rc<dyn Disk>);
        let program = self.program;
        match panics::caught(|| program.start(seed, disk)) {
            Ok(machine) => self.machine = Some(machine),
            Err(message) => {
                self.stderr += &message;
                self.has_panicked = true;
            }
        }
        self.clock = Clock::started(now);
        self.is_paused = false;
        Ok(())
    }

    fn deliver(&mut self, now: Time, lines: &[u8]) {
        if self.machine.is_some() {
            self.inbox.add(now, lines);
        }
    }

    fn collect(&mut self, now: Time, sink: &mut dyn FnMut(Printed<'_>)) {
        if !self.is_paused {
            if let Some(input) = self.inbox.take_due(now) {
                self.read(now, input, sink);
            } else {
                let local = self.clock.read(now);
                self.act(|machine, _| machine.advance(local));
            }
            self.hand_over(sink);
        }
        self.log_times.note(now, self.stderr.len() as u64);
        if std::mem::take(&mut self.has_panicked) {
            self.inbox.clear();
            sink(Printed::Exited(Exit::Panicked));
        }
    }

    fn collect_stderr(&mut self, sink: &mut dyn FnMut(&[u8])) {
        for line in self.stderr[self.stderr_forwarded..].lines() {
            sink(line.as_bytes());
        }
        self.stderr_forwarded = self.stderr.len();
    }

    fn next_wake(&self) -> Option<Time> {
        if self.has_panicked {
            return Some(Time::default());
        }
        if self.is_paused {
            return None;
        }
        let deadline = self.machine.as_ref().and_then(|machine| machine.deadline());
        let timer = deadline.map(|deadline| self.clock.when(deadline));
        [self.inbox.reads_at(), timer].into_iter().flatten().min()
    }

    fn kill(&mut self) {
        // Panics of its destructors are ignored.
        let machine = self.machine.take();
        let _ = panics::caught(|| drop(machine));
        self.inbox.clear();
        self.output.clear();
        self.is_paused = false;
        self.has_panicked = false;
    }

    fn pause(&mut self, _now: Time) {
        self.is_paused = true;
    }

    fn resume(&mut self, _now: Time) {
        self.is_paused = false;
    }

    fn set_clock_rate(&mut self, now: Time, rate: f64) {
        self.clock.set_rate(now, rate);
    }
}

impl SimulatedHost for InProcessHost {
    fn last_lines(&self) -> LastLines {
        let mut stderr: Vec<String> =
            self.stderr.lines().rev().take(RecentLines::MOST).map(str::to_owned).collect();
        stderr.reverse();
        LastLines { stdout: self.last_stdout.texts(), stderr, ..LastLines::default() }
    }

    fn log_times(&self) -> &LogTimes {
        &self.log_times
    }

    fn take_stderr(&mut self) -> String {
        std::mem::take(&mut self.stderr)
    }

    fn stops(&self) -> u64 {
        0
    }

    fn unread_bytes(&self) -> usize {
        0
    }

    fn warnings(&self) -> Vec<String> {
        Vec::new()
    }
}
