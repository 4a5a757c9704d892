//! `glomers sweep`: many seeds, and their summary.

use crate::glomers::{Ended, Glomers, misbehaving_node};
use nix::sys::signal::Signal;
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Options that make each run short.
const SHORT: [&str; 6] = ["--time-limit", "2", "--rate", "20", "--recovery", "10"];

/// How long a sweep may take to begin.
const PATIENCE: Duration = Duration::from_secs(20);

/// A challenge whose target no node can meet.
const TIGHT: &str =
    "[challenge.tight]\nextends = 'broadcast-b'\ntargets = { server-msgs-per-op = 0 }\n";

fn sweep(args: &[&str]) -> Glomers {
    Glomers::new(&["sweep"]).with(args).with(&SHORT)
}

/// The folders in the store's `sweeps`.
fn folders(ended: &Ended) -> Vec<PathBuf> {
    let sweeps = ended.folder.path().join("store").join("sweeps");
    let mut folders: Vec<PathBuf> = fs::read_dir(sweeps)
        .expect("sweeps")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    folders.sort();
    folders
}

/// The record that the only sweep wrote.
fn written(ended: &Ended) -> Value {
    let [folder] = &folders(ended)[..] else { panic!("one sweep") };
    serde_json::from_slice(&fs::read(folder.join("sweep.json")).expect("a summary")).expect("JSON")
}

/// A sweep's record without the parts that always differ: times, durations, and paths.
fn timeless(mut sweep: Value) -> Value {
    let object = sweep.as_object_mut().expect("an object");
    for key in ["start", "wall_seconds", "seeds_per_second", "store"] {
        object.remove(key);
    }
    for list in ["failures", "runs"] {
        for run in object.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten() {
            run.as_object_mut().expect("an object").remove("store");
        }
    }
    sweep
}

/// The run directories of a workload, without links.
fn runs(ended: &Ended, workload: &str) -> usize {
    let Ok(entries) = fs::read_dir(ended.folder.path().join("store").join(workload)) else {
        return 0;
    };
    entries.flatten().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())).count()
}

#[test]
fn seeds_that_pass_are_summarized_and_leave_no_runs() {
    let ended = sweep(&["broadcast-b", "--seeds", "4", "--seed", "7"]).end().exits(0);
    let ended = ended.says(&[
        "broadcast-b: passed (seeds 7 to 10, glomers' own node, simulated)",
        "pass 4, fail 0, unknown 0: ",
        "simulated seconds in",
        "server-msgs-per-op",
        "files: store/sweeps/",
    ]);
    assert_eq!(runs(&ended, "broadcast"), 0);
    let sweep = written(&ended);
    let seeds: Vec<&Value> =
        sweep["runs"].as_array().unwrap().iter().map(|run| &run["seed"]).collect();
    assert_eq!(seeds, [7, 8, 9, 10]);
    assert_eq!(sweep["metrics"]["op-count"]["count"], 4);
    // A folder of sweeps is not a run.
    let store = ended.folder.path().join("store").display().to_string();
    let report = Glomers::new(&["report", "--store", &store]).end().exits(0);
    report.does_not_say("left out").does_not_say("sweep");
}

#[test]
fn the_number_of_threads_decides_nothing() {
    let with = |jobs: &str| {
        let args = ["broadcast-c", "--seeds", "6", "--jobs", jobs, "--format", "json"];
        let nemesis = ["--nemesis", "partition,loss", "--nemesis-interval", "1"];
        let ended = sweep(&args).with(&nemesis).end().exits(0);
        (timeless(ended.json()), timeless(written(&ended)))
    };
    let (one, two) = (with("1"), with("2"));
    assert_eq!(one, two);
    // The printed record equals the written one, except for the outcome of each seed.
    let (printed, mut written) = one;
    assert_eq!(written.as_object_mut().unwrap().remove("runs").unwrap()[5]["seed"], 5);
    assert_eq!(printed, written);
}

#[test]
fn a_failing_seed_says_why_and_is_repeated_by_its_command() {
    let ended = sweep(&["tight", "--seeds", "4", "--keep", "2", "--loss", "0.5"])
        .with(&["--nemesis", "loss", "--format", "json"])
        .file("glomers.toml", TIGHT)
        .end()
        .exits(1)
        .does_not_say("warning");
    let sweep = ended.json();
    assert_eq!(sweep["counts"], json!({ "pass": 0, "fail": 4, "unknown": 0 }));
    assert_eq!(sweep["targets"], json!({ "server-msgs-per-op": "<= 0" }));
    let failures = sweep["failures"].as_array().unwrap();
    assert_eq!(failures.len(), 4);
    let reason = failures[0]["reason"].as_str().unwrap();
    assert!(reason.starts_with("target missed: server-msgs-per-op is"), "{reason}");
    // Two directories are kept, and `latest` is the lowest seed.
    assert_eq!(runs(&ended, "broadcast"), 2);
    assert_eq!(failures[2]["store"], Value::Null);
    let latest: Value = serde_json::from_str(&ended.file("run.json")).unwrap();
    assert_eq!(latest["seed"], 0);

    let command = shlex::split(failures[3]["command"].as_str().unwrap()).unwrap();
    let words: Vec<&str> = command.iter().skip(1).map(String::as_str).collect();
    let again = Glomers::new(&words).with(&["--format", "json"]).file("glomers.toml", TIGHT);
    let again = again.end().exits(1).json();
    assert_eq!(again["seed"], 3);
    let written = written(&ended);
    for (metric, value) in written["runs"][3]["metrics"].as_object().unwrap() {
        assert_eq!(again["metrics"][metric], *value, "{metric}");
    }
}

#[test]
fn until_failure_ends_at_the_lowest_seed_that_fails() {
    // The loss is so small that only some seeds fail.
    let node = ["--node", "broadcast-forgets-to-retry", "--nemesis", "loss", "--loss", "0.01"];
    let with = |more: &[&str]| {
        let args = ["broadcast-b", "--seeds", "1..40", "--format", "json"];
        written(&sweep(&args).with(&node).with(more).end().exits(1))["runs"].clone()
    };
    let all = with(&["--jobs", "1"]);
    let first = all.as_array().unwrap().iter().position(|run| run["outcome"] == "fail").unwrap();
    assert!((1..38).contains(&first), "a sweep that ends in its midst");
    let until = with(&["--until-failure", "--jobs", "3"]);
    let (all, until) = (all.as_array().unwrap(), until.as_array().unwrap());
    assert_eq!(until.len(), first + 1);
    // Only the paths of their files differ.
    for (run, other) in all.iter().zip(until) {
        assert_eq!((&run["seed"], &run["metrics"]), (&other["seed"], &other["metrics"]));
    }
}

#[test]
fn merged_shards_are_the_whole() {
    let toml = "[challenge.tight]\nextends = 'broadcast-b'\ntargets = { op-latency-max = 3 }\n";
    let part = |more: &[&str]| {
        let args = ["tight", "--seeds", "10..17", "--format", "json", "--latency", "1"];
        sweep(&args).with(more).file("glomers.toml", toml).end()
    };
    let whole = part(&[]);
    let shards = [part(&["--shard", "1/2"]), part(&["--shard", "2/2"])];
    let paths: Vec<String> = shards
        .iter()
        .map(|shard| {
            let [folder] = &folders(shard)[..] else { panic!("one sweep") };
            folder.display().to_string()
        })
        .collect();
    assert!(paths[1].ends_with("-tight-shard2of2"), "{}", paths[1]);
    let merge =
        |paths: &[&str]| Glomers::new(&["sweep", "--format", "json", "--merge"]).with(paths);
    let merged = merge(&[&paths[1], &paths[0]]).end();
    assert_eq!(merged.status, whole.status);
    assert_eq!(timeless(merged.json()), timeless(whole.json()));
    assert_eq!(timeless(written(&merged)), timeless(written(&whole)));

    // One half is not the whole sweep.
    let half = merge(&[&paths[0]]).end().json();
    assert_eq!(half["shard"], Value::Null);
    assert_eq!(half["not_run"], json!({ "count": 3, "first": [11, 13, 15] }));
    let other = sweep(&["broadcast-b", "--seeds", "1"]).end().exits(0);
    let [folder] = &folders(&other)[..] else { panic!("one sweep") };
    merge(&[&paths[0], &folder.display().to_string()]).end().exits(254).says(&[
        "are of different sweeps",
        "the challenge is tight in the first, and broadcast-b in the second",
    ]);
    merge(&["."]).end().exits(254).says(&["has no sweep.json"]);
    merge(&[&paths[0], "--rate", "5"]).end().exits(254).says(&["--merge runs nothing"]);
}

#[test]
fn a_part_alone_is_no_sweep_that_passed() {
    let part = |shard: &str, seeds: &str| {
        let args = ["broadcast-b", "--seeds", seeds, "--shard", shard];
        let ended = sweep(&args).end();
        let [folder] = &folders(&ended)[..] else { panic!("one sweep") };
        let path = folder.display().to_string();
        (ended, path)
    };
    let (first, first_path) = part("1/2", "4");
    let _kept = first.exits(0).says(&["passed (seeds 0 to 3, shard 1/2", "pass 2"]);
    let merge = |paths: &[&str]| Glomers::new(&["sweep", "--merge"]).with(paths).end();
    let merged = merge(&[&first_path]).exits(2);
    merged.says(&["unknown (seeds 0 to 3", "pass 2", "not run: seeds 1, 3"]);
    let (second, second_path) = part("2/2", "4");
    let _kept_too = second.exits(0);
    let whole = merge(&[&first_path, &second_path]).exits(0).says(&["passed", "pass 4"]);
    whole.does_not_say("not run").does_not_say("warning");
    let twice = merge(&[&first_path, &second_path, &first_path]).exits(0);
    twice.says(&["pass 4", "seeds that several parts ran count once: 2 of them, first 0"]);

    // A part without seeds is unknown.
    let (empty, empty_path) = part("2/2", "1");
    let _kept_as_well = empty.exits(2).says(&[
        "unknown (seed 0, shard 2/2",
        "nothing was run",
        ": 0 simulated seconds",
    ]);
    merge(&[&empty_path]).exits(2).says(&["unknown (seed 0", "not run: seed 0"]);
    let (other, other_path) = part("1/1", "1");
    let _kept_last = other.exits(0);
    merge(&[&empty_path, &other_path]).exits(0).says(&["passed (seed 0"]);
}

#[test]
fn in_real_time_only_failures_are_kept() {
    let node = |fault| {
        Glomers::new(&["sweep", "echo", "--seeds", "2", "--jobs", "2", "--time-limit", "1"])
            .with(&["--real", "--node-count", "1", "--rate", "20"])
            .node(fault)
    };
    let ended = node("none").end().exits(0);
    let ended = ended.says(&["echo: passed (seeds 0 to 1", "in real time", "pass 2, fail 0"]);
    assert_eq!(runs(&ended, "echo"), 0);
    let [folder] = &folders(&ended)[..] else { panic!("one sweep") };
    assert_eq!(fs::read_dir(folder).unwrap().count(), 1);

    let ended = node("exits-at-start").end().exits(1);
    let program = misbehaving_node().display().to_string();
    let command = format!("glomers run echo --seed 0 --bin {program} --node-count 1 --rate 20");
    let ended = ended.says(&["pass 0, fail 2", "fail seed 0: ", &command, "-- exits-at-start"]);
    assert_eq!(runs(&ended, "echo"), 2);
    let latest: Value = serde_json::from_str(&ended.file("run.json")).unwrap();
    assert_eq!(latest["seed"], 0);
}

#[test]
fn a_stopped_sweep_shows_what_there_is() {
    let started = sweep(&["echo", "--seeds", "100000000"]).start();
    let sweeps = started.folder().join("store").join("sweeps");
    let start = Instant::now();
    while !sweeps.exists() {
        assert!(start.elapsed() < PATIENCE, "the sweep did not begin");
        std::thread::sleep(Duration::from_millis(10));
    }
    started.signal(Signal::SIGINT);
    let ended = started.end().exits(130).says(&["echo: stopped (seeds 0 to 99999999", "not run"]);
    assert_eq!(written(&ended)["interrupted"], true);
}

#[test]
fn what_cannot_be_swept_is_refused() {
    for (args, expected) in [
        (&["echo", "unique-ids"][..], "a sweep is of one challenge"),
        (&["all"], "a sweep is of one challenge"),
        (&["echo", "--seeds", "0"], "expected a number of seeds, 1 or more, or a range"),
        (&["echo", "--seeds", "5..5"], "expected a number of seeds, 1 or more, or a range"),
        (&["echo", "--seeds", "1..5", "--seed", "1"], "leave out --seed"),
        (&["echo", "--seeds", "2", "--seed", "18446744073709551615"], "take fewer"),
        (&["echo", "--shard", "3/2"], "expected K/N, where K is 1 to N"),
        (&["echo", "--jobs", "0"], "expected a whole number, 1 or more"),
        (&["echo", "--engine", "both"], "Maelstrom takes no seed"),
        (&["echo", "--dry-run"], "use it with `glomers run`"),
        (&["echo", "--sim", "--real"], "cannot be used with"),
        (&["echo", "--merge", "x"], "cannot be used with"),
        (&[], "CHALLENGE"),
    ] {
        let ended = Glomers::new(&["sweep"]).with(args).end();
        let ended = ended.exits(254).says(&[expected]);
        assert!(!ended.folder.path().join("store").exists(), "{args:?}");
    }
    Glomers::new(&["sweep", "--help"]).end().exits(0).says(&[
        "--until-failure",
        "--nemesis",
        "130",
    ]);
}
