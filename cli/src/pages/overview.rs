//! The page with several runs.

use super::facts::mark;
use glomers_config::Metric;
use glomers_history::Validity;
use glomers_rendering::html::{OverviewPage, RunRow, Trend, TrendPoint};
use glomers_results::{Clock, Run, TargetState, shown_metric, verdict_word};

/// The metrics that have a column, and its heading.
const COLUMNS: [(Metric, &str); 7] = [
    (Metric::ServerMsgsPerOp, "msgs/op"),
    (Metric::StableLatencyP50, "stable p50"),
    (Metric::StableLatencyMax, "stable max"),
    (Metric::OpLatencyP50, "op p50"),
    (Metric::OpLatencyP99, "op p99"),
    (Metric::OkFraction, "ok"),
    (Metric::OpCount, "ops"),
];
/// The metrics whose trend is drawn: of these, those that runs of a test have.
const MAIN: [Metric; 5] = [
    Metric::ServerMsgsPerOp,
    Metric::StableLatencyP50,
    Metric::OpLatencyP50,
    Metric::OpLatencyP99,
    Metric::OkFraction,
];
/// Maximum number of pictures.
const MOST_TRENDS: usize = 60;

/// The page with these runs, the newest first.
pub(crate) fn overview_page(runs: &[Run]) -> OverviewPage {
    let is_measured = |metric: Metric| runs.iter().any(|run| run.metrics.get(metric).is_some());
    let (columns, names): (Vec<Metric>, Vec<&str>) =
        COLUMNS.into_iter().filter(|(metric, _)| is_measured(*metric)).unzip();
    let mut headings = vec!["targets".to_owned()];
    headings.extend(names.into_iter().map(str::to_owned));
    headings.extend(["engine", "seed", "began", "folder"].map(str::to_owned));
    let mut trends = trends(runs);
    let mut notes = Vec::new();
    if trends.len() > MOST_TRENDS {
        notes.push(format!("{MOST_TRENDS} of {} trends are drawn", trends.len()));
        trends.truncate(MOST_TRENDS);
    }
    OverviewPage {
        title: match runs.len() {
            1 => "1 run".to_owned(),
            count => format!("{count} runs"),
        },
        columns: headings,
        rows: runs.iter().map(|run| row(run, &columns)).collect(),
        trends,
        notes,
        ..OverviewPage::default()
    }
}

fn row(run: &Run, columns: &[Metric]) -> RunRow {
    let record = run.record.as_ref();
    let mut cells = vec![match run.targets() {
        [] => String::new(),
        targets => match TargetState::of_all(targets) {
            TargetState::Met => "met".to_owned(),
            TargetState::Missed => "missed".to_owned(),
            TargetState::Unknown => "unknown".to_owned(),
        },
    }];
    cells.extend(columns.iter().map(|metric| {
        run.metrics.get(*metric).map(|value| shown_metric(*metric, value)).unwrap_or_default()
    }));
    cells.push(record.map_or_else(String::new, |record| match record.clock {
        Clock::Virtual => "simulated".to_owned(),
        _ => record.engine.name().to_owned(),
    }));
    let seed = record.and_then(|record| record.seed);
    cells.push(seed.map(|seed| seed.to_string()).unwrap_or_default());
    // To the second: more digits would only widen the table.
    let began = record.map_or("", |record| record.start.split('.').next().unwrap_or_default());
    cells.push(began.replace('T', " "));
    cells.push(run.path.display().to_string());
    RunRow {
        name: run.name() + if is_shrunk(run) { " (shrunk)" } else { "" },
        verdict: verdict_word(run.valid()).to_owned(),
        mark: mark(run.valid()),
        cells,
        ..RunRow::default()
    }
}

/// Whether `shrink` made it, or it was made again from one of those: its operations are given.
fn is_shrunk(run: &Run) -> bool {
    run.record.as_ref().is_some_and(|record| record.scenario.is_some())
}

/// For each test with several runs, its main metrics, the oldest run first. Those that `shrink` made have
/// too few operations to compare.
fn trends(runs: &[Run]) -> Vec<Trend> {
    let whole: Vec<&Run> = runs.iter().filter(|run| !is_shrunk(run)).collect();
    let mut names: Vec<String> = whole.iter().map(|run| run.name()).collect();
    names.sort();
    names.dedup();
    let mut trends = Vec::new();
    for name in names {
        let its: Vec<&Run> = whole.iter().copied().rev().filter(|run| run.name() == name).collect();
        for metric in MAIN {
            let points: Vec<TrendPoint> = its.iter().map(|run| point(run, metric)).collect();
            if points.iter().filter(|point| point.value.is_some()).count() > 1 {
                trends.push(Trend { name: format!("{name}: {}", metric.name()), points });
            }
        }
    }
    trends
}

fn point(run: &Run, metric: Metric) -> TrendPoint {
    let value = run.metrics.get(metric);
    TrendPoint {
        run: run.path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        value,
        shown: value.map(|value| shown_metric(metric, value)).unwrap_or_default(),
        is_bad: run.valid() == Validity::Invalid,
    }
}
