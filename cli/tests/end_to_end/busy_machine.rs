//! Runs on a busy machine: the engine is late, not the node.

use crate::glomers::Glomers;
use nix::sys::signal::Signal;
use serde_json::Value;
use std::fs;
use std::time::{Duration, Instant};

/// How long a run may take to begin.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long the engine is suspended.
const STOP: Duration = Duration::from_millis(700);

const SLOW_NETWORK: &str = "\
[challenge.mine]
extends = 'broadcast-b'
latency = 200
rate = 200
time-limit = 1.5
recovery = 2
targets = { propagation-max = 900, server-msgs-per-op = 1000 }
";

#[test]
fn a_target_on_latency_is_unknown_when_the_engine_was_late() {
    let started = Glomers::new(&["run", "mine", "--format", "json"])
        .file("glomers.toml", SLOW_NETWORK)
        .start();
    let history = started.folder().join("store").join("current").join("history.edn");
    let start = Instant::now();
    while fs::metadata(&history).map_or(0, |file| file.len()) < 1000 {
        assert!(start.elapsed() < PATIENCE, "the run did not begin");
        std::thread::sleep(Duration::from_millis(10));
    }
    started.signal(Signal::SIGSTOP);
    std::thread::sleep(STOP);
    started.signal(Signal::SIGCONT);
    let run = started.end().exits(2).json();
    assert_eq!(run["valid"], true);
    let met = |metric: &str| {
        let targets = run["targets"].as_array().expect("a list of targets");
        let target = targets.iter().find(|target| target["metric"] == metric);
        target.map_or(Value::Null, |target| target["met"].clone())
    };
    assert_eq!(met("server-msgs-per-op"), true);
    assert_eq!(met("propagation-max"), "unknown", "{run:#}");
    let texts = |key: &str| -> Vec<String> {
        let texts = run[key].as_array().into_iter().flatten().filter_map(Value::as_str);
        texts.map(str::to_owned).collect()
    };
    let warnings = texts("warnings").join("\n");
    assert!(warnings.contains("this machine was busy: the engine was up to"), "{run:#}");
    assert!(warnings.contains("propagation-max"), "{warnings}");
    assert!(texts("reasons")[0].starts_with("target unknown, as this machine was busy"));
}
