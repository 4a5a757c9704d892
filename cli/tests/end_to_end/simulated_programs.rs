//! Programs in virtual time: the same outcomes as in real time, from a seed.

#![cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]

use crate::glomers::{Ended, Glomers, misbehaving_node};
use std::os::unix::fs::PermissionsExt as _;
use std::sync::LazyLock;

/// Whether the system does not allow programs to be controlled, so that a test is skipped; this is
/// printed once.
pub(crate) fn programs_cannot_be_simulated() -> bool {
    static IS_DENIED: LazyLock<bool> = LazyLock::new(|| {
        let denied = glomers_simulator::check_virtual_time().err();
        let denied = denied.filter(|error| error.contains("the system does not allow"));
        if let Some(error) = &denied {
            glomers_recordings::skipped(&format!("programs in virtual time: {error}"));
        }
        denied.is_some()
    });
    *IS_DENIED
}

/// A run of a second, simulated, with one node that has this fault.
fn run(challenge: &str, fault: &str) -> Glomers {
    Glomers::run(challenge, fault).with(&["--sim", "--seed", "1"])
}

fn journal(ended: &Ended) -> [String; 3] {
    ["history.edn", "messages.jsonl", "results.edn"].map(|file| ended.file(file))
}

#[test]
fn a_program_is_simulated_and_comes_out_the_same_again() {
    if programs_cannot_be_simulated() {
        return;
    }
    let ended = run("echo", "none").end().exits(0).says(&["echo: valid (", "simulated, seed 1"]);
    let before = journal(&ended);
    let again = ended.then(&["replay", "store/latest"]).end();
    let again = again.exits(0).says(&["valid, as before", "identical, byte by byte"]);
    assert_eq!(before, journal(&again));
}

#[test]
fn the_command_line_of_maelstrom_can_be_simulated() {
    if programs_cannot_be_simulated() {
        return;
    }
    let node = misbehaving_node().display().to_string();
    Glomers::new(&["test", "-w", "echo", "--bin", &node, "--node-count", "1"])
        .with(&["--time-limit", "2", "--test-count", "2", "--sim"])
        .end()
        .exits(0)
        .says(&["echo: valid", "simulated, seed"]);
}

#[test]
fn limits_are_told() {
    if programs_cannot_be_simulated() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let node = folder.path().join("node");
    std::fs::write(&node, "#!/bin/sh\nexec truncate -s 2G large\n").unwrap();
    std::fs::set_permissions(&node, std::fs::Permissions::from_mode(0o755)).unwrap();
    Glomers::new(&["run", "echo", "--sim", "--bin", node.to_str().unwrap()])
        .end()
        .exits(1)
        .says(&["n0 was killed: it wrote a file of more than 1 GiB"]);
}

#[test]
fn a_path_that_depends_on_other_runs_is_reported() {
    if programs_cannot_be_simulated() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let node = folder.path().join("node");
    std::fs::write(&node, "#!/bin/sh\npwd >&2\n").unwrap();
    std::fs::set_permissions(&node, std::fs::Permissions::from_mode(0o755)).unwrap();
    Glomers::new(&["run", "echo", "--sim", "--bin", node.to_str().unwrap()])
        .end()
        .exits(1)
        .says(&["not exactly repeatable: n0: it printed the path of its folder"]);
}

#[test]
fn a_failure_in_real_time_suggests_a_simulation() {
    if programs_cannot_be_simulated() {
        return;
    }
    let run = Glomers::run("echo", "exits-later").with(&["--seed", "9"]).end().exits(1);
    run.says(&["again in virtual time, from a seed: glomers run echo --sim --seed 9 --bin"]);
}

#[test]
fn crashes_are_told_as_in_real_time() {
    if programs_cannot_be_simulated() {
        return;
    }
    run("echo", "exits-at-start").end().exits(1).stores("false").says(&[
        "node n0 exited with status 3 before all nodes had answered init",
        "about to fail",
        "no configuration found",
    ]);
    let middle = ["node n0 exited with status 4", "panicked at the third request"];
    run("echo", "exits-later").end().exits(1).stores("false").says(&middle);
    run("echo", "killed-later")
        .end()
        .exits(1)
        .stores("false")
        .says(&["node n0 was killed by signal 6"]);
}

#[test]
fn a_node_that_never_answers_costs_no_time() {
    if programs_cannot_be_simulated() {
        return;
    }
    run("echo", "never-answers")
        .end()
        .exits(1)
        .stores("false")
        .says(&["node n0 did not answer init in 10 s"]);
}

#[test]
fn bad_lines_are_told_as_in_real_time() {
    if programs_cannot_be_simulated() {
        return;
    }
    run("echo", "prints-debug").end().says(&["listening on stdin"]);
    run("echo", "not-json").end().says(&["got a request"]);
    run("echo", "unknown-dest").end().says(&["n99"]);
    run("echo", "long-line").end().says(&["n0"]);
}

#[test]
fn floods_end() {
    if programs_cannot_be_simulated() {
        return;
    }
    for fault in ["endless-line", "endless-lines"] {
        run("echo", fault)
            .with(&["--rpc-timeout", "300"])
            .end()
            .exits(1)
            .says(&["no echo operation succeeded"])
            .stores("false");
    }
}

#[test]
fn a_node_that_stops_its_group_stops_only_itself() {
    if programs_cannot_be_simulated() {
        return;
    }
    run("echo", "stops-its-group").end().exits(0).says(&["the node did not answer in time"]);
}

#[test]
fn children_are_part_of_their_node() {
    if programs_cannot_be_simulated() {
        return;
    }
    run("echo", "forks").end();
    run("echo", "outlives-stdin").end().exits(0);
    run("echo", "closes-stdout").end().says(&["n0 closed its stdout"]);
}

#[test]
fn a_sweep_finds_a_failure_and_shrink_makes_it_small() {
    if programs_cannot_be_simulated() {
        return;
    }
    let cut = ["--nemesis-interval", "5", "--time-limit", "4", "--recovery", "1"];
    let swept = Glomers::learn("broadcast-c", "sends-once")
        .sweeping()
        .with(&["--seeds", "20", "--until-failure"])
        .with(&cut)
        .end()
        .exits(1)
        .says(&["values were lost"]);
    swept.then(&["shrink"]).end().exits(0).says(&[
        "What was wrong:",
        "does not arrive: cut",
        "send each value again until the other node acknowledges it",
    ]);
}

#[test]
fn every_fault_acts_on_a_program() {
    if programs_cannot_be_simulated() {
        return;
    }
    let all = "partition,loss,duplicate,reorder,slow,kill,pause,skew";
    let run = Glomers::learn("broadcast-b", "none")
        .with(&["--sim", "--nemesis", all, "--nemesis-interval", "2", "--time-limit", "10"])
        .end();
    let history = run.file("history.edn");
    for fault in [":kill", ":pause", ":start-skew"] {
        assert!(history.contains(fault), "{fault}");
    }
    let before = journal(&run);
    let again = run.then(&["replay", "store/latest"]).end().exits(0);
    assert_eq!(before, journal(&again));
}
