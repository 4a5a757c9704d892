//! Operations by function and outcome: the series of charts.

use super::palette;
use glomers_history::{Function, Kind};
use glomers_timeline::{Operation, Timeline};

/// Nanoseconds per second.
pub(super) const SECOND: f64 = 1e9;
/// Nanoseconds per millisecond.
pub(super) const MILLISECOND: f64 = 1e6;

/// How an operation ended, for a chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Outcome {
    /// It succeeded.
    Ok,
    /// It did not happen.
    Failed,
    /// It may have happened.
    Unknown,
    /// The run ended before.
    Open,
}

impl Outcome {
    /// The outcome of an operation.
    pub(super) fn of(operation: &Operation<'_>) -> Self {
        match operation.completion.as_ref().map(|end| end.kind) {
            Some(Kind::Ok) => Self::Ok,
            Some(Kind::Fail) => Self::Failed,
            Some(Kind::Info | Kind::Invoke) => Self::Unknown,
            None => Self::Open,
        }
    }

    /// Its name in a legend.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Open => "unfinished",
        }
    }
}

/// The operations of one function with one outcome.
pub(super) struct Series<'a> {
    /// The name of the function.
    pub(super) function: &'a str,
    pub(super) outcome: Outcome,
    /// The class that colours it: each function has a colour.
    pub(super) class: String,
    pub(super) operations: Vec<&'a Operation<'a>>,
}

impl Series<'_> {
    /// Its name in a legend, with the number of its operations.
    pub(super) fn name(&self) -> String {
        format!("{} {} ({})", self.function, self.outcome.name(), self.operations.len())
    }
}

/// All operations, by function in the order of their first appearance, and outcome.
pub(super) fn series<'a>(timeline: &'a Timeline<'a>) -> Vec<Series<'a>> {
    let mut functions: Vec<&str> = Vec::new();
    let mut found: Vec<Series<'a>> = Vec::new();
    for operation in requests(timeline) {
        let (function, outcome) = (operation.f.name(), Outcome::of(operation));
        let known = functions.iter().position(|name| *name == function);
        let colour = known.unwrap_or_else(|| {
            functions.push(function);
            functions.len() - 1
        });
        match found.iter_mut().find(|it| it.function == function && it.outcome == outcome) {
            Some(series) => series.operations.push(operation),
            None => found.push(Series {
                function,
                outcome,
                class: palette::series(colour),
                operations: vec![operation],
            }),
        }
    }
    let rank = |name: &str| functions.iter().position(|function| *function == name);
    found.sort_by_key(|series| (rank(series.function), series.outcome));
    found
}

/// All operations that ask a node for something: a crash of a client does not.
pub(super) fn requests<'a>(timeline: &'a Timeline<'a>) -> impl Iterator<Item = &'a Operation<'a>> {
    timeline.operations().iter().filter(|operation| *operation.f != Function::Crash)
}

/// How long an operation took in ms; one without an end, until the end of the run.
pub(super) fn latency(timeline: &Timeline<'_>, operation: &Operation<'_>) -> f64 {
    let end = operation.completion.as_ref().map_or(timeline.end(), |end| end.time);
    ((end as f64 - operation.invoked as f64) / MILLISECOND).max(0.0)
}
