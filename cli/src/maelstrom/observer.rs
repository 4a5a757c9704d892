//! Follows Maelstrom's log: shows the progress, and moves the log into the run's folder.

use super::execute::LOG_FILE;
use crate::in_progress::InProgress;
use crate::job::Output;
use crate::progress::{ProgressLine, faults_text, operations_text};
use glomers_config::Plan;
use glomers_engine::Watchdog;
use glomers_maelstrom::{Console, Listener, Phase, Problem};
use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Watches one run.
pub(super) struct RunListener<'a> {
    progress: ProgressLine,
    verbose: bool,
    time_limit: Duration,
    phase: Phase,
    phase_start: Instant,
    store: &'a Path,
    /// The run's folder, once it exists; then the log is in it. It is marked as of a run in progress.
    folder: Option<(PathBuf, Option<InProgress>)>,
    log: PathBuf,
    watchdog: &'a RefCell<Watchdog>,
}

impl<'a> RunListener<'a> {
    pub(super) fn new(
        plan: &Plan,
        store: &'a Path,
        log: PathBuf,
        output: Output,
        watchdog: &'a RefCell<Watchdog>,
    ) -> Self {
        Self {
            progress: ProgressLine::new(output.quiet),
            verbose: output.verbose,
            time_limit: plan.time_limit,
            phase: Phase::Boot,
            phase_start: Instant::now(),
            store,
            folder: None,
            log,
            watchdog,
        }
    }

    /// Removes the progress line; returns the run's folder, and the log.
    pub(super) fn finish(mut self, console: &Console) -> (Option<PathBuf>, PathBuf) {
        self.progress.finish();
        self.place_log(console);
        (self.folder.map(|(folder, _)| folder), self.log)
    }

    /// Moves the log into the run's folder as soon as that exists.
    fn place_log(&mut self, console: &Console) {
        if self.folder.is_some() {
            return;
        }
        let Some(folder) = console.folder().map(|folder| self.store.join(folder)) else { return };
        if !folder.is_dir() {
            return;
        }
        let position = folder.join(LOG_FILE);
        // A log that cannot be moved stays where it is, and messages name that path.
        if fs::rename(&self.log, &position).is_ok() {
            self.log = position;
        }
        let mark = InProgress::mark(&folder);
        self.folder = Some((folder, mark));
    }
}

impl Listener for RunListener<'_> {
    fn started(&mut self, group: i32) {
        self.watchdog.borrow_mut().watch(group);
    }

    fn line(&mut self, line: &str, _: &Console) {
        if self.verbose {
            self.progress.print_line(line);
        }
    }

    fn tick(&mut self, console: &Console) {
        self.place_log(console);
        if self.phase != console.phase() {
            self.phase = console.phase();
            self.phase_start = Instant::now();
        }
        let whole = match self.phase {
            Phase::Load => self.time_limit,
            Phase::Recovery => super::RECOVERY,
            _ => Duration::ZERO,
        };
        let counts = console.counts();
        let operations = operations_text(counts.ok, counts.fail, counts.info);
        let problems = console.problems().iter().filter(|it| **it != Problem::Operation).count();
        let problems = match problems {
            0 => String::new(),
            1 => "  1 problem in the log".to_owned(),
            _ => format!("  {problems} problems in the log"),
        };
        let partition = console.partition().map(|shape| format!("partition {shape}"));
        let text = operations + &faults_text(partition.iter()) + &problems;
        self.progress.show(self.phase.name(), self.phase_start.elapsed(), whole, &text);
    }

    fn gone(&mut self, group: i32) {
        self.watchdog.borrow_mut().forget(group);
    }
}
