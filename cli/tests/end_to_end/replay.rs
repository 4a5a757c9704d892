//! `replay`: repeats a run, and reports differences.

use crate::glomers::{Ended, Glomers};
use std::fs;
use std::path::PathBuf;

/// The run directory that `latest` points to.
fn run_directory(ended: &Ended) -> PathBuf {
    ended.latest().canonicalize().expect("a run")
}

/// Replays the run in a separate folder.
fn replay(run: &std::path::Path) -> Glomers {
    Glomers::new(&["replay", &run.display().to_string()])
}

#[test]
fn a_simulated_run_comes_out_identical() {
    let run = Glomers::new(&["run", "broadcast-c", "--sim", "--time-limit", "3", "--seed", "7"])
        .with(&["--nemesis", "partition,loss,kill", "--nemesis-interval", "0.5", "--durable"])
        .end();
    let again = replay(&run_directory(&run)).end().exits(0).says(&["identical", "as before"]);
    assert_eq!(run.file("history.edn"), again.file("history.edn"));
    assert_eq!(run.file("messages.jsonl"), again.file("messages.jsonl"));
    let json = replay(&run_directory(&again)).with(&["--format", "json"]).end().exits(0).json();
    assert_eq!((&json["identical"], &json["real_time"]), (&true.into(), &false.into()));
}

#[test]
fn the_first_line_that_differs_is_named() {
    let run = Glomers::new(&["run", "echo", "--sim", "--time-limit", "1", "--seed", "1"]).end();
    let directory = run_directory(&run);
    let history = run.file("history.edn");
    let tampered: Vec<String> = history
        .lines()
        .enumerate()
        .map(
            |(position, line)| {
                if position == 2 { line.replace("Please", "Kindly") } else { line.to_owned() }
            },
        )
        .collect();
    fs::write(directory.join("history.edn"), tampered.join("\n") + "\n").expect("a file");
    replay(&directory).end().exits(1).says(&["different: history.edn, line 3", "Kindly"]);
    fs::write(directory.join("history.edn"), &history).expect("a file");
    // If one of the runs has no journal, the other files are compared.
    fs::remove_file(directory.join("messages.jsonl")).expect("a file");
    replay(&directory).end().exits(0).says(&["identical"]);
}

#[test]
fn the_latest_run_is_compared_with_its_repetition_and_not_with_itself() {
    let run = Glomers::new(&["run", "echo", "--sim", "--time-limit", "1", "--seed", "1"]).end();
    let history = run_directory(&run).join("history.edn");
    let tampered = run.file("history.edn").replace("Please", "Kindly");
    fs::write(history, tampered).expect("a file");
    let again = run.then(&["replay"]).end().exits(1);
    again.says(&["different: history.edn, line 1", "Kindly"]);
}

#[test]
fn in_real_time_the_verdict_is_what_counts() {
    let run = Glomers::new(&["run", "echo", "--time-limit", "0.5", "--rate", "20"]).end().exits(0);
    let said = replay(&run_directory(&run)).end().exits(0);
    assert!(said.stdout.contains("valid, as before"), "{}", said.stdout);
    let run = Glomers::run("echo", "exits-later").end().exits(1);
    let again = replay(&run_directory(&run)).end().exits(0).says(&["invalid, as before"]);
    again.says(&["real time cannot be repeated exactly"]);
}

#[test]
fn the_record_stands_for_its_run() {
    let run = Glomers::new(&["run", "echo", "--sim", "--time-limit", "1", "--seed", "1"]).end();
    let record = run_directory(&run).join("run.json");
    replay(&record).end().exits(0).says(&["identical"]);
}

#[test]
fn what_cannot_be_repeated_says_why() {
    Glomers::new(&["replay", "nowhere"]).end().exits(254).says(&["nowhere does not exist"]);
    Glomers::new(&["replay", "."])
        .file("results.edn", "{:valid? true}")
        .end()
        .exits(254)
        .says(&["has no run.json"]);
    for (record, expected) in [
        (r#"{"engine": "maelstrom", "challenge": "echo"}"#, "--engine maelstrom"),
        (r#"{"plan": {"joules": 1}, "seed": 1}"#, "unknown setting joules"),
        (r#"{"plan": {"workload": "echo"}}"#, "it has no seed"),
        (
            r#"{"plan": {"workload": "echo"}, "seed": 1, "clock": "virtual",
                "node": {"command": ["x"], "name": "nobody"}}"#,
            "there is no node nobody",
        ),
    ] {
        Glomers::new(&["replay", "."])
            .file("results.edn", "{:valid? true}")
            .file("run.json", record)
            .end()
            .exits(254)
            .says(&[expected]);
    }
}
