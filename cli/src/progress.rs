//! Draws the progress of a run on a terminal.

use crate::terminal;
use glomers_history::visible;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::Duration;

/// Time between two frames of the spinner.
const SPINNER_TICK: Duration = Duration::from_millis(100);
/// Template of a line that counts items.
const COUNT_TEMPLATE: &str = "{spinner} {prefix} {bar:24} {pos}/{len}  {elapsed}";
/// Template of the line of a run. What does not fit of its text is cut: a line that is wrapped cannot be
/// drawn over.
const TEMPLATE: &str = "{spinner} {prefix:<20} {bar:24} {wide_msg}";
/// The same in a narrow terminal, in which the text has more to say than the bar.
const NARROW_TEMPLATE: &str = "{spinner} {prefix:<11} {bar:8} {wide_msg}";
/// Width of a terminal from which there is room for a longer bar.
const WIDE: u16 = 110;

/// A progress line on stderr; draws nothing if stderr is not a terminal.
pub(crate) struct ProgressLine {
    bar: ProgressBar,
}

impl ProgressLine {
    pub(crate) fn new(quiet: bool) -> Self {
        let is_wide = terminal::stderr_columns().is_none_or(|columns| columns >= WIDE);
        let style = ProgressStyle::with_template(if is_wide { TEMPLATE } else { NARROW_TEMPLATE })
            .unwrap_or_else(|_| ProgressStyle::default_bar())
            .progress_chars("━╸ ");
        let bar = ProgressBar::new(1).with_style(style);
        if quiet || !terminal::draws_on_stderr() {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        } else {
            bar.set_draw_target(ProgressDrawTarget::stderr());
            bar.enable_steady_tick(SPINNER_TICK);
        }
        Self { bar }
    }

    /// Removes the line.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    /// Prints a line above the progress line.
    pub(crate) fn print_line(&self, line: &str) {
        self.bar.suspend(|| terminal::print_to_stderr(&visible(line)));
    }

    /// Shows a phase, how much of it is done (`whole` is zero if unknown), and a text.
    pub(crate) fn show(&self, phase: &'static str, done: Duration, whole: Duration, text: &str) {
        self.bar.set_prefix(phase);
        self.bar.set_length(u64::try_from(whole.as_millis()).unwrap_or(0).max(1));
        self.bar.set_position(u64::try_from(done.min(whole).as_millis()).unwrap_or(0));
        let time = if whole.is_zero() {
            format!("{:.0} s", done.as_secs_f64())
        } else {
            format!("{:.0}/{:.0} s", done.min(whole).as_secs_f64(), whole.as_secs_f64())
        };
        self.bar.set_message(format!("{time}  {text}"));
    }

    /// Shows the number of completed items, and a text.
    pub(crate) fn show_count(&self, what: &'static str, done: u64, whole: u64, text: &str) {
        self.bar.set_prefix(what);
        self.bar.set_length(whole.max(1));
        self.bar.set_position(done);
        self.bar.set_message(format!("{done}/{whole}  {text}"));
    }
}

/// The number of operations by outcome, as text.
pub(crate) fn operations_text(ok: u64, fail: u64, info: u64) -> String {
    format!("ok {ok} fail {fail} info {info}")
}

/// The active faults, as text.
pub(crate) fn faults_text<'a>(faults: impl Iterator<Item = &'a String>) -> String {
    let faults: Vec<&str> = faults.map(String::as_str).collect();
    if faults.is_empty() { String::new() } else { format!("  nemesis: {}", faults.join(", ")) }
}

/// A bar on stderr that counts items; draws nothing if stderr is not a terminal.
pub(crate) fn count_bar(what: &'static str, number: u64) -> ProgressBar {
    let style = ProgressStyle::with_template(COUNT_TEMPLATE)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("━╸ ");
    let bar = ProgressBar::new(number).with_style(style).with_prefix(what);
    if terminal::draws_on_stderr() {
        bar.enable_steady_tick(SPINNER_TICK);
    } else {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    bar
}
