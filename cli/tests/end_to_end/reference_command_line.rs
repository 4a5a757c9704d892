//! `glomers test`: the command line of any tutorial.

use crate::glomers::{Glomers, misbehaving_node};

#[test]
fn a_command_line_of_the_reference_runs_as_it_is() {
    let bin = misbehaving_node().display().to_string();
    let ended = Glomers::new(&["test", "-w", "echo", "--bin", &bin, "--node-count", "1"])
        .with(&["--time-limit", "1", "--rate", "20", "--no-ssh", "--", "forks"])
        .end()
        .exits(0)
        .says(&["echo: valid", "ignored: --no-ssh", "files: store/echo/"]);
    assert!(ended.file("results.edn").contains(":valid? true"));
}

#[test]
fn kill_and_pause_are_injected_as_the_reference_does() {
    let bin = misbehaving_node().display().to_string();
    let ended = Glomers::new(&["test", "-w", "echo", "--bin", &bin, "--node-count", "3"])
        // Enough workers for all operations: one that waits for a killed node is blocked for 5 s.
        .with(&["--concurrency", "40n"])
        .with(&["--time-limit", "2", "--rate", "50", "--nemesis", "kill,pause"])
        .with(&["--nemesis-interval", "0.2", "--", "forks"])
        .end()
        .exits(0)
        .says(&["echo: valid"]);
    let history = ended.file("history.edn");
    assert!(history.contains(":f :kill") || history.contains(":f :pause"), "{history}");
    assert!(ended.file("run.json").contains("\"kill-targets\": \"one,minority-third,"));
}

#[test]
fn nodes_may_be_named_and_the_first_bad_run_is_the_last() {
    let bin = misbehaving_node().display().to_string();
    let ended = Glomers::new(&["test", "-w", "unique-ids", "--bin", &bin, "-n", "a", "-n", "b"])
        .with(&["--time-limit", "1", "--rate", "20", "--test-count", "2", "--", "same-id"])
        .end()
        .exits(1)
        .says(&["unique-ids: invalid"]);
    assert_eq!(ended.stdout.matches("unique-ids: invalid").count(), 1);
    assert!(ended.latest().join("node-logs/a.log").exists());
}

#[test]
fn what_it_does_not_take_is_refused() {
    for (flags, message) in [
        (&["--bin", "n", "--frob", "3"][..], "unexpected argument '--frob'"),
        (&["-w", "echo"], "--bin"),
        (&["--bin", "n", "--node-count", "0"], "a whole number from 1 to 1000"),
        (&["--bin", "n", "--node-count", "2"], "pass --concurrency 2n, or another multiple of 4"),
        (&["--bin", "n", "--nodes-file", "none"], "none does not exist"),
    ] {
        Glomers::new(&["test"]).with(flags).end().exits(254).says(&[message]);
    }
}
