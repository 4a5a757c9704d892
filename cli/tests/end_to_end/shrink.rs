//! `shrink`: the smallest failing run, and its story.

use crate::glomers::{Ended, Glomers};
use std::path::Path;

/// A failing run of a wrong node.
fn failure() -> Ended {
    Glomers::new(&["run", "broadcast-c", "--sim", "--seed", "3"])
        .with(&["--node", "broadcast-forgets-to-retry"])
        .end()
        .exits(1)
}

fn call(command: &str, run: &Path) -> Glomers {
    Glomers::new(&[command, &run.canonicalize().expect("a run").display().to_string()])
}

#[test]
fn little_is_left_and_fails_again() {
    let shrunk = call("shrink", &failure().latest()).end().exits(0).stores("false").says(&[
        "the nemesis cuts n0 -> n1",
        "asks n0: broadcast",
        "does not arrive: cut",
        "1 of 1 values were lost",
        "smallest: 2 operations, 1 fault, 2 nodes",
    ]);
    let story = shrunk.file("story.txt");
    assert!(shrunk.stdout.starts_with(&story), "{story}");
    let record: serde_json::Value = serde_json::from_str(&shrunk.file("run.json")).expect("JSON");
    assert_eq!(record["scenario"]["operations"].as_array().map(Vec::len), Some(1));
    assert_eq!(record["plan"]["node-count"], 2);
    let folder = shrunk.folder.path().join("store").display().to_string();
    for command in ["runs", "report"] {
        let listed = Glomers::new(&[command, "--store", &folder]).end().exits(0);
        listed.says(&["broadcast-c (shrunk)"]);
    }
    call("replay", &shrunk.latest()).end().exits(0).says(&["identical", "invalid, as before"]);
    // Shrinking the smallest run again does not enlarge it.
    let again = call("shrink", &shrunk.latest()).with(&["--format", "json"]).end().exits(0).json();
    for size in ["size", "original_size"] {
        assert_eq!((&again[size]["operations"], &again[size]["faults"]), (&2.into(), &1.into()));
    }
}

#[test]
fn few_tries_leave_more() {
    let run = failure();
    let shrunk = call("shrink", &run.latest()).with(&["--tries", "3"]).end().exits(0);
    call("replay", &shrunk.latest()).end().exits(0).says(&["identical"]);
    call("shrink", &run.latest()).with(&["--tries", "0"]).end().exits(254);
}

#[test]
fn what_did_not_fail_is_not_shrunk() {
    let run = Glomers::new(&["run", "echo", "--sim", "--time-limit", "1"]).end().exits(0);
    call("shrink", &run.latest()).end().exits(254).says(&["there is no failure to shrink"]);
    Glomers::new(&["shrink", "nowhere"]).end().exits(254).says(&["nowhere does not exist"]);
}

#[test]
fn a_failure_of_real_time_is_looked_for_in_simulation() {
    // Values that no node passes on are missing in real time, too.
    let run = Glomers::new(&["run", "broadcast-b", "--time-limit", "1", "--recovery", "0.1"])
        .with(&["--node", "broadcast-passes-nothing-on", "--seed", "1"])
        .end()
        .exits(1);
    call("shrink", &run.latest()).end().exits(0).says(&["smallest: 2 operations, 0 faults"]);
}
