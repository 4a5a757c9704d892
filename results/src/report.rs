//! A table of runs: in Markdown for a README, or for a terminal.

use crate::compare::verdict_word;
use crate::metrics::shown;
use crate::run::{Clock, NodeRecord, RunRecord};
use crate::run_dir::Run;
use crate::table_style::{Look, TableBuilder, Tone, plain};
use crate::targets::TargetState;
use glomers_config::Metric;
use glomers_history::Validity;

/// A column: its heading, and the function that returns its cell for a run.
struct Column {
    heading: &'static str,
    is_number: bool,
    cell: fn(&Run) -> Cell,
}

/// The text and highlighting of a cell; the text may be empty.
type Cell = (String, Tone);

const COLUMNS: [Column; 12] = [
    text("challenge", |run| plain(run.name())),
    text("verdict", |run| match run.valid() {
        Validity::Valid => (verdict_word(run.valid()).to_owned(), Tone::Good),
        Validity::Invalid => (verdict_word(run.valid()).to_owned(), Tone::Bad),
        Validity::Unknown => plain(verdict_word(run.valid())),
    }),
    number("server msgs/op", |run| metric(run, Metric::ServerMsgsPerOp)),
    number("median stable latency", |run| metric(run, Metric::StableLatencyP50)),
    number("max stable latency", |run| metric(run, Metric::StableLatencyMax)),
    number("lost", |run| metric(run, Metric::LostCount)),
    number("ok fraction", |run| metric(run, Metric::OkFraction)),
    number("operations", |run| metric(run, Metric::OpCount)),
    text("engine", |run| {
        recorded(run, |record| match record.clock {
            Clock::Virtual => "simulated".to_owned(),
            _ => record.engine.name().to_owned(),
        })
    }),
    number("seed", |run| {
        recorded(run, |record| record.seed.map(|seed| seed.to_string()).unwrap_or_default())
    }),
    text("node", |run| {
        recorded(run, |record| match &record.node {
            node if node.own => "glomers' own".to_owned(),
            NodeRecord { name: Some(name), .. } => name.clone(),
            node => node.command.join(" "),
        })
    }),
    text("date", |run| {
        // The date part of an RFC 3339 time.
        recorded(run, |record| {
            record.start.split(['T', 't', ' ']).next().unwrap_or_default().to_owned()
        })
    }),
];

const fn text(heading: &'static str, cell: fn(&Run) -> Cell) -> Column {
    Column { heading, is_number: false, cell }
}

const fn number(heading: &'static str, cell: fn(&Run) -> Cell) -> Column {
    Column { heading, is_number: true, cell }
}

/// A cell from the run's record; empty if there is none.
fn recorded(run: &Run, say: fn(&RunRecord) -> String) -> Cell {
    plain(run.record.as_ref().map(say).unwrap_or_default())
}

/// The value of a metric, highlighted if it has a target.
fn metric(run: &Run, metric: Metric) -> Cell {
    let target = run.targets().iter().find(|outcome| outcome.target.metric == metric);
    let value = run.metrics.get(metric).map(|value| shown(metric, value));
    let Some(target) = target else { return plain(value.unwrap_or_default()) };
    let (value, limit) = (value.unwrap_or_else(|| "-".to_owned()), target.shown_limit());
    match target.state() {
        TargetState::Met => (format!("{value} ({limit})"), Tone::Good),
        TargetState::Missed => (format!("{value} (missed {limit})"), Tone::Bad),
        TargetState::Unknown => plain(format!("{value} (unknown {limit})")),
    }
}

/// The table in Markdown, see [`report_table`].
#[must_use]
pub fn report(runs: &[Run]) -> String {
    report_table(runs, Look::Markdown)
}

/// A table with one row per run, in the given order. Columns that are empty for all runs are left
/// out. Targets are shown after their values.
#[must_use]
pub fn report_table(runs: &[Run], look: Look) -> String {
    let rows: Vec<Vec<Cell>> =
        runs.iter().map(|run| COLUMNS.iter().map(|column| (column.cell)(run)).collect()).collect();
    // The first two columns are always shown, so that a table without runs is still a table.
    let is_shown = |column: usize| column < 2 || rows.iter().any(|row| !row[column].0.is_empty());
    let shown: Vec<usize> = (0..COLUMNS.len()).filter(|&column| is_shown(column)).collect();
    let headings: Vec<&str> = shown.iter().map(|&column| COLUMNS[column].heading).collect();
    let mut table = TableBuilder::new(look, &headings);
    for row in &rows {
        table.row(shown.iter().map(|&column| row[column].clone()).collect());
    }
    let numbers = shown.iter().enumerate().filter(|(_, column)| COLUMNS[**column].is_number);
    table.align_right(numbers.map(|(position, _)| position));
    table.finish()
}
