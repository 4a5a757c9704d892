//! Ctrl-C and other signals.

use crate::glomers::{Glomers, Started};
use nix::sys::signal::Signal;
use std::time::{Duration, Instant};

/// How long a run may take to begin.
const PATIENCE: Duration = Duration::from_secs(20);

/// Starts a long run and waits until its history grows.
fn running() -> Started {
    let started = Glomers::run("echo", "forks").with(&["--time-limit", "60"]).start();
    let history = started.folder().join("store").join("current").join("history.edn");
    let start = Instant::now();
    while std::fs::metadata(&history).map_or(0, |file| file.len()) < 1000 {
        assert!(start.elapsed() < PATIENCE, "the run did not begin");
        std::thread::sleep(Duration::from_millis(10));
    }
    started
}

#[test]
fn once_leaves_a_readable_partial_run() {
    let started = running();
    started.signal(Signal::SIGINT);
    started.end().exits(130).says(&["stopped"]).stores(":unknown");
}

/// As `timeout` sends it, to the process and to its group.
#[test]
fn twice_in_a_moment_is_once() {
    let started = running();
    started.signal(Signal::SIGTERM);
    started.signal(Signal::SIGTERM);
    started.end().exits(130).says(&["stopped"]).stores(":unknown");
}

/// A build that ignores the signal: only the second request ends glomers.
#[test]
fn a_later_signal_is_at_once() {
    let build =
        "build = 'trap \"\" INT TERM; touch started; while :; do sleep 1; done'\nbin = 'node'\n";
    let started = Glomers::new(&["run", "echo"]).file("glomers.toml", build).start();
    let start = Instant::now();
    while !started.folder().join("started").exists() {
        assert!(start.elapsed() < PATIENCE, "the build did not begin");
        std::thread::sleep(Duration::from_millis(10));
    }
    started.signal(Signal::SIGINT);
    std::thread::sleep(Duration::from_millis(500));
    started.signal(Signal::SIGINT);
    started.end().exits(130);
}

#[test]
fn a_polite_kill_is_like_ctrl_c() {
    let started = running();
    started.signal(Signal::SIGTERM);
    started.end().exits(130).stores(":unknown");
}

#[test]
fn a_kill_leaves_no_process_and_a_readable_history() {
    let started = running();
    started.signal(Signal::SIGKILL);
    let ended = started.end();
    assert_eq!(ended.status, None);
    let history = ended.folder.path().join("store").join("current").join("history.edn");
    let history = std::fs::read_to_string(history).unwrap();
    let (whole_lines, _) = history.rsplit_once('\n').unwrap();
    assert!(!glomers_history::read_history(whole_lines.as_bytes()).unwrap().is_empty());
}

/// Starts a run whose build does not end, and waits until that has begun.
fn building() -> Started {
    let started = Glomers::new(&["run", "echo"])
        .file("glomers.toml", "build = 'touch started; sleep 595'\nbin = 'node'\n")
        .start();
    let start = Instant::now();
    while !started.folder().join("started").exists() {
        assert!(start.elapsed() < PATIENCE, "the build did not begin");
        std::thread::sleep(Duration::from_millis(10));
    }
    started
}

#[test]
fn a_build_is_stopped_too() {
    let started = building();
    started.signal(Signal::SIGINT);
    started.end().exits(130);
}

#[test]
fn a_kill_ends_the_build() {
    let started = building();
    started.signal(Signal::SIGKILL);
    assert_eq!(started.end().status, None);
}
