//! Draws how far a run is, on a terminal.

use crate::terminal;
use glomers_config::{Plan, Recovery};
use glomers_engine::{Event, Observer, Phase, Progress, Time};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::Duration;

/// How often the spinner turns.
const SPINNER_TICK: Duration = Duration::from_millis(100);
/// What the line looks like.
const TEMPLATE: &str = "{spinner} {prefix:<20} {bar:24} {msg}";

/// One line on stderr that follows the run; nothing when stderr is no terminal.
pub(crate) struct ProgressLine {
    bar: ProgressBar,
    phase: Phase,
    phase_start: Time,
    time_limit: Duration,
    recovery: Recovery,
    partition: Option<&'static str>,
    echo: bool,
}

impl ProgressLine {
    pub(crate) fn new(plan: &Plan, quiet: bool) -> Self {
        let style = ProgressStyle::with_template(TEMPLATE)
            .unwrap_or_else(|_| ProgressStyle::default_bar())
            .progress_chars("━╸ ");
        let bar = ProgressBar::new(1).with_style(style);
        if quiet || !terminal::draws_on_stderr() {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        } else {
            bar.set_draw_target(ProgressDrawTarget::stderr());
            bar.enable_steady_tick(SPINNER_TICK);
        }
        Self {
            bar,
            phase: Phase::Start,
            phase_start: Time::default(),
            time_limit: plan.time_limit,
            recovery: plan.recovery,
            partition: None,
            echo: plan.log_stderr || plan.log_net_send || plan.log_net_recv,
        }
    }

    /// Takes the line away.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    /// Prints a line above the progress.
    fn tell(&self, line: &str) {
        self.bar.suspend(|| terminal::complain(&terminal::harmless(line)));
    }

    fn draw(&self, now: Time, progress: &Progress) {
        let in_phase = now.since(self.phase_start);
        let (done, whole) = match (self.phase, self.recovery) {
            (Phase::Load, _) => (progress.elapsed, self.time_limit),
            (Phase::Recovery, Recovery::Wait(wait)) => (in_phase, wait),
            _ => (in_phase, Duration::ZERO),
        };
        self.bar.set_prefix(self.phase.name());
        self.bar.set_length(u64::try_from(whole.as_millis()).unwrap_or(0).max(1));
        self.bar.set_position(u64::try_from(done.min(whole).as_millis()).unwrap_or(0));
        let time = if whole.is_zero() {
            format!("{:.0} s", done.as_secs_f64())
        } else {
            format!("{:.0}/{:.0} s", done.min(whole).as_secs_f64(), whole.as_secs_f64())
        };
        let partition =
            self.partition.map_or_else(String::new, |shape| format!("  partition: {shape}"));
        let Progress { ok, fail, info, messages, .. } = progress;
        self.bar.set_message(format!(
            "{time}  ok {ok} fail {fail} info {info}  {messages} messages{partition}"
        ));
    }
}

impl Observer for ProgressLine {
    fn event(&mut self, time: Time, event: &Event) {
        match event {
            Event::Phase(phase) => {
                self.phase = *phase;
                self.phase_start = time;
            }
            Event::Progress(progress) => self.draw(time, progress),
            Event::Partitioned(shape) => self.partition = Some(shape),
            Event::Healed => self.partition = None,
            Event::Stderr { node, line } if self.echo => {
                self.tell(&format!("{node}: {line}"));
            }
            Event::NetSend(message) if self.echo => {
                self.tell(&format!("send {message}"));
            }
            Event::NetRecv(message) if self.echo => {
                self.tell(&format!("recv {message}"));
            }
            Event::Stderr { .. }
            | Event::NetSend(_)
            | Event::NetRecv(_)
            | Event::BadLine { .. }
            | Event::StdoutClosed { .. } => {}
        }
    }
}
