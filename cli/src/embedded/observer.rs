//! Everything that watches a run: the log, the progress line, and the list of mute nodes.

use super::run_log::RunLog;
use crate::failure::Result;
use crate::progress::{ProgressLine, faults_text, operations_text};
use glomers_config::{Fault, Plan};
use glomers_engine::{BadLine, Event, Observer, OddLine, Phase, Progress, Time};
use glomers_judgement::storm_text;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

/// Watches one run.
pub(super) struct RunObserver {
    pub(super) log: RunLog,
    pub(super) progress: RunProgress,
    /// Nodes that closed their stdout but kept running.
    pub(super) closed_nodes: Vec<String>,
}

impl RunObserver {
    pub(super) fn new(plan: &Plan, folder: &Path, quiet: bool) -> Result<Self> {
        Ok(Self {
            log: RunLog::create(folder)?,
            progress: RunProgress::new(plan, quiet),
            closed_nodes: Vec::new(),
        })
    }
}

impl Observer for RunObserver {
    fn event(&mut self, time: Time, event: &Event) {
        self.log.event(time, event);
        self.progress.event(time, event);
        if let Event::StdoutClosed { node } = event {
            self.closed_nodes.push(node.clone());
        }
    }
}

/// The progress line of a run.
pub(super) struct RunProgress {
    line: ProgressLine,
    phase: Phase,
    phase_start: Time,
    time_limit: Duration,
    recovery: Duration,
    /// The active faults, by kind.
    faults: BTreeMap<Fault, String>,
    echo: bool,
    quiet: bool,
    /// Kinds of bad lines that were already shown.
    bad_lines: BTreeSet<BadLine>,
    /// Kinds of odd lines that were already shown.
    odd_lines: BTreeSet<OddLine>,
    /// Number of nodes.
    nodes: usize,
}

impl RunProgress {
    fn new(plan: &Plan, quiet: bool) -> Self {
        Self {
            line: ProgressLine::new(quiet),
            phase: Phase::Start,
            phase_start: Time::default(),
            time_limit: plan.time_limit,
            recovery: plan.recovery,
            faults: BTreeMap::new(),
            nodes: plan.nodes.len(),
            echo: plan.log_stderr || plan.log_net_send || plan.log_net_recv,
            quiet,
            bad_lines: BTreeSet::new(),
            odd_lines: BTreeSet::new(),
        }
    }

    /// Removes the progress line.
    pub(super) fn finish(&self) {
        self.line.finish();
    }

    fn draw(&self, now: Time, progress: &Progress) {
        let in_phase = now.since(self.phase_start);
        let (done, whole) = match self.phase {
            Phase::Load => (progress.elapsed, self.time_limit),
            Phase::Recovery => (in_phase, self.recovery),
            _ => (in_phase, Duration::ZERO),
        };
        let Progress { ok, fail, info, messages, .. } = *progress;
        let operations = operations_text(ok, fail, info);
        let faults = faults_text(self.faults.values());
        let text = format!("{operations}  {messages} messages{faults}");
        self.line.show(self.phase.name(), done, whole, &text);
    }
}

impl Observer for RunProgress {
    fn event(&mut self, time: Time, event: &Event) {
        match event {
            Event::Phase(phase) => {
                self.phase = *phase;
                self.phase_start = time;
            }
            Event::Progress(progress) => self.draw(time, progress),
            Event::FaultBegan(fault, text) => {
                self.faults.insert(*fault, text.clone());
            }
            Event::FaultEnded(fault) => {
                self.faults.remove(fault);
            }
            Event::Storm(storm) if !self.quiet => {
                self.line.print_line(&format!("warning: {}", storm_text(storm, self.nodes)));
            }
            Event::Stderr { node, line } if self.echo => {
                self.line.print_line(&format!("{node}: {line}"));
            }
            Event::NetSend(message) if self.echo => {
                self.line.print_line(&format!("send {message}"));
            }
            Event::NetRecv(message) if self.echo => {
                self.line.print_line(&format!("recv {message}"));
            }
            Event::Notice { node, text } if !self.quiet => {
                self.line.print_line(&format!("{node} {text}"));
            }
            Event::BadLine { node, kind, excerpt } if !self.quiet => {
                // All nodes run the same program, so show each kind of mistake only once.
                if self.bad_lines.insert(*kind) {
                    self.line.print_line(&format!("{node} {kind}: {excerpt}"));
                }
            }
            Event::OddLine { node, kind, excerpt } if !self.quiet => {
                if self.odd_lines.insert(*kind) {
                    self.line.print_line(&format!("{node} {kind}: {excerpt}"));
                }
            }
            Event::Stderr { .. }
            | Event::NetSend(_)
            | Event::NetRecv(_)
            | Event::Notice { .. }
            | Event::Storm(_)
            | Event::BadLine { .. }
            | Event::OddLine { .. }
            | Event::StdoutClosed { .. } => {}
        }
    }
}
