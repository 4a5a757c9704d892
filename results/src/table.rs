//! The table of a run's metrics, with its targets.

use crate::metrics::{Metrics, shown};
use crate::run_dir::Run;
use crate::table_style::{Look, TableBuilder, Tone, markdown_code, plain};
use crate::targets::{TargetOutcome, TargetState};
use glomers_config::Metric;
use glomers_history::visible;
use std::fmt::Write;

/// Metrics with values, each with its target, if any, and whether that was met. Targets without a
/// value are shown too. The columns for targets are only shown if there are targets.
#[must_use]
pub fn metrics_table(metrics: &Metrics, targets: &[TargetOutcome], look: Look) -> String {
    let header: &[&str] = if targets.is_empty() {
        &["metric", "value"]
    } else {
        &["metric", "value", "target", "met"]
    };
    let mut table = TableBuilder::new(look, header);
    for metric in Metric::ALL {
        let value = metrics.get(*metric);
        let mut aimed =
            targets.iter().filter(|outcome| outcome.target.metric == *metric).peekable();
        if value.is_none() && aimed.peek().is_none() {
            continue;
        }
        let shown = value.map_or_else(|| "-".to_owned(), |value| shown(*metric, value));
        let mut cells = vec![plain(metric.name()), plain(shown)];
        if !targets.is_empty() {
            let outcomes: Vec<&TargetOutcome> = aimed.collect();
            let limits: Vec<String> =
                outcomes.iter().map(|outcome| outcome.shown_limit()).collect();
            cells.push(plain(limits.join(", ")));
            let all: Vec<TargetOutcome> = outcomes.iter().map(|outcome| **outcome).collect();
            let state = TargetState::of_all(&all);
            cells.push(match state {
                _ if all.is_empty() => plain(""),
                TargetState::Met => (state.word().to_owned(), Tone::Good),
                TargetState::Missed => (state.word().to_owned(), Tone::Bad),
                TargetState::Unknown => plain(state.word()),
            });
        }
        table.row(cells);
    }
    table.align_right([1, 2]);
    table.finish()
}

/// The table of a run's metrics, followed by the unknown keys of its results.
#[must_use]
pub fn run_table(run: &Run, look: Look) -> String {
    let mut text = metrics_table(&run.metrics, run.targets(), look);
    let unknown = run.results.unknown_keys();
    if !unknown.is_empty() {
        text.push_str("\nThe results also have, unknown to this version:\n\n");
        for key in unknown {
            let key = match look {
                Look::Markdown => markdown_code(&key.to_string()),
                Look::Terminal { .. } => visible(&key.to_string()).into_owned(),
            };
            // Writing to a string cannot fail.
            let _ = writeln!(text, "- {key}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recordings;
    use crate::results::Results;
    use std::path::PathBuf;

    #[test]
    fn every_recorded_run_has_its_table() {
        for (path, text) in recordings::results() {
            let results = Results::parse(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
            let run = Run::new(PathBuf::from(&path), results, None);
            for look in [Look::Terminal { colour: true }, Look::Markdown] {
                let table = run_table(&run, look);
                let has_row = |name: &str| table.lines().any(|line| line.contains(name));
                assert_eq!(has_row("op-count"), run.results.stats.is_some(), "{path}");
                assert_eq!(has_row("unknown to this"), !run.results.unknown_keys().is_empty());
                let rows = table.lines().filter(|line| line.contains("-count ")).count();
                assert!(rows <= 7, "{path}: only metrics with data\n{table}");
            }
            if path.starts_with("maelstrom") {
                assert!(run.metrics.get(Metric::OkFraction).is_some(), "{path}");
            }
        }
    }
}
