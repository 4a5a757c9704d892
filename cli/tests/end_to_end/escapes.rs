//! Nodes whose texts contain control characters: none is printed.

use crate::glomers::{Ended, Glomers};
use std::fs;

/// Fails if the output contains a control sequence, or a character that hides text.
#[track_caller]
fn is_plain(ended: &Ended) {
    let is_bad = |c: char| {
        (c.is_control() && c != '\n' && c != '\t') || matches!(c, '\u{202a}'..='\u{202e}')
    };
    for text in [&ended.stdout, &ended.stderr] {
        assert!(!text.contains(is_bad), "{text:?}");
    }
}

#[test]
fn texts_of_nodes_are_shown_escaped() {
    for format in ["table", "markdown", "json"] {
        let ended = Glomers::run("echo", "escapes").with(&["--format", format]).end().exits(1);
        is_plain(&ended);
        assert!(ended.stdout.contains("\\u001b"), "{}", ended.stdout);
    }
    let ended = Glomers::run("echo", "escapes").with(&["--log-stderr", "--log-net-recv"]).end();
    let ended = ended.exits(1).says(&["\\u001b]0;title\\u0007", "stderr", "\\r"]);
    is_plain(&ended);
    let log = fs::read_to_string(ended.latest().join("glomers.log")).unwrap();
    assert!(log.contains("\\u001b") && !log.contains('\u{1b}'), "{log}");
    // Files have the node's text unchanged.
    let history = ended.file("history.edn");
    assert!(history.contains("red"), "{history}");
    for command in ["check", "replay"] {
        let again = Glomers::new(&[command, &ended.latest().display().to_string()]).end();
        is_plain(&again);
    }
}

#[test]
fn fields_of_a_run_are_shown_escaped() {
    let ended = Glomers::new(&["run", "echo", "--sim", "--time-limit", "1"]).end().exits(0);
    let file = ended.latest().join("run.json");
    let record = fs::read_to_string(&file).unwrap();
    let hostile = record.replace("\"echo\"", "\"a|b`c\\u001b[31m\\u202e\\u0007\"");
    assert_ne!(record, hostile);
    fs::write(&file, hostile).unwrap();
    let run = ended.latest().display().to_string();
    for format in ["table", "markdown", "json"] {
        let report = Glomers::new(&["report", &run, "--format", format]).end().exits(0);
        is_plain(&report);
        let compare = Glomers::new(&["compare", &run, &run, "--format", format]).end().exits(0);
        is_plain(&compare);
    }
    let report = Glomers::new(&["report", "--markdown", &run]).end().exits(0);
    assert!(report.stdout.contains("a\\|b\\`c\\u001b\\[31m\\u202e"), "{}", report.stdout);
    is_plain(&Glomers::new(&["replay", &run]).end());
}

#[test]
fn file_names_are_shown_escaped() {
    for args in [
        &["run", "echo", "--bin", "./\u{1b}[31mnode\u{7}"][..],
        &["run", "\u{1b}]0;t\u{7}"],
        &["run", "echo", "--rate", "\u{1b}[31m\u{7}"],
        &["run", "echo", "--\u{1b}[31m\u{7}"],
        &["\u{1b}[31m\u{7}"],
        &["check", "\u{1b}[2J.edn"],
        &["compare", "\u{9b}2J"],
        &["report", "a\rb"],
    ] {
        let ended = Glomers::new(args).end();
        assert_eq!(ended.status, Some(254), "{}", ended.stderr);
        is_plain(&ended);
    }
}
