//! `glomers check`: histories of glomers, of Maelstrom, and broken ones.

use crate::glomers::{Ended, Glomers, recordings};
use serde_json::json;

/// Judges a recorded history of Maelstrom.
fn check_recording(name: &str, flags: &[&str]) -> Ended {
    let history = recordings().join(name).join("history.edn").display().to_string();
    Glomers::new(&["check", &history]).with(flags).end()
}

#[test]
fn recorded_histories_get_their_verdicts() {
    check_recording("valid", &[]).exits(0).says(&["echo: valid (", "│ op-count"]);
    check_recording("invalid", &[]).exits(1).says(&["echo: invalid (", "why: 16 echo replies"]);
    check_recording("unknown", &["-w", "broadcast"]).exits(2).says(&["broadcast: unknown ("]);
    check_recording("broadcast", &[]).exits(0).says(&["broadcast: valid (", "stable-latency-max"]);
}

#[test]
fn json_has_the_run_and_the_whole_results() {
    let ended = check_recording("broadcast", &["--format", "json"]).exits(0);
    let json = ended.json();
    assert_eq!((&json["workload"], &json["valid"]), (&json!("broadcast"), &json!(true)));
    assert_eq!(json["results"]["workload"]["lost-count"], 0);
    assert_eq!(json["results"]["stats"]["by-f"]["read"]["valid?"], true);
    assert_eq!(json["metrics"]["lost-count"], 0);
    // A history without its run's folder has no message counts.
    assert_eq!(json["results"]["net"], serde_json::Value::Null);
    assert_eq!(json["metrics"]["msgs-per-op"], serde_json::Value::Null);
}

#[test]
fn a_run_directory_is_judged_as_it_was() {
    let ended = Glomers::run("echo", "forks").end().exits(0);
    let run = ended.latest().display().to_string();
    let again = Glomers::new(&["check", &run, "--format", "json", "--write", "again.edn"]).end();
    let json = again.exits(0);
    assert_eq!(json.json()["warnings"], json!([]));
    let written = std::fs::read_to_string(json.folder.path().join("again.edn")).unwrap();
    assert_eq!(written, ended.file("results.edn"));
}

#[test]
fn broken_histories_are_reported_with_their_line() {
    let check = |text: &str| Glomers::new(&["check", "h.edn"]).file("h.edn", text).end();
    let entry = "{:index 0, :time 1, :type :invoke, :process 0, :f :echo, :value \"a\"}\n";
    check(&format!("{entry}{entry}{{:index 2, :time"))
        .exits(254)
        .says(&["h.edn: line 3: the history is cut off within this entry", "the 2 entries before"]);
    check(&format!("{entry}{{:index 1 :time 2 :type :sang :process 0 :f :x}}"))
        .exits(254)
        .says(&["h.edn: line 2: "]);
    check("{:index 0, :time 1, :type :invoke, :process 0, :f :read, :value nil}")
        .exits(254)
        .says(&["does not show which workload it is of: add --workload with one of broadcast,"]);
    Glomers::new(&["check", "nothing"]).end().exits(254).says(&["nothing does not exist"]);
    Glomers::new(&["check", "."]).end().exits(254).says(&["has no history.edn"]);
    Glomers::new(&["check", "h.edn", "--consistency-models", "nice"])
        .file("h.edn", entry)
        .end()
        .exits(254)
        .says(&["nice"]);
}
