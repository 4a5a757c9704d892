//! The look of tables, comparisons and reports, with recordings of the reference.

use glomers_config::{Metric, Target};
use glomers_results::{
    Comparison, Engine, Look, Metrics, NodeRecord, Results, Run, RunRecord, judge_targets, pretty,
    report, report_table, run_table,
};
use std::path::{Path, PathBuf};

const TERMINAL: Look = Look::Terminal { colour: false };

fn fixture(name: &str) -> Run {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut run = Run::open(&folder.join(name)).unwrap();
    run.path = PathBuf::from("store").join(name);
    run
}

/// The recording with the record that glomers' engine would have written.
fn recorded(name: &str, challenge: &str) -> Run {
    let run = fixture(name);
    let mut metrics = run.metrics;
    metrics.put(Metric::OpLatencyP50, Some(27.31));
    metrics.put(Metric::PropagationMax, Some(512.004));
    metrics.put(Metric::DuplicatedCount, Some(0.0));
    let targets = [
        (Metric::ServerMsgsPerOp, 30.0),
        (Metric::StableLatencyP50, 460.0),
        (Metric::StableLatencyMax, 600.0),
        (Metric::LoadServerMsgsPerOp, 30.0),
    ]
    .map(|(metric, limit)| Target::new(metric, limit));
    let record = RunRecord {
        challenge: challenge.to_owned(),
        engine: Engine::Embedded,
        seed: Some(7),
        node: NodeRecord {
            command: vec!["./bin/node".into(), "a|b".into()],
            ..NodeRecord::default()
        },
        start: "2026-11-21T04:57:00Z".to_owned(),
        targets: judge_targets(&targets, &metrics),
        metrics,
        ..RunRecord::default()
    };
    Run::new(run.path, run.results, Some(record))
}

#[test]
fn a_table_shows_metrics_with_data_and_their_targets() {
    insta::assert_snapshot!(run_table(&recorded("broadcast-3d.edn", "broadcast-d"), TERMINAL));
}

#[test]
fn a_table_of_bare_results_has_two_columns() {
    insta::assert_snapshot!(run_table(&fixture("broadcast-lost.edn"), TERMINAL));
}

#[test]
fn a_table_in_markdown_and_what_is_unknown() {
    let text = "{:net {:servers {:msgs-per-op 0.81, :drop-count 3}}, :new [1 2], :valid? true}";
    let run = Run::new(PathBuf::from("x"), Results::parse(text).unwrap(), None);
    insta::assert_snapshot!(run_table(&run, Look::Markdown));
}

#[test]
fn colour_is_the_callers_choice() {
    let run = recorded("broadcast-3d.edn", "broadcast-d");
    let coloured = run_table(&run, Look::Terminal { colour: true });
    assert!(coloured.contains("\u{1b}["), "{coloured}");
    assert!(!run_table(&run, TERMINAL).contains('\u{1b}'));
}

#[test]
fn a_comparison_judges_each_metric() {
    let comparison = Comparison::new(
        &fixture("broadcast-3d.edn"),
        &recorded("broadcast-3d-tree4.edn", "broadcast-d"),
    );
    assert!(!comparison.any_worse());
    insta::assert_snapshot!("comparison_terminal", comparison.table(TERMINAL));
    let json = serde_json::to_string_pretty(&comparison).unwrap();
    insta::assert_snapshot!("comparison_json", json);
}

#[test]
fn a_worse_verdict_or_metric_is_worse() {
    let (good, bad) = (
        recorded("broadcast-3d.edn", "broadcast-d"),
        recorded("broadcast-lost.edn", "broadcast-b"),
    );
    let comparison = Comparison::new(&good, &bad);
    assert!(comparison.any_worse());
    insta::assert_snapshot!(comparison.table(Look::Markdown));

    let results = |valid: &str| {
        let text = format!("{{:availability {{:ok-fraction 1}}, :valid? {valid}}}");
        Run::new(PathBuf::from(valid), Results::parse(&text).unwrap(), None)
    };
    let is_worse = |before, now| Comparison::new(&results(before), &results(now)).any_worse();
    assert!(is_worse("true", ":unknown") && is_worse(":unknown", "false"));
    assert!(!is_worse("false", "true") && !is_worse(":unknown", ":unknown"));
}

#[test]
fn a_report_is_a_table_of_runs() {
    let runs = [
        recorded("broadcast-3d.edn", "broadcast-d"),
        recorded("broadcast-3d-tree4.edn", "broadcast-d"),
        fixture("broadcast-lost.edn"),
    ];
    insta::assert_snapshot!("report", report(&runs));
    insta::assert_snapshot!("report_terminal", report_table(&runs, TERMINAL));
    // Without a record, the columns that depend on it are left out.
    insta::assert_snapshot!("report_of_the_reference", report(&runs[2..]));
    assert_eq!(report(&[]).lines().count(), 2);
}

#[test]
fn recordings_are_printed_as_they_were() {
    for name in ["broadcast-3d.edn", "broadcast-lost.edn"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        assert_eq!(pretty(Results::parse(&text).unwrap().value()), text);
        assert_ne!(Metrics::from_results(&Results::parse(&text).unwrap()), Metrics::new());
    }
}
