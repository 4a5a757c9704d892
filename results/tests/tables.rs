//! The look of tables, comparisons and reports, with recordings of the reference.

use glomers_config::{Metric, Target};
use glomers_results::{
    Comparison, Engine, Look, Metrics, NodeRecord, Results, Rules, Run, RunRecord, Runs,
    judge_targets, pretty, report, report_csv, report_table, run_table,
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

fn compare(baseline: Vec<Run>, candidate: Vec<Run>) -> Comparison {
    let [baseline, candidate] = [("before", baseline), ("after", candidate)]
        .map(|(name, runs)| Runs::several(PathBuf::from(name), runs));
    Comparison::new(baseline, candidate, &Rules::default(), false).unwrap()
}

#[test]
fn a_comparison_judges_each_metric() {
    let comparison = compare(
        vec![fixture("broadcast-3d.edn")],
        vec![recorded("broadcast-3d-tree4.edn", "broadcast-d")],
    );
    insta::assert_snapshot!("comparison_terminal", comparison.table(TERMINAL, None));
    let json = serde_json::to_string_pretty(&comparison).unwrap();
    insta::assert_snapshot!("comparison_json", json);
    insta::assert_snapshot!("comparison_csv", comparison.csv());
}

#[test]
fn a_worse_verdict_target_or_metric_is_worse() {
    let (good, bad) = (
        recorded("broadcast-3d.edn", "broadcast-d"),
        recorded("broadcast-lost.edn", "broadcast-d"),
    );
    let comparison = compare(vec![good], vec![bad]);
    assert!(comparison.is_worse());
    insta::assert_snapshot!(comparison.table(Look::Markdown, None));

    let results = |valid: &str| {
        let text = format!("{{:availability {{:ok-fraction 1}}, :valid? {valid}}}");
        vec![Run::new(PathBuf::from(valid), Results::parse(&text).unwrap(), None)]
    };
    let is_worse = |before, now| compare(results(before), results(now)).is_worse();
    assert!(is_worse("true", ":unknown") && is_worse(":unknown", "false"));
    assert!(!is_worse("false", "true") && !is_worse(":unknown", ":unknown"));
}

/// Runs of broadcast-d with these numbers of messages and median latencies, with the seeds 0, 1, ...
fn measured(messages: &[f64], latencies: &[f64]) -> Vec<Run> {
    let run = |(seed, (messages, latency)): (u64, (&f64, &f64))| {
        let mut metrics = Metrics::new();
        metrics.put(Metric::ServerMsgsPerOp, Some(*messages));
        metrics.put(Metric::StableLatencyP50, Some(*latency));
        metrics.put(Metric::StableLatencyMax, Some(latency * 2.0));
        metrics.put(Metric::StaleCount, Some(*latency));
        metrics.put(Metric::OpCount, Some(*latency));
        let (challenge, seed) = ("broadcast-d".to_owned(), Some(seed));
        let record = RunRecord { challenge, seed, metrics, ..RunRecord::default() };
        let results = Results::parse("{:valid? true}").unwrap();
        Run::new(PathBuf::from("run"), results, Some(record))
    };
    (0..).zip(messages.iter().zip(latencies)).map(run).collect()
}

#[test]
fn one_run_a_side_shows_more_than_noise_only() {
    let judge = |messages, latency| {
        compare(measured(&[20.0], &[400.0]), measured(&[messages], &[latency])).is_worse()
    };
    assert!(!judge(20.0, 400.0) && !judge(20.9, 419.0) && !judge(15.0, 300.0));
    assert!(judge(21.1, 400.0) && judge(20.0, 421.0));
}

#[test]
fn several_runs_show_small_differences_unless_they_are_chance() {
    let before = measured(&[20.0, 20.4, 19.8, 20.1, 20.2], &[400.0; 5]);
    let more = measured(&[21.0, 21.5, 20.9, 21.1, 21.3], &[400.0; 5]);
    let mixed = measured(&[19.0, 21.9, 21.0, 19.5, 22.0], &[400.0; 5]);
    let slower = measured(&[20.0, 20.4, 19.8, 20.1, 20.2], &[450.0, 449.0, 452.0, 451.0, 450.0]);
    assert!(!compare(before.clone(), before.clone()).is_worse());
    assert!(!compare(before.clone(), mixed).is_worse());
    assert!(compare(before.clone(), more.clone()).is_worse());
    let comparison = compare(before, slower);
    assert_eq!(comparison.reasons(), ["worse: stable-latency-p50 400 ms, now 450 ms (+12 %)"]);
    insta::assert_snapshot!("comparison_of_several", comparison.table(TERMINAL, None));
    insta::assert_snapshot!("comparison_narrow", comparison.table(TERMINAL, Some(80)));
    // Without the same seeds, too.
    let others = |mut runs: Vec<Run>| {
        for run in &mut runs {
            run.record.as_mut().unwrap().seed = None;
        }
        runs
    };
    let same = measured(&[20.0, 20.4, 19.8, 20.1, 20.2], &[400.0; 5]);
    let [before, more] = [same, more].map(others);
    assert!(compare(before.clone(), more.clone()).is_worse());
    // Fewer runs than five are judged as one is.
    assert!(!compare(before, more[..4].to_vec()).is_worse());
}

#[test]
fn changes_are_a_few_lines() {
    let lines = |before, after| compare(before, after).changes().join("\n");
    let run = || measured(&[20.0], &[400.0]);
    assert_eq!(lines(run(), run()), "verdict: valid, as before\nno metric differs beyond noise");
    assert_eq!(
        lines(run(), measured(&[10.0], &[400.0])),
        "verdict: valid, as before\nbetter: server-msgs-per-op 20, now 10 (-50 %)"
    );
    let worse = "verdict: valid, as before\nworse: server-msgs-per-op 20, now 40 (+100 %)";
    assert_eq!(lines(run(), measured(&[40.0], &[400.0])), worse);
    let (good, bad) = (
        || vec![recorded("broadcast-3d.edn", "broadcast-d")],
        || vec![recorded("broadcast-lost.edn", "broadcast-d")],
    );
    assert!(lines(good(), bad()).starts_with("verdict: valid, now invalid: worse\n"));
    let better = lines(bad(), good());
    assert!(better.starts_with("verdict: invalid, now valid: better"), "{better}");
    // Targets count, but what a wrong node costs is no measure.
    assert!(better.lines().skip(1).all(|line| line.starts_with("target ")), "{better}");
}

#[test]
fn the_user_chooses_what_decides() {
    let compare = |tolerance, metrics: &[(Metric, Option<f64>)], after: Vec<Run>| {
        let rules = Rules { tolerance, metrics: metrics.to_vec() };
        let [before, after] = [measured(&[20.0], &[400.0]), after]
            .map(|runs| Runs::several(PathBuf::from("runs"), runs));
        Comparison::new(before, after, &rules, false).unwrap().is_worse()
    };
    let more = || measured(&[20.5], &[400.0]);
    assert!(compare(Some(2.0), &[], more()) && !compare(Some(3.0), &[], more()));
    assert!(compare(None, &[(Metric::ServerMsgsPerOp, Some(2.0))], more()));
    assert!(!compare(Some(0.0), &[(Metric::StableLatencyP50, None)], more()));
    let slower = || measured(&[20.0], &[600.0]);
    assert!(compare(None, &[(Metric::StableLatencyMax, Some(20.0))], slower()));
    // As many for each operation as before.
    assert!(!compare(None, &[(Metric::StaleCount, Some(0.0))], slower()));
}

#[test]
fn different_tests_are_not_compared() {
    let record = |workload: &str, latency: u64| {
        let plan = [("latency".to_owned(), latency.into()), ("seed".to_owned(), latency.into())];
        let record = RunRecord {
            workload: workload.to_owned(),
            plan: plan.into_iter().collect(),
            ..RunRecord::default()
        };
        let results = Results::parse("{:availability {:ok-fraction 1}, :valid? true}").unwrap();
        Runs::one(Run::new(PathBuf::from("run"), results, Some(record)))
    };
    let compare = |a: &Runs, b: &Runs, is_forced| {
        let compared = Comparison::new(a.clone(), b.clone(), &Rules::default(), is_forced);
        compared.map(|comparison| comparison.mismatch).map_err(|error| error.to_string())
    };
    let (echo, slow, set) = (record("echo", 0), record("echo", 100), record("broadcast", 0));
    assert_eq!(compare(&echo, &echo, false), Ok(None));
    let different =
        "these are different tests: latency 0 and 100 (--force compares them all the same)";
    assert_eq!(compare(&echo, &slow, false), Err(different.to_owned()));
    assert_eq!(compare(&echo, &slow, true), Ok(Some("latency 0 and 100".to_owned())));
    assert!(compare(&echo, &set, false).is_err());
    let bare = Runs::one(fixture("broadcast-3d.edn"));
    assert_eq!(compare(&bare, &set, false), Ok(None));
    assert!(compare(&bare, &echo, false).unwrap_err().contains("broadcast or g-set and echo"));
    let empty = Run::new(PathBuf::from("x.edn"), Results::parse("{:valid? true}").unwrap(), None);
    assert!(
        compare(&Runs::one(empty), &echo, false).unwrap_err().starts_with("x.edn has no metric")
    );
}

#[test]
fn a_report_is_a_table_of_runs() {
    let runs = [
        recorded("broadcast-3d.edn", "broadcast-d"),
        recorded("broadcast-3d-tree4.edn", "broadcast-d"),
        fixture("broadcast-lost.edn"),
    ];
    insta::assert_snapshot!("report", report(&runs));
    insta::assert_snapshot!("report_terminal", report_table(&runs, TERMINAL, None));
    let narrow = report_table(&runs, TERMINAL, Some(80));
    assert!(narrow.lines().all(|line| line.chars().count() <= 80), "{narrow}");
    insta::assert_snapshot!("report_narrow", narrow);
    let coloured = report_table(&runs, Look::Terminal { colour: true }, Some(80));
    assert!(coloured.contains("seed"), "{coloured}");
    insta::assert_snapshot!("report_csv", report_csv(&runs));
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
