//! `glomers run --watch`: files are edited while it waits, and it ends by Ctrl-C.

use crate::glomers::{Glomers, Started, misbehaving_node};
use nix::sys::signal::Signal;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long a run or a build may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A node as a script, with this fault.
fn script(fault: &str) -> String {
    format!("#!/bin/sh\nexec '{}' {fault}\n", misbehaving_node().display())
}

/// A short run that is repeated, of the node that glomers.toml or `--bin` names.
fn watching() -> Glomers {
    let run = ["run", "echo", "--watch", "--node-count", "1", "--time-limit", "0.3"];
    Glomers::new(&run).with(&["--rate", "40", "--quiet"])
}

fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < PATIENCE, "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// The complete runs in the store.
fn runs(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder.join("store/echo")).into_iter().flatten().flatten();
    // There is a link to the latest one, too.
    let folders = entries.filter(|entry| entry.file_type().unwrap().is_dir());
    let paths = folders.map(|entry| entry.path());
    paths.filter(|path| path.join("results.edn").exists()).collect()
}

fn wait_for_runs(started: &Started, count: usize) {
    wait_until("there was no further run", || runs(started.folder()).len() == count);
}

/// Replaces a file by another one, as editors do.
fn save(path: &Path, text: &str) {
    let aside = path.with_file_name(".aside");
    fs::write(&aside, text).unwrap();
    fs::set_permissions(&aside, fs::Permissions::from_mode(0o755)).unwrap();
    fs::rename(aside, path).unwrap();
}

#[test]
fn a_changed_program_runs_again_and_is_compared() {
    let call = watching().with(&["--bin", "./node.sh"]);
    save(&call.folder().join("node.sh"), &script("good"));
    let started = call.start();
    wait_for_runs(&started, 1);
    save(&started.folder().join("node.sh"), &script("breaks-schema"));
    wait_for_runs(&started, 2);
    save(&started.folder().join("notes.txt"), "an unrelated file is taken for a source, too");
    wait_for_runs(&started, 3);
    // An interrupt takes nothing from a complete run.
    started.signal(Signal::SIGINT);
    let ended = started.end().exits(130).says(&[
        "echo: valid",
        "waiting for a change in",
        "changed: node.sh",
        "echo: invalid",
        "against the previous run: verdict: valid, now invalid: worse",
        "changed: notes.txt",
        "verdict: invalid, as before",
    ]);
    let seeds: Vec<_> = runs(ended.folder.path())
        .iter()
        .map(|run| {
            let text = fs::read_to_string(run.join("run.json")).unwrap();
            serde_json::from_str::<serde_json::Value>(&text).unwrap()["seed"].clone()
        })
        .collect();
    assert!(seeds.iter().all(|seed| *seed == seeds[0] && seed.is_u64()), "{seeds:?}");
}

#[test]
fn a_crash_has_no_metrics_to_compare() {
    let call = watching().with(&["--bin", "./node.sh"]);
    save(&call.folder().join("node.sh"), &script("good"));
    let started = call.start();
    wait_for_runs(&started, 1);
    save(&started.folder().join("node.sh"), "#!/bin/sh\nexit 3\n");
    wait_for_runs(&started, 2);
    started.signal(Signal::SIGINT);
    let ended = started.end().exits(130);
    ended.says(&["verdict: valid, now invalid: worse"]).does_not_say("no metric differs");
}

#[test]
fn a_build_that_fails_is_shown_and_the_next_change_awaited() {
    // It writes the program and another file, which are no sources.
    let build = "echo x >> .builds; date +%N > log.txt; sh -n source && cp source node";
    let call = watching().file("glomers.toml", &format!("build = '{build}'\nbin = 'node'\n"));
    save(&call.folder().join("source"), &script("good"));
    let started = call.after("exec 2> .stderr").start();
    let folder = started.folder().to_owned();
    let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap_or_default();
    let wait_for = |text: &str| wait_until(text, || read(".stderr").contains(text));
    wait_for_runs(&started, 1);
    save(&folder.join("source"), "if only\n");
    wait_for("changed: source\n");
    wait_for("error: the build");
    save(&folder.join("source"), &script("good"));
    wait_for_runs(&started, 2);
    // A glomers.toml that is wrong is awaited, too.
    save(&folder.join("glomers.toml"), "bin = 3\n");
    wait_for("changed: glomers.toml\n");
    wait_for("glomers.toml:1:7: invalid value for bin");
    started.signal(Signal::SIGINT);
    let ended = started.end().exits(130);
    assert_eq!(read(".builds").lines().count(), 3, "the build's own files are no changes");
    ended.says(&["against the previous run: verdict: valid, as before"]);
}

#[test]
fn what_a_node_writes_into_its_own_folder_is_ignored_after_some_runs() {
    let call = watching().with(&["--bin", "./node.sh"]).after("exec 2> .stderr");
    let node = script("good").replace("exec", "date +%N >> \"${0%/*}/debug.log\"; exec");
    save(&call.folder().join("node.sh"), &node);
    let started = call.start();
    let folder = started.folder().to_owned();
    let read = || fs::read_to_string(folder.join(".stderr")).unwrap_or_default();
    let ends = || read().matches("waiting for a change in").count();
    wait_until("it goes on without end", || read().contains("note: debug.log changed during each"));
    wait_until("it waits again", || ends() == 4);
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(runs(&folder).len(), 3, "{}", read());
    save(&folder.join("node.sh"), &script("breaks-schema"));
    wait_for_runs(&started, 4);
    started.signal(Signal::SIGINT);
    started.end().exits(130);
}

#[test]
fn a_project_file_that_vanishes_is_awaited() {
    let call = watching().file("glomers.toml", "bin = 'node.sh'\n").after("exec 2> .stderr");
    save(&call.folder().join("node.sh"), &script("good"));
    let started = call.start();
    let folder = started.folder().to_owned();
    let read = || fs::read_to_string(folder.join(".stderr")).unwrap_or_default();
    wait_for_runs(&started, 1);
    wait_until("it waits", || read().contains("waiting for a change in"));
    fs::rename(folder.join("glomers.toml"), folder.join(".gone")).unwrap();
    wait_until("it is a problem", || read().contains("error: --watch is for a node of yours"));
    assert_eq!(runs(&folder).len(), 1, "glomers' own node is not tested");
    fs::rename(folder.join(".gone"), folder.join("glomers.toml")).unwrap();
    wait_for_runs(&started, 2);
    started.signal(Signal::SIGINT);
    started.end().exits(130);
}

#[test]
fn a_missing_program_is_refused_at_once() {
    let begin = Instant::now();
    let missing = watching().with(&["--bin", "/does-not-exist"]).end();
    missing.exits(254).says(&["error: the node /does-not-exist"]);
    assert!(begin.elapsed() < Duration::from_secs(2), "{:?}", begin.elapsed());
}

#[test]
fn what_cannot_be_watched_is_refused() {
    for (flags, text) in [
        (&["echo", "--bin", "x", "--repeat", "2"][..], "which --repeat cannot"),
        (&["echo", "--bin", "x", "--format", "json"], "which --format json cannot"),
        (&["echo", "--bin", "x", "--dry-run"], "which --dry-run cannot"),
        (&["echo", "3a", "--bin", "x"], "--watch is for one challenge"),
        (&["echo"], "--watch is for a node of yours"),
    ] {
        let refused = Glomers::new(&["run", "--watch"]).with(flags).end();
        refused.exits(254).says(&[text]);
    }
    Glomers::new(&["sweep", "echo", "--watch"]).end().exits(254).says(&["is for `glomers run`"]);
}
