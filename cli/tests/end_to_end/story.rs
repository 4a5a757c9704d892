//! `story`: what happened in a run, or in a part of it.

use crate::glomers::{Ended, Glomers};

/// A run in which a value is lost, since a node does not send it again.
fn lost_value() -> Ended {
    Glomers::new(&["run", "broadcast-c", "--sim", "--seed", "3"])
        .with(&["--node", "broadcast-forgets-to-retry"])
        .end()
        .exits(1)
}

fn story(of: &Ended, flags: &[&str]) -> Ended {
    let run = of.latest().canonicalize().expect("a run").display().to_string();
    Glomers::new(&["story", &run]).with(flags).end()
}

#[test]
fn a_failed_run_shows_the_value_that_was_lost() {
    let run = lost_value();
    let shown = story(&run, &[]).exits(0).says(&[
        "the nemesis cuts",
        "does not arrive: cut",
        "the network is whole again",
        "has it since",
        "never had it",
        "What was wrong:",
        "more values were lost",
    ]);
    assert!(shown.stdout.lines().count() < 80, "{}", shown.stdout);
    let json = story(&run, &["--format", "json"]).exits(0).json();
    assert!(json["story"].as_str().is_some_and(|text| text.contains("What was wrong:")), "{json}");
    assert!(!json["reasons"].as_array().expect("a list").is_empty(), "{json}");
    let cut = story(&run, &["--all", "--limit", "20"]).exits(0).says(&["more lines: --limit 0"]);
    // The events, the line about those left out, and what the story is about.
    assert_eq!(cut.stdout.trim_end().lines().count(), 21 + 3);
}

#[test]
fn the_reasons_are_in_the_story_of_the_failure_only() {
    let run = lost_value();
    for part in [&["--all"][..], &["--node", "n0"], &["--value", "1"], &["--until", "2"]] {
        let shown = story(&run, part).exits(0).does_not_say("What was wrong");
        assert!(!shown.stdout.is_empty());
    }
    let flags = ["--around-failure", "--until", "8", "--limit", "4"];
    story(&run, &flags).exits(0).says(&["more lines: --limit 0", "What was wrong:"]);
    let behind = story(&run, &["--from", "1000"]).exits(0).says(&["note: the run ends at "]);
    assert!(behind.stderr.contains(" s"), "{}", behind.stderr);
}

#[test]
fn a_part_can_be_chosen() {
    let run = Glomers::new(&["run", "txn-a", "--sim", "--time-limit", "1"]).end().exits(0);
    let all = story(&run, &["--limit", "0"]).exits(0);
    let one = story(&run, &["--operation", "0"]).exits(0).says(&["asks n0: txn", "answers"]);
    assert!(one.stdout.len() < all.stdout.len());
    let times = story(&run, &["--from", "0.2", "--until", "0.3", "--limit", "0"]).exits(0);
    let lines: Vec<&str> = times.stdout.lines().skip(3).filter(|line| !line.is_empty()).collect();
    assert!(!lines.is_empty() && lines.iter().all(|line| line.starts_with("   0.2")), "{lines:?}");
    story(&run, &["--node", "n0", "--value", "1"]).exits(0);
    for (flags, problem) in [
        (["--value", "never"], "no client wrote never"),
        (["--operation", "999999"], "no operation of a client with the entry 999999"),
        (["--node", "n7"], "there is no node n7; the nodes are n0"),
        (["--from", "yesterday"], "expected a time of the run in seconds"),
        (["--limit", "few"], "invalid value 'few'"),
    ] {
        story(&run, &flags).exits(254).says(&[problem]);
    }
    story(&run, &["--from", "2", "--until", "1"]).exits(254).says(&["--from is after --until"]);
    story(&run, &["--around-failure"]).exits(254).says(&["did not fail"]);
}

#[test]
fn a_single_history_has_a_story_without_messages() {
    let run = lost_value();
    let history = run.latest().join("history.edn");
    let elsewhere = tempfile::tempdir().expect("a folder");
    let copy = elsewhere.path().join("history.edn");
    std::fs::copy(history, &copy).expect("copied");
    Glomers::new(&["story", &copy.display().to_string()]).end().exits(0).says(&[
        "process 0: broadcast 0",
        "process 0 has its answer: broadcast",
        "no messages.jsonl",
    ]);
    Glomers::new(&["story", "nowhere"]).end().exits(254).says(&["nowhere does not exist"]);
}

#[test]
fn what_is_damaged_is_named() {
    let run = lost_value();
    std::fs::write(run.latest().join("run.json"), "garbage").expect("written");
    let journal = run.latest().join("messages.jsonl");
    let text = std::fs::read_to_string(&journal).expect("a journal");
    std::fs::write(&journal, &text[..text.len() - 9]).expect("written");
    let notes = [
        "run.json cannot be read, so the nodes are not known",
        "1 line of the journal cannot be read",
    ];
    story(&run, &["--all"]).exits(0).says(&notes);
    story(&run, &["--all", "--format", "json"]).exits(0).says(&notes);
}
