//! A Markdown table of runs, for a README.

use crate::compare::verdict_word;
use crate::look::{Look, TableBuilder, plain};
use crate::metrics::shown;
use crate::run_dir::Run;
use glomers_config::Metric;

/// A column: its heading, and what it says of a run.
struct Column {
    heading: &'static str,
    is_number: bool,
    cell: fn(&Run) -> String,
}

const COLUMNS: [Column; 12] = [
    text("challenge", Run::name),
    text("verdict", |run| verdict_word(run.results.valid).to_owned()),
    number("server msgs/op", |run| metric(run, Metric::ServerMsgsPerOp)),
    number("median stable latency", |run| metric(run, Metric::StableLatencyP50)),
    number("max stable latency", |run| metric(run, Metric::StableLatencyMax)),
    number("lost", |run| metric(run, Metric::LostCount)),
    number("ok fraction", |run| metric(run, Metric::OkFraction)),
    number("operations", |run| metric(run, Metric::OpCount)),
    text("engine", |run| {
        let engine = run.record.as_ref().map(|record| record.engine.name());
        engine.unwrap_or_default().to_owned()
    }),
    number("seed", |run| {
        let seed = run.record.as_ref().and_then(|record| record.seed);
        seed.map(|seed| seed.to_string()).unwrap_or_default()
    }),
    text("node", |run| match &run.record {
        None => String::new(),
        Some(record) if record.node.own => "glomers' own".to_owned(),
        Some(record) => record.node.command.join(" "),
    }),
    text("date", |run| {
        // The date of an RFC 3339 time.
        let start = run.record.as_ref().map(|record| record.start.as_str()).unwrap_or_default();
        start.split(['T', 't', ' ']).next().unwrap_or_default().to_owned()
    }),
];

const fn text(heading: &'static str, cell: fn(&Run) -> String) -> Column {
    Column { heading, is_number: false, cell }
}

const fn number(heading: &'static str, cell: fn(&Run) -> String) -> Column {
    Column { heading, is_number: true, cell }
}

/// The value of a metric, marked when it has a target.
fn metric(run: &Run, metric: Metric) -> String {
    let target = run.targets().iter().find(|outcome| outcome.target.metric == metric);
    let value = run.metrics.get(metric).map(|value| shown(metric, value));
    match (value, target) {
        (None, None) => String::new(),
        (None, Some(target)) => format!("- (missed {})", target.shown_limit()),
        (Some(value), None) => value,
        (Some(value), Some(target)) if target.is_met() => {
            format!("{value} ({})", target.shown_limit())
        }
        (Some(value), Some(target)) => format!("**{value}** (missed {})", target.shown_limit()),
    }
}

/// One row a run, in their order; columns that say nothing of any of them are left out. Targets
/// stand behind their values; missed ones are bold.
#[must_use]
pub fn report(runs: &[Run]) -> String {
    let rows: Vec<Vec<String>> =
        runs.iter().map(|run| COLUMNS.iter().map(|column| (column.cell)(run)).collect()).collect();
    // The first two are always there, so that a table without runs is a table.
    let shown: Vec<usize> = (0..COLUMNS.len())
        .filter(|&column| column < 2 || rows.iter().any(|row| !row[column].is_empty()))
        .collect();
    let headings: Vec<&str> = shown.iter().map(|&column| COLUMNS[column].heading).collect();
    let mut table = TableBuilder::new(Look::Markdown, &headings);
    for row in rows {
        table.row(shown.iter().map(|&column| plain(row[column].as_str())).collect());
    }
    let numbers = shown.iter().enumerate().filter(|(_, column)| COLUMNS[**column].is_number);
    table.align_right(numbers.map(|(position, _)| position));
    table.finish()
}
