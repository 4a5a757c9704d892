//! Runs whose journal reaches `--journal-limit`.

use crate::glomers::{Ended, Glomers};
use std::fs;

/// A simulated run with some MB of messages; fails with a node that forgets.
fn run<'a>(limit: &'a str, more: &[&'a str]) -> Glomers {
    let run = ["run", "broadcast-c", "--sim", "--seed", "1", "--rate", "300"];
    Glomers::new(&run).with(&["--journal-limit", limit]).with(more)
}

fn metrics(ended: &Ended) -> serde_json::Value {
    let record: serde_json::Value = serde_json::from_str(&ended.file("run.json")).expect("JSON");
    record["metrics"].clone()
}

#[test]
fn a_full_journal_is_the_beginning_of_the_whole_one_and_nothing_else_changes() {
    let whole = run("0", &[]).end().exits(0).does_not_say("it lacks");
    let usual = run("256", &[]).end().exits(0).does_not_say("it lacks");
    let cut = run("1", &[]).end().exits(0).stores("true");
    let (whole_text, text) = (whole.file("messages.jsonl"), cut.file("messages.jsonl"));
    assert_eq!(usual.file("messages.jsonl"), whole_text);
    assert!(whole_text.len() > 2 << 20 && whole_text.starts_with(&text));
    let next = whole_text[text.len()..].find('\n').expect("another line") + 1;
    assert!(text.len() <= 1 << 20 && text.len() + next > 1 << 20 && text.ends_with('\n'));
    let (all, kept) = (whole_text.lines().count(), text.lines().count());
    let lacks = format!("it lacks {} of {all} lines", all - kept);
    let cut = cut.says(&["warning: messages.jsonl ends at", "with 1 MiB", &lacks, "--no-journal"]);
    assert_eq!(
        (cut.file("history.edn"), metrics(&cut)),
        (whole.file("history.edn"), metrics(&whole))
    );
    // What reads a run takes it.
    let again = cut.then(&["replay"]).end().exits(0).says(&["identical, byte by byte"]);
    let checked = again.then(&["check", "store/latest"]).end().exits(0).does_not_say("incomplete");
    let shown = checked.then(&["show"]).end().exits(0).says(&[&lacks]);
    let story = shown.then(&["story", "--until", "1"]).end().exits(0);
    story.says(&["note: later messages are not shown", &lacks]);
}

#[test]
fn a_run_with_a_full_journal_is_shrunk_as_any_other() {
    let node = ["--node", "broadcast-forgets-to-retry", "--rate", "300"];
    let tries = ["shrink", "--tries", "10", "--format", "json"];
    let story = |limit| {
        let failed = run(limit, &node).end().exits(1);
        assert_eq!(failed.stdout.contains("messages.jsonl ends at"), limit == "1");
        let shrunk = failed.then(&tries).end().exits(0);
        shrunk.file("story.txt")
    };
    let whole = story("0");
    assert!(whole.contains("does not arrive") || whole.contains("lost"), "{whole}");
    assert_eq!(story("1"), whole);
}

#[test]
fn a_run_from_before_there_was_a_limit_is_made_again_without_one() {
    let run = run("0", &[]).end().exits(0);
    let path = run.latest().join("run.json");
    let mut record: serde_json::Value = serde_json::from_str(&run.file("run.json")).unwrap();
    record["plan"].as_object_mut().unwrap().remove("journal-limit").expect("the setting");
    fs::write(path, record.to_string()).unwrap();
    let again = run.then(&["replay"]).end().exits(0).says(&["identical, byte by byte"]);
    let record: serde_json::Value = serde_json::from_str(&again.file("run.json")).unwrap();
    assert_eq!(record["plan"]["journal-limit"], 0);
}

#[test]
fn a_storm_in_real_time_fills_no_disk() {
    let storm = Glomers::learn("broadcast-b", "storm").with(&["--journal-limit", "1"]).end();
    let size = fs::metadata(storm.latest().join("messages.jsonl")).expect("a journal").len();
    assert!(size <= 1 << 20 && size > 1_000_000, "{size} bytes\n{}", storm.stdout);
    storm.says(&["A message storm", "messages.jsonl ends at"]);
}

#[test]
fn a_limit_must_be_one() {
    for (limit, more, said) in [
        ("1.5", &[][..], "a whole number of MiB"),
        ("-1", &[], "--journal-limit"),
        ("1", &["--no-journal"], "--journal-limit has no effect without a journal"),
        ("1", &["--engine", "maelstrom"], "--sim"),
    ] {
        run(limit, more).end().exits(254).says(&[said]);
    }
}
