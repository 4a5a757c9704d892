//! Nodes that cannot be restarted after the nemesis killed them, and nodes that attack the watchdog
//! process: the run ends in time, with its results.

use crate::glomers::{Ended, Glomers, misbehaving_node};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

/// A run that soon kills its only node. The node is a copy of the program, to which `happens` is
/// applied once it runs.
fn run_with_kills(happens: impl Fn(&Path)) -> Ended {
    let run = Glomers::new(&["run", "echo", "--bin", "./node", "--node-count", "1"]);
    let run = run.with(&["--rate", "50", "--time-limit", "20", "--nemesis", "kill"]);
    let run = run.with(&["--nemesis-interval", "0.4"]);
    let node = run.folder().join("node");
    fs::copy(misbehaving_node(), &node).unwrap();
    let current = run.folder().join("store").join("current");
    let started = run.start();
    let start = Instant::now();
    let begun = || fs::metadata(current.join("history.edn")).is_ok_and(|file| file.len() > 0);
    while !begun() {
        assert!(start.elapsed() < Duration::from_secs(20), "the run did not begin");
        std::thread::sleep(Duration::from_millis(2));
    }
    happens(&node);
    started.end()
}

/// Checks that the run failed for this reason, and kept its partial files.
#[track_caller]
fn left_its_results(ended: Ended, reason: &str) {
    let ended = ended.exits(255).says(&["echo: unknown", "failed to start n0 as", reason]);
    let ended = ended.does_not_say("panicked").stores(":unknown");
    let record: serde_json::Value = serde_json::from_str(&ended.file("run.json")).unwrap();
    assert_eq!(record["valid"], "unknown");
    assert!(record["failure"].as_str().unwrap().contains(reason), "{record}");
    assert!(ended.file("history.edn").lines().count() > 1);
}

#[test]
fn the_program_was_removed() {
    left_its_results(run_with_kills(|node| fs::remove_file(node).unwrap()), "No such file");
}

#[test]
fn the_program_cannot_be_executed_any_more() {
    let forbid = |node: &Path| {
        fs::remove_file(node).unwrap();
        fs::write(node, "no program").unwrap();
        fs::set_permissions(node, fs::Permissions::from_mode(0o644)).unwrap();
    };
    left_its_results(run_with_kills(forbid), "Permission denied");
}

#[cfg(target_os = "linux")]
#[test]
fn the_program_is_being_written() {
    let writing = std::cell::RefCell::new(None);
    let write = |node: &Path| {
        let aside = node.with_extension("new");
        fs::copy(node, &aside).unwrap();
        *writing.borrow_mut() = Some(fs::File::options().append(true).open(&aside).unwrap());
        fs::rename(&aside, node).unwrap();
    };
    left_its_results(run_with_kills(write), "Text file busy");
}

#[test]
fn the_folder_of_the_node_was_removed() {
    // The node gets a new folder.
    Glomers::run("echo", "removes-its-folder")
        .with(&["--nemesis", "kill", "--nemesis-interval", "0.2", "--rate", "50"])
        .with(&["--rpc-timeout", "200"])
        .end()
        .exits(0)
        .stores("true");
}

#[test]
fn the_store_was_removed() {
    let started = Glomers::run("echo", "none").with(&["--time-limit", "2"]).start();
    let folder = started.folder().join("store").join("echo");
    let start = Instant::now();
    while fs::read_dir(&folder).map_or(0, Iterator::count) == 0 {
        assert!(start.elapsed() < Duration::from_secs(20), "the run did not begin");
        std::thread::sleep(Duration::from_millis(2));
    }
    std::thread::sleep(Duration::from_millis(300));
    fs::remove_dir_all(&folder).unwrap();
    let ended = started.end().exits(255).says(&["failed to write", "was removed while it ran"]);
    let results = ended.file("results.edn");
    assert!(results.contains(":valid? :unknown"), "{results}");
}

#[test]
fn a_watchdog_that_was_stopped_or_killed_holds_nothing_up() {
    for fault in ["stops-the-watchdog", "kills-the-watchdog"] {
        let start = Instant::now();
        Glomers::run("echo", fault).end().exits(0).stores("true");
        assert!(start.elapsed() < Duration::from_secs(15), "{fault}: {:?}", start.elapsed());
    }
}

#[test]
fn a_node_that_stops_itself_holds_nothing_up() {
    Glomers::run("echo", "stops-its-group")
        .with(&["--rpc-timeout", "300"])
        .end()
        .says(&["echo"])
        .stores("true");
}
