//! What a process printed to stdout: cut into lines, with what is wrong about it.

use super::Printed;
use super::lines::{Cut, LineCutter};
use super::recent_lines::{RecentLines, text_of};
use crate::Time;
use crate::event::Exit;
use std::time::Duration;

/// Time that a node has to exit after it closed its stdout, before it is reported as still running.
const CLOSING_TIME: Duration = Duration::from_millis(500);
/// How long a line may stay without a newline before that is reported.
const UNFINISHED_TIME: Duration = Duration::from_secs(1);

/// The stdout of a node that is a process.
#[derive(Debug, Default)]
pub struct ProcessOutput {
    cutter: LineCutter,
    last_lines: RecentLines,
    /// When to report that the current line has no newline, unless it ends before.
    unfinished_at: Option<Time>,
    /// When to report that stdout is closed, unless the node exits before.
    report_closed_at: Option<Time>,
    exit_reported: bool,
}

impl ProcessOutput {
    /// Begins anew, for another process of the same node.
    pub fn restart(&mut self) {
        *self = Self { last_lines: std::mem::take(&mut self.last_lines), ..Self::default() };
    }

    /// Takes the next bytes, and passes on the lines that they complete.
    pub fn take(&mut self, now: Time, bytes: &[u8], sink: &mut dyn FnMut(Printed<'_>)) {
        let last_lines = &mut self.last_lines;
        self.cutter.take(bytes, &mut |piece| pass(&piece, last_lines, sink));
        // The wait for the end of a line begins again after each piece of it.
        let is_whole = self.unfinished().is_empty();
        self.unfinished_at = if is_whole { None } else { Some(now + UNFINISHED_TIME) };
    }

    /// The node closed its stdout: a last line needs no newline.
    pub fn close(&mut self, now: Time, sink: &mut dyn FnMut(Printed<'_>)) {
        let last_lines = &mut self.last_lines;
        self.cutter.end(&mut |piece| pass(&piece, last_lines, sink));
        self.unfinished_at = None;
        self.report_closed_at = Some(now + CLOSING_TIME);
    }

    /// The node ended; this is passed on once.
    pub fn exit(&mut self, exit: Exit, sink: &mut dyn FnMut(Printed<'_>)) {
        self.report_closed_at = None;
        if !std::mem::replace(&mut self.exit_reported, true) {
            sink(Printed::Exited(exit));
        }
    }

    /// Whether the node's end was passed on.
    #[must_use]
    pub fn is_exit_reported(&self) -> bool {
        self.exit_reported
    }

    /// Passes on what has been wrong for long enough.
    pub fn report(&mut self, now: Time, sink: &mut dyn FnMut(Printed<'_>)) {
        if self.report_closed_at.is_some_and(|at| at <= now) {
            self.report_closed_at = None;
            sink(Printed::Closed);
        } else if self.unfinished_at.is_some_and(|at| at <= now) {
            self.unfinished_at = None;
            sink(Printed::Unfinished(self.unfinished()));
        }
    }

    /// When [`report`](Self::report) has something to pass on.
    #[must_use]
    pub fn next_wake(&self) -> Option<Time> {
        self.report_closed_at.into_iter().chain(self.unfinished_at).min()
    }

    /// The node is suspended: it cannot finish the line.
    pub fn pause(&mut self) {
        self.unfinished_at = None;
    }

    /// The last lines.
    #[must_use]
    pub fn last_lines(&self) -> Vec<String> {
        self.last_lines.texts()
    }

    /// The beginning of the text after the last newline.
    #[must_use]
    pub fn unfinished_text(&self) -> String {
        text_of(self.unfinished())
    }

    /// The unfinished line so far; empty if it has no visible text.
    fn unfinished(&self) -> &[u8] {
        let text = self.cutter.unfinished();
        if text.iter().all(|byte| *byte <= b' ') { &[] } else { text }
    }
}

/// Remembers a line, and passes it on.
fn pass(piece: &Cut<'_>, last_lines: &mut RecentLines, sink: &mut dyn FnMut(Printed<'_>)) {
    match piece {
        Cut::Line(line) => {
            last_lines.add(line);
            sink(Printed::Line(line));
        }
        Cut::TooLong(start) => {
            last_lines.add(start);
            sink(Printed::TooLong(start));
        }
    }
}
