//! `run --repeat`, and baselines.

use crate::glomers::Glomers;
use std::fs;

const RUN: [&str; 7] = ["run", "broadcast-b", "--sim", "--time-limit", "5", "--repeat", "5"];

#[test]
fn repetitions_are_one_table_and_one_side_of_a_comparison() {
    let run = Glomers::new(&RUN).with(&["--save-baseline", "good"]).end().exits(0);
    let run =
        run.says(&["broadcast-b: 5 of 5 valid (", "seeds 0 to 4", "server-msgs-per-op", "median"]);
    let group = run.latest().canonicalize().unwrap().parent().unwrap().to_owned();
    assert!(group.file_name().unwrap().to_str().unwrap().ends_with("-x5"), "{group:?}");
    assert_eq!(fs::read_dir(&group).unwrap().count(), 5);
    let list = run.then(&["baseline", "list"]).end().exits(0);
    assert_eq!(list.stdout, "good: broadcast-b, valid, 5 runs\n");
    let again = list.then(&RUN).with(&["-q"]).end().exits(0);
    let same = again.then(&["compare", "good", "--fail-on", "worse"]).end().exits(0);
    let same = same.says(&["store/baselines/good (5 runs)", "nothing is worse beyond noise"]);
    // Each run is still one by itself.
    let report = same.then(&["report", "--format", "json"]).end().exits(0).json();
    assert_eq!(report.as_array().unwrap().len(), 10);
}

#[test]
fn slower_runs_are_worse_than_a_baseline() {
    let run = Glomers::new(&RUN).with(&["--latency", "20"]).end().exits(0);
    let run =
        run.then(&["baseline", "save", "good"]).end().exits(0).says(&["kept: store/baselines"]);
    let slow = run.then(&RUN).with(&["--latency", "80"]).end().exits(0);
    let slow = slow.then(&["compare", "good", "--force", "--fail-on", "worse"]).end().exits(1);
    slow.says(&["worse: stable-latency-p95", "these are different tests: latency 20 and 80"]);
}

#[test]
fn one_run_is_a_baseline_too_and_can_be_removed() {
    let run = Glomers::new(&["run", "echo", "--sim", "--time-limit", "1", "--save-baseline", "a"]);
    let run = run.end().exits(0).then(&["compare", "a"]).end().exits(0).says(&["as before"]);
    let removed = run.then(&["baseline", "rm", "a"]).end().exits(0);
    let gone = removed.then(&["baseline", "rm", "a"]).end().exits(254);
    let gone = gone.says(&["there is no baseline a"]);
    gone.then(&["compare", "a"]).end().exits(254).says(&["a does not exist"]);
}

#[test]
fn each_challenge_has_its_own_repetitions() {
    let run =
        Glomers::new(&["run", "1", "2", "3a", "--sim", "--time-limit", "1", "--repeat", "3", "-q"]);
    let run = run.end().exits(0);
    assert_eq!(run.stdout.lines().count(), 3, "{}", run.stdout);
    run.says(&["echo: 3 of 3 valid", "unique-ids: 3 of 3 valid", "broadcast-a: 3 of 3 valid"]);
}

#[test]
fn a_run_that_failed_to_start_is_not_kept() {
    let run = Glomers::new(&["run", "echo", "--sim", "--time-limit", "1", "--save-baseline", "a"]);
    let run = run.file("text", "no program").end().exits(0);
    let wrong = ["run", "3a", "--sim", "--bin", "text", "--save-baseline", "a"];
    let failed = run.then(&wrong).end();
    assert!(!failed.stderr.contains("kept: "), "{}", failed.stderr);
    failed.then(&["baseline", "list"]).end().exits(0).says(&["a: echo, valid, 1 run"]);
}

#[test]
fn failing_repetitions_are_named() {
    let run =
        ["run", "broadcast-c", "--sim", "--node", "broadcast-forgets-to-retry", "--repeat", "3"];
    let run = Glomers::new(&run).end().exits(1);
    run.says(&["broadcast-c: 0 of 3 valid", "seed 0: invalid: ", "seed 2: invalid: "]);
}

#[test]
fn what_cannot_be_repeated_is_refused() {
    for (flags, said) in [
        (&["run", "echo", "--repeat", "0"][..], "--repeat"),
        (&["run", "echo", "--repeat", "2", "--engine", "maelstrom"], "Maelstrom takes no seed"),
        (&["run", "echo", "3a", "--save-baseline", "a"], "for one challenge"),
        (&["run", "echo", "--save-baseline", "../a"], "cannot be named"),
        (&["sweep", "echo", "--repeat", "2"], "a sweep has --seeds"),
    ] {
        Glomers::new(flags).end().exits(254).says(&[said]);
    }
}

#[test]
fn what_is_no_part_of_a_baseline_is_not_removed() {
    let run = Glomers::run("echo", "none").file("store/baselines/mine/notes.txt", "mine");
    let run = run.end();
    let folder = run.folder.path().join("store/baselines");
    let mut ended = run.then(&["baseline", "save", "good"]).end().exits(0);
    for action in ["rm", "save"] {
        ended = ended.then(&["baseline", action, "mine"]).end().exits(254);
        ended = ended.says(&["baselines/mine is not a baseline: remove it"]);
    }
    assert!(folder.join("mine/notes.txt").exists());
    std::fs::write(folder.join("good/notes.txt"), "mine").unwrap();
    for action in ["rm", "save"] {
        ended = ended.then(&["baseline", action, "good"]).end().exits(254);
        ended = ended.says(&["move store/baselines/good/notes.txt elsewhere first"]);
    }
    std::fs::remove_file(folder.join("good/notes.txt")).unwrap();
    ended = ended.then(&["baseline", "save", "good"]).end().exits(0);
    // One that cannot be read can go.
    std::fs::write(folder.join("good/results.edn"), "{").unwrap();
    ended = ended.then(&["baseline", "rm", "good"]).end().exits(0);
    assert!(!folder.join("good").exists());
    let list = ["baseline", "list", "--store", "nope"];
    ended.then(&list).end().exits(254).says(&["no run in nope"]);
}
