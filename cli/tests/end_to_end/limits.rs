//! System limits (`ulimit`), and existing files in the store.

use crate::glomers::Glomers;
use std::fs;

#[test]
fn too_few_open_files_are_named() {
    Glomers::run("echo", "none")
        .after("ulimit -n 12")
        .end()
        .exits(255)
        .does_not_say("panicked")
        .says(&["1 nodes need 35 open files, and this system allows 12", "ulimit -n"]);
}

#[cfg(target_os = "linux")]
#[test]
fn the_soft_limit_is_raised_for_us_and_not_for_nodes() {
    let run = Glomers::run("echo", "shows-its-limits").after("ulimit -Sn 64; ulimit -Hn 128");
    let ended = run.with(&["--node-count", "25", "--concurrency", "1n"]).end();
    let ended = ended.exits(0).stores("true");
    let log = ended.file("node-logs/n0.log");
    let limit = log.lines().find(|line| line.contains("open files")).unwrap();
    assert_eq!(limit.split_whitespace().nth(4), Some("64"), "{limit}");
}

#[test]
fn a_limit_of_file_sizes_is_a_failed_write() {
    let ended = Glomers::run("echo", "none")
        .with(&["--rate", "5000", "--concurrency", "10"])
        .after("ulimit -f 100")
        .end()
        .exits(255)
        .says(&["failed to write", "store/echo/", "File too large"]);
    let results = fs::read_to_string(ended.folder.path().join("store/current/results.edn"));
    assert!(results.unwrap().contains(":valid? :unknown"));
}

#[test]
fn a_simulation_that_cannot_write_leaves_its_results_too() {
    let ended = Glomers::new(&["run", "broadcast-c", "--sim"])
        .after("ulimit -f 100")
        .end()
        .exits(255)
        .says(&["broadcast-c: unknown", "failed to write"]);
    let results = fs::read_to_string(ended.folder.path().join("store/current/results.edn"));
    assert!(results.unwrap().contains(":valid? :unknown"));
}

#[test]
fn folders_in_the_place_of_links_are_named_and_left() {
    let run = Glomers::new(&["run", "echo", "--sim", "--time-limit", "1"])
        .file("store/current/mine", "1")
        .file("store/latest/mine", "2");
    let ended = run.end().exits(0).says(&[
        "warning: failed to make the link store/current: something that is not a link",
        "warning: failed to make the link store/latest:",
    ]);
    let kept = |name: &str| fs::read_to_string(ended.folder.path().join(name)).unwrap();
    assert_eq!((kept("store/current/mine"), kept("store/latest/mine")), ("1".into(), "2".into()));
    assert!(ended.folder.path().join("store/echo/latest/results.edn").exists());
    // The newest run is found without the link.
    Glomers::new(&["report", "--store"]).with(&[&path(&ended.folder)]).end().exits(0);
}

fn path(folder: &tempfile::TempDir) -> String {
    folder.path().join("store").display().to_string()
}
