//! A table of runs: in Markdown for a README, for a terminal, or for a spreadsheet.

use crate::compare::verdict_word;
use crate::metrics::{json_number, shown};
use crate::run::{Clock, NodeRecord, RunRecord};
use crate::run_dir::Run;
use crate::table_style::{Look, TableBuilder, Tone, fitting, plain};
use crate::targets::TargetState;
use glomers_config::Metric;
use glomers_history::Validity;

/// A column: its heading, and the function that returns its cell for a run.
struct Column {
    heading: &'static str,
    /// The heading in a terminal, where room is short.
    short: &'static str,
    is_number: bool,
    /// When it is left out in a terminal that is too narrow: columns of the highest number first, those of
    /// 0 never.
    rank: u8,
    cell: fn(&Run, Look) -> Cell,
}

/// The text and highlighting of a cell; the text may be empty.
type Cell = (String, Tone);

const COLUMNS: [Column; 14] = [
    text("challenge", "challenge", 0, |run, _| {
        plain(run.name() + if is_shrunk(run) { " (shrunk)" } else { "" })
    }),
    text("verdict", "verdict", 0, |run, _| match run.valid() {
        Validity::Valid => (verdict_word(run.valid()).to_owned(), Tone::Good),
        Validity::Invalid => (verdict_word(run.valid()).to_owned(), Tone::Bad),
        Validity::Unknown => plain(verdict_word(run.valid())),
    }),
    number("server msgs/op", "msgs/op", 1, |run, look| metric(run, Metric::ServerMsgsPerOp, look)),
    number("median stable latency", "stable p50", 1, |run, look| {
        metric(run, Metric::StableLatencyP50, look)
    }),
    number("max stable latency", "stable max", 2, |run, look| {
        metric(run, Metric::StableLatencyMax, look)
    }),
    number("lost", "lost", 5, |run, look| metric(run, Metric::LostCount, look)),
    number("median op latency", "op p50", 6, |run, look| metric(run, Metric::OpLatencyP50, look)),
    number("op latency p99", "op p99", 3, |run, look| metric(run, Metric::OpLatencyP99, look)),
    number("ok fraction", "ok", 4, |run, look| metric(run, Metric::OkFraction, look)),
    number("operations", "ops", 7, |run, look| metric(run, Metric::OpCount, look)),
    text("engine", "engine", 9, |run, _| recorded(run, engine)),
    number("seed", "seed", 3, |run, _| {
        recorded(run, |record| record.seed.map(|seed| seed.to_string()).unwrap_or_default())
    }),
    text("node", "node", 10, |run, _| recorded(run, node)),
    text("date", "date", 8, |run, _| {
        // The date part of an RFC 3339 time.
        recorded(run, |record| {
            record.start.split(['T', 't', ' ']).next().unwrap_or_default().to_owned()
        })
    }),
];

const fn text(
    heading: &'static str,
    short: &'static str,
    rank: u8,
    cell: fn(&Run, Look) -> Cell,
) -> Column {
    Column { heading, short, is_number: false, rank, cell }
}

const fn number(
    heading: &'static str,
    short: &'static str,
    rank: u8,
    cell: fn(&Run, Look) -> Cell,
) -> Column {
    Column { heading, short, is_number: true, rank, cell }
}

/// Whether `shrink` made it, or it was made again from one of those: its operations are given.
fn is_shrunk(run: &Run) -> bool {
    run.record.as_ref().is_some_and(|record| record.scenario.is_some())
}

/// What made the run.
fn engine(record: &RunRecord) -> String {
    match record.clock {
        Clock::Virtual => "simulated".to_owned(),
        _ => record.engine.name().to_owned(),
    }
}

/// The program under test, by its name or its command.
pub(crate) fn node(record: &RunRecord) -> String {
    match &record.node {
        node if node.own => "glomers' own".to_owned(),
        NodeRecord { name: Some(name), .. } => name.clone(),
        node => node.command.join(" "),
    }
}

/// A cell from the run's record; empty if there is none.
fn recorded(run: &Run, say: fn(&RunRecord) -> String) -> Cell {
    plain(run.record.as_ref().map(say).unwrap_or_default())
}

/// The value of a metric, highlighted if it has a target: with the limit, or in a terminal with a mark if it
/// was not met.
fn metric(run: &Run, metric: Metric, look: Look) -> Cell {
    let target = run.targets().iter().find(|outcome| outcome.target.metric == metric);
    let value = run.metrics.get(metric).map(|value| shown(metric, value));
    let Some(target) = target else { return plain(value.unwrap_or_default()) };
    let (value, limit) = (value.unwrap_or_else(|| "-".to_owned()), target.shown_limit());
    let is_short = look != Look::Markdown;
    match target.state() {
        TargetState::Met if is_short => (value, Tone::Good),
        TargetState::Met => (format!("{value} ({limit})"), Tone::Good),
        TargetState::Missed if is_short => (format!("{value} ✗"), Tone::Bad),
        TargetState::Missed => (format!("{value} (missed {limit})"), Tone::Bad),
        TargetState::Unknown if is_short => plain(format!("{value} ?")),
        TargetState::Unknown => plain(format!("{value} (unknown {limit})")),
    }
}

/// The table in Markdown, see [`report_table`].
#[must_use]
pub fn report(runs: &[Run]) -> String {
    report_table(runs, Look::Markdown, None)
}

/// A table with one row per run, in the given order. Columns that are empty for all runs are left
/// out; in a terminal of a width (in characters), also those that do not fit. Targets are shown after
/// their values, in a terminal only if they were not met.
#[must_use]
pub fn report_table(runs: &[Run], look: Look, width: Option<u16>) -> String {
    let cells = |run: &Run| COLUMNS.iter().map(|column| (column.cell)(run, look)).collect();
    let rows: Vec<Vec<Cell>> = runs.iter().map(cells).collect();
    // The first two columns are always shown, so that a table without runs is still a table.
    let is_shown = |column: usize| column < 2 || rows.iter().any(|row| !row[column].0.is_empty());
    let shown: Vec<usize> = (0..COLUMNS.len()).filter(|&column| is_shown(column)).collect();
    // Colours take no room.
    let plain = |shown: &[usize]| table(&rows, shown, Look::Terminal { colour: false });
    let shown = fitting(shown, |column| COLUMNS[column].rank, width, plain);
    table(&rows, &shown, look)
}

/// The table of some columns.
fn table(rows: &[Vec<Cell>], shown: &[usize], look: Look) -> String {
    let heading = |&column: &usize| match look {
        Look::Markdown => COLUMNS[column].heading,
        Look::Terminal { .. } => COLUMNS[column].short,
    };
    let headings: Vec<&str> = shown.iter().map(heading).collect();
    let mut table = TableBuilder::new(look, &headings);
    for row in rows {
        table.row(shown.iter().map(|&column| row[column].clone()).collect());
    }
    let numbers = shown.iter().enumerate().filter(|(_, column)| COLUMNS[**column].is_number);
    table.align_right(numbers.map(|(position, _)| position));
    table.finish()
}

/// The metrics of all runs as lines of comma-separated values, with a heading.
#[must_use]
pub fn report_csv(runs: &[Run]) -> String {
    let mut text = String::from("challenge,verdict,targets,engine,seed,node,start,path");
    for metric in Metric::ALL {
        text.push(',');
        text += metric.name();
    }
    text.push('\n');
    for run in runs {
        let record = run.record.as_ref();
        let targets =
            if run.targets().is_empty() { "" } else { TargetState::of_all(run.targets()).word() };
        let mut fields = vec![
            run.name(),
            verdict_word(run.valid()).to_owned(),
            targets.to_owned(),
            record.map(engine).unwrap_or_default() + if is_shrunk(run) { ", shrunk" } else { "" },
            record.and_then(|record| record.seed).map(|seed| seed.to_string()).unwrap_or_default(),
            record.map(node).unwrap_or_default(),
            record.map(|record| record.start.clone()).unwrap_or_default(),
            run.path.display().to_string(),
        ];
        fields.extend(Metric::ALL.iter().map(|metric| {
            run.metrics.get(*metric).map(|it| json_number(it).to_string()).unwrap_or_default()
        }));
        let fields: Vec<String> = fields.iter().map(|field| csv_field(field)).collect();
        text += &fields.join(",");
        text.push('\n');
    }
    text
}

/// A field of comma-separated values, in quotes if it needs them (RFC 4180).
#[must_use]
pub fn csv_field(text: &str) -> String {
    let needs_quotes = text.contains(['"', ',', '\n', '\r']);
    if needs_quotes { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}
