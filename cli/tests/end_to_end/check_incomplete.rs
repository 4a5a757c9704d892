//! `glomers check` of incomplete runs: unknown, unless `--partial` is given.

use crate::glomers::{Ended, Glomers, Started};
use nix::sys::signal::Signal;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

fn check(run: &Path, flags: &[&str]) -> Ended {
    Glomers::new(&["check", &run.display().to_string()]).with(flags).end()
}

/// A run that is valid, and its folder.
fn valid_run(challenge: &str) -> (Ended, PathBuf) {
    let arguments = ["run", challenge, "--sim", "--time-limit", "2", "--seed", "3"];
    let ended = Glomers::new(&arguments).end().exits(0);
    let folder = ended.latest().canonicalize().expect("a run");
    check(&folder, &[]).exits(0).does_not_say("incomplete");
    (ended, folder)
}

fn started(challenge: &str) -> Started {
    let started = Glomers::new(&["run", challenge, "--time-limit", "60", "--rate", "50"]).start();
    let history = started.folder().join("store/current/history.edn");
    let start = Instant::now();
    while fs::metadata(&history).map_or(0, |file| file.len()) < 4000 {
        assert!(start.elapsed() < Duration::from_secs(20), "the run did not begin");
        std::thread::sleep(Duration::from_millis(10));
    }
    started
}

#[test]
fn a_killed_run_is_unknown() {
    for challenge in ["broadcast-b", "echo"] {
        let run = started(challenge);
        run.signal(Signal::SIGKILL);
        let ended = run.end();
        let folder = ended.folder.path().join("store/current").canonicalize().expect("a run");
        check(&folder, &[]).exits(2).says(&["neither run.json nor results.edn", "--partial"]);
        // The same result if its history is named.
        check(&folder.join("history.edn"), &[]).exits(2).says(&["neither run.json nor"]);
        let partial = check(&folder, &["--partial"]).says(&["incomplete: neither run.json"]);
        assert_ne!(partial.status, Some(254), "{}", partial.stderr);
        let json = check(&folder, &["--format", "json"]).exits(2).json();
        assert_eq!(json["valid"], "unknown");
        assert_eq!(json["results"]["incomplete"]["valid?"], "unknown");
        assert!(json["incomplete"][0].as_str().is_some_and(|text| text.contains("killed")));
    }
}

#[test]
fn a_newer_run_without_a_record_is_named() {
    let run = Glomers::new(&["run", "echo", "--sim", "--time-limit", "1"]).end().exits(0);
    let store = run.folder.path().join("store");
    let check = |run: Ended| run.then(&["check", "store/latest"]).end().exits(0);
    let run = check(run).does_not_say("a newer one");
    let killed = store.join("echo/99991231T000000.000Z-s1");
    fs::create_dir(&killed).expect("a folder");
    fs::remove_file(store.join("current")).expect("a link");
    std::os::unix::fs::symlink(&killed, store.join("current")).expect("a link");
    check(run).says(&["note: store/latest is the last run that ended; a newer one"]);
}

#[test]
fn a_stopped_run_is_unknown() {
    let run = started("echo");
    run.signal(Signal::SIGINT);
    let ended = run.end().exits(130);
    let folder = ended.latest().canonicalize().expect("a run");
    check(&folder, &[]).exits(2).says(&["stopped before its end"]);
    check(&folder, &["--partial"])
        .exits(0)
        .says(&["echo: valid", "incomplete: the run was stopped"]);
}

#[test]
fn a_crashed_run_is_unknown() {
    let ended = Glomers::run("echo", "exits-later").end().exits(1);
    let folder = ended.latest().canonicalize().expect("a run");
    check(&folder, &[]).exits(2).says(&["the run ended early"]);
}

#[test]
fn a_history_that_was_cut_is_unknown() {
    for challenge in ["broadcast-b", "echo", "kafka-a"] {
        let (_run, folder) = valid_run(challenge);
        let history = folder.join("history.edn");
        let whole = fs::read_to_string(&history).expect("a history");
        let lines: Vec<&str> = whole.lines().collect();
        let half = lines[..lines.len() / 2].join("\n") + "\n";
        fs::write(&history, &half).expect("a file");
        check(&folder, &[]).exits(2).says(&["entries of the history are missing"]);
        let partial = check(&folder, &["--partial"]).says(&["incomplete: results.edn counts"]);
        assert!(matches!(partial.status, Some(0..=2)), "{}", partial.stderr);
        // Without the results, the record has the count.
        fs::remove_file(folder.join("results.edn")).expect("a file");
        check(&folder, &[]).exits(2).says(&["results.edn is not there", "run.json counts"]);
        // Cut within a line.
        fs::write(&history, &half[..half.len() - 10]).expect("a file");
        check(&folder, &[]).exits(2).says(&["the history ends within the entry of line"]);
        let partial = check(&folder, &["--partial"]).says(&["incomplete: the history ends within"]);
        assert!(matches!(partial.status, Some(0..=2)), "{}", partial.stderr);
        // Without its run's folder, only the text of a history shows that it is cut off.
        let alone = Glomers::new(&["check", "h.edn", "-w", "echo"]);
        alone.file("h.edn", &half[..half.len() - 10]).end().exits(254).says(&["--partial judges"]);
    }
}

#[test]
fn damaged_files_of_a_run_make_it_unknown() {
    type Damage = fn(&Path);
    let damages: [(Damage, &str); 6] = [
        (|run| fs::remove_file(run.join("run.json")).expect("a file"), "run.json is not there"),
        (|run| fs::write(run.join("run.json"), "{\"chall").expect("a file"), "run.json is damaged"),
        (|run| fs::write(run.join("run.json"), "{}").expect("a file"), "run.json is damaged"),
        (|run| fs::write(run.join("run.json"), "").expect("a file"), "run.json is damaged"),
        (
            |run| fs::remove_file(run.join("results.edn")).expect("a file"),
            "results.edn is not there",
        ),
        (
            |run| fs::write(run.join("results.edn"), "{:va").expect("a file"),
            "results.edn is damaged",
        ),
    ];
    for (damage, expected) in damages {
        let (_run, folder) = valid_run("echo");
        damage(&folder);
        check(&folder, &[]).exits(2).says(&["echo: unknown", expected]);
        check(&folder, &["--partial"]).exits(0).says(&["echo: valid", expected]);
    }
}
