//! What is known of a run, in names and values.

use crate::recorded::RecordedRun;
use crate::terminal::shown_path;
use glomers_config::Metric;
use glomers_history::Validity;
use glomers_rendering::html::{Mark, Tile};
use glomers_results::{Clock, Run, TargetState, op_latencies, shown_metric};
use glomers_timeline::Timeline;

/// Whether a verdict is good.
pub(super) fn mark(valid: Validity) -> Mark {
    match valid {
        Validity::Valid => Mark::Good,
        Validity::Invalid => Mark::Bad,
        Validity::Unknown => Mark::Doubtful,
    }
}

/// How the run was made.
pub(super) fn facts(run: &RecordedRun, timeline: &Timeline<'_>) -> Vec<(String, String)> {
    let mut facts = Vec::new();
    let mut add = |name: &str, value: String| {
        if !value.is_empty() {
            facts.push((name.to_owned(), value));
        }
    };
    add("workload", run.workload().map(|it| it.to_string()).unwrap_or_default());
    if let Some(record) = run.record() {
        let is_simulated = record.clock == Clock::Virtual;
        let engine = if is_simulated { "simulated" } else { record.engine.name() };
        add("engine", engine.to_owned());
        add("node", run.heading().node);
        add("began", to_the_second(&record.start));
        add("took", format!("{:.2} s", record.wall_seconds));
    }
    add("nodes", timeline.nodes().len().to_string());
    add("operations", timeline.operations().len().to_string());
    add("messages", timeline.messages().len().to_string());
    add("faults", timeline.faults().len().to_string());
    add("folder", shown_path(&run.path.canonicalize().unwrap_or_else(|_| run.path.clone())));
    facts
}

/// A time of `run.json`, as tables have it; one in another form as it is.
fn to_the_second(start: &str) -> String {
    match humantime::parse_rfc3339(start) {
        Ok(time) => {
            let time = humantime::format_rfc3339_seconds(time).to_string();
            time.replace('T', " ").replace('Z', " UTC")
        }
        Err(_) => start.to_owned(),
    }
}

/// The metrics, with their targets.
pub(super) fn tiles(run: &RecordedRun) -> Vec<Tile> {
    let record = run.record().cloned();
    let mut metrics = record.as_ref().map(|record| record.metrics.clone()).unwrap_or_default();
    let mut targets = Vec::new();
    if let Some(results) = run.results() {
        let run = Run::new(run.path.clone(), results.clone(), record);
        targets = run.targets().to_vec();
        metrics = run.metrics;
    }
    // Those of the history itself: a run of the reference, or one that was killed, has no others.
    let metrics = metrics.or(&op_latencies(run.history()));
    let tile = |metric: &Metric| {
        let value = metrics.get(*metric);
        let target = targets.iter().find(|outcome| outcome.target.metric == *metric);
        if value.is_none() && target.is_none() {
            return None;
        }
        let (limit, mark) = match target {
            None => (None, Mark::Plain),
            Some(outcome) => {
                let (word, mark) = match outcome.state() {
                    TargetState::Met => ("met", Mark::Good),
                    TargetState::Missed => ("missed", Mark::Bad),
                    TargetState::Unknown => ("unknown", Mark::Doubtful),
                };
                (Some(format!("target {}: {word}", outcome.shown_limit())), mark)
            }
        };
        Some(Tile {
            name: metric.name().to_owned(),
            value: value.map_or_else(|| "-".to_owned(), |value| shown_metric(*metric, value)),
            meaning: metric.meaning().to_owned(),
            limit,
            mark,
        })
    };
    Metric::ALL.iter().filter_map(tile).collect()
}
