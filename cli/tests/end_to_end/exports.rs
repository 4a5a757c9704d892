//! Pictures of runs, and exports for other viewers.

use crate::glomers::{Ended, Glomers};
use serde_json::Value;
use std::fs;

/// The pictures of a run with a journal.
const PICTURES: [&str; 4] = ["messages.svg", "latency.svg", "latency-quantiles.svg", "rate.svg"];

/// A simulated run.
fn simulated(args: &[&str]) -> Ended {
    let run = ["run", "broadcast-b", "--sim", "--seed", "3", "--time-limit", "2"];
    Glomers::new(&run).with(args).end()
}

/// Whether the run has a file.
fn has(run: &Ended, name: &str) -> bool {
    run.latest().join(name).is_file()
}

#[test]
fn every_run_has_pictures_and_a_seed_the_same() {
    let (run, again) = (simulated(&[]).exits(0), simulated(&[]).exits(0));
    for name in PICTURES {
        let picture = run.file(name);
        assert!(picture.starts_with("<svg ") && picture.ends_with("</svg>\n"), "{picture}");
        assert_eq!(picture, again.file(name), "{name}");
    }
    assert!(run.file("messages.svg").contains("<title>broadcast-b: messages</title>"));
    let real = Glomers::new(&["run", "echo", "--time-limit", "0.5", "--recovery", "0.1"]).end();
    assert!(PICTURES.iter().all(|name| has(&real, name)));
}

#[test]
fn without_a_journal_no_message_is_drawn() {
    let run = simulated(&["--no-journal"]).exits(0);
    let drawn = PICTURES.map(|name| has(&run, name));
    assert_eq!(drawn, [false, true, true, true]);
}

#[test]
fn a_node_that_does_not_start_is_no_reason_to_draw() {
    let run = Glomers::run("echo", "exits-at-start").end();
    assert!(has(&run, "results.edn"), "{}", run.stderr);
    assert_eq!(PICTURES.map(|name| has(&run, name)), [false; 4]);
}

#[test]
fn a_part_of_a_run_is_drawn() {
    let run = simulated(&[]).exits(0);
    let (pictures, whole) = (run.folder.path().join("part"), run.file("messages.svg"));
    let part = ["export", "--pictures", "part", "--from", "0.5", "--until", "1", "--node", "n2"];
    let drawn = run.then(&part).end().exits(0).says(&["part/messages.svg", "part/rate.svg"]);
    let part = fs::read_to_string(pictures.join("messages.svg")).unwrap();
    assert!(part.contains(" messages (without the set-up).") && part.len() < whole.len() / 2);
    let args = ["export", "--pictures", "part"];
    let refused = drawn.then(&args).end().exits(254).says(&["messages.svg exists", "--force"]);
    assert_eq!(fs::read_to_string(pictures.join("messages.svg")).unwrap(), part);
    let _replaced = refused.then(&args).with(&["--force"]).end().exits(0);
    assert_eq!(fs::read_to_string(pictures.join("messages.svg")).unwrap(), whole);
}

#[test]
fn other_viewers_get_what_they_read() {
    let run = simulated(&[]).exits(0);
    let to_stdout = run.then(&["export", "--perfetto", "-"]).end().exits(0);
    assert!(to_stdout.json()["traceEvents"].as_array().unwrap().len() > 50);
    let to_file =
        to_stdout.then(&["export", "store/latest", "--otlp", "spans.json"]).end().exits(0);
    let spans = fs::read_to_string(to_file.folder.path().join("spans.json")).unwrap();
    let spans: Value = serde_json::from_str(&spans).unwrap();
    let first = &spans["resourceSpans"][0]["scopeSpans"][0]["spans"][0];
    // The run knows when it began: in this century.
    let began: u64 = first["startTimeUnixNano"].as_str().unwrap().parse().unwrap();
    assert!(began > 1_700_000_000_000_000_000, "{began}");
    let log = to_file.then(&["export", "--shiviz", "-"]).end().exits(0);
    let log = log.says(&["note: ShiViz reads it with (?<host>"]);
    assert!(log.stdout.lines().all(|line| line.contains(" {\"")), "{}", log.stdout);
    log.then(&["export", "--otlp", "spans.json"]).end().exits(254).says(&["spans.json exists"]);
}

#[test]
fn what_cannot_be_exported_is_refused() {
    let run = simulated(&[]).exits(0);
    let history = run.file("history.edn");
    let call = ["export", "--otlp", "store/latest/history.edn", "--force"];
    let run = run.then(&call).end().exits(254).says(&["a file that a run consists of"]);
    assert_eq!(run.file("history.edn"), history);
    let run = run.then(&["export"]).end().exits(254).says(&["--pictures <DIR>"]);
    let both = ["export", "--otlp", "a", "--shiviz", "b"];
    let run = run.then(&both).end().exits(254).says(&["cannot be used with"]);
    let run = run.then(&["export", "--otlp", "a", "--from", "1"]).end().exits(254);
    let run = run.says(&["cannot be used with"]);
    let run = run.then(&["export", "--pictures", "a", "--node", "n9"]).end().exits(254);
    let run = run.says(&["there is no node n9; the nodes are n0"]);
    run.then(&["export", "nowhere", "--shiviz", "-"]).end().exits(254).says(&["does not exist"]);
}

#[test]
fn more_hosts_than_shiviz_shows_are_refused() {
    let run = Glomers::new(&["run", "echo", "--sim", "--time-limit", "1"]).end().exits(0);
    let line = |client: u32| {
        format!(
            "{{\"time\":{client},\"type\":\"send\",\"id\":{client},\"src\":\"c{client}\",\"dest\":\"n0\",\
             \"body\":{{\"type\":\"echo\"}}}}\n"
        )
    };
    let journal: String = (0..501).map(line).collect();
    std::fs::write(run.latest().join("messages.jsonl"), journal).expect("written");
    let refused = run.then(&["export", "--shiviz", "log.txt"]).end().exits(254);
    refused.says(&["are more than ShiViz can show (500)"]);
}

#[test]
fn no_output_replaces_or_completes_a_part_of_a_run() {
    let mut run = simulated(&[]).exits(0);
    let log = run.latest().join("node-logs/n0.log");
    fs::write(&log, "mine").unwrap();
    fs::remove_file(run.latest().join("messages.jsonl")).unwrap();
    let says = "has the name of a file that a run consists of";
    for name in ["results.edn", "run.json", "messages.jsonl", "node-logs/n9.log"] {
        let path = format!("store/latest/{name}");
        run = run.then(&["report", "-o", &path]).end().exits(254).says(&[says]);
    }
    assert!(!has(&run, "messages.jsonl") && !has(&run, "node-logs/n9.log"));
    let path = "store/latest/node-logs/n0.log";
    run = run.then(&["export", "--perfetto", path, "--force"]).end().exits(254).says(&[says]);
    run = run.then(&["check", "store/latest", "--write", path]).end().exits(254);
    run = run.says(&["would replace another file of a run"]);
    assert_eq!(fs::read_to_string(&log).unwrap(), "mine");
    let notes = run.folder.path().join("notes.txt");
    fs::write(&notes, "mine").unwrap();
    run = run.then(&["check", "store/latest", "--write", "notes.txt"]).end().exits(254);
    assert_eq!(fs::read_to_string(&notes).unwrap(), "mine");
    for path in ["none/x", "none/"] {
        run = run.then(&["report", "-o", path]).end().exits(254);
        run = run.then(&["check", "store/latest", "--write", path]).end().exits(254);
    }
}

#[test]
fn a_dash_is_stdout() {
    let mut run = simulated(&[]).exits(0);
    run = run.then(&["check", "store/latest", "--write", "-"]).end();
    let results = glomers_history::read_value(&run.stdout).expect("results alone");
    assert!(results.get("valid?").is_some());
    run = run.then(&["report", "--format", "csv", "-o", "-"]).end().exits(0);
    assert!(run.stdout.contains("broadcast-b,"), "{}", run.stdout);
    run = run.then(&["report", "--html", "-o", "page.html"]).end().exits(0);
    let page = fs::read_to_string(run.folder.path().join("page.html")).unwrap();
    run = run.then(&["report", "--html", "-o", "-"]).end().exits(0);
    assert!(run.stdout == page, "the page is the same");
    run = run.then(&["report", "--html", "--open", "-o", "-"]).end().exits(254);
    run = run.then(&["export", "--pictures", "-"]).end().exits(254).says(&["needs a folder"]);
    assert!(!run.folder.path().join("-").exists());
}
