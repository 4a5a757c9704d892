//! Arguments and programs that cannot be used: exit 254, and a message that says what to do.

use crate::glomers::Glomers;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

#[test]
fn bad_values_name_the_flag_the_value_and_what_is_allowed() {
    for (flag, value, allowed) in [
        ("--node-count", "0", "1 to 1000 nodes"),
        ("--node-count", "many", "invalid digit"),
        ("--concurrency", "2x", "a positive whole number, optionally followed by n"),
        ("--concurrency", "0", "a positive whole number"),
        ("--rate", "-1", "0 or more"),
        ("--rate", "fast", "invalid float"),
        ("--time-limit", "0", "a positive number of seconds"),
        ("--latency", "-5", "invalid digit"),
        ("--latency-dist", "normal", "one of constant, uniform, exponential"),
        ("--delivery", "pigeon", "one of queued, independent"),
        ("--nemesis", "kill", "none, or a comma-separated list of: partition"),
        ("--nemesis-interval", "0", "a positive number of seconds"),
        ("--topology", "ring", "one of grid, line, total, tree, tree2, tree3, tree4"),
        ("--availability", "2", "total, or a fraction from 0 to 1"),
        ("--recovery", "soon", "a number of seconds, or auto"),
        ("--init-timeout", "0", "a positive number of seconds"),
        ("--rpc-timeout", "0", "a positive number of milliseconds"),
        ("--seed", "x", "invalid digit"),
        ("--format", "xml", "table, json, markdown"),
    ] {
        // The = keeps a leading minus from looking like a flag.
        let ended = Glomers::new(&["run", "echo", &format!("{flag}={value}")]).end();
        let name = flag.trim_start_matches('-');
        ended.exits(254).says(&[name, value, allowed]);
    }
}

#[test]
fn unknown_flags_and_challenges_are_named() {
    Glomers::new(&["run", "echo", "--frob"]).end().exits(254).says(&["--frob"]);
    let unknown = Glomers::new(&["run", "broadcast-f"]).end();
    unknown.exits(254).says(&["broadcast-f", "did you mean", "broadcast-e"]);
    Glomers::new(&["run"]).end().exits(254).says(&["CHALLENGE"]);
    Glomers::new(&[]).end().exits(254).says(&["Usage"]);
}

#[test]
fn challenges_that_are_not_built_say_so() {
    Glomers::new(&["run", "kafka-a"]).end().exits(254).says(&["kafka", "not built"]);
}

#[test]
fn help_explains_itself() {
    Glomers::new(&["--help"]).end().exits(0).says(&[
        "run",
        "compare",
        "report",
        "254 bad arguments",
    ]);
    Glomers::new(&["run", "--help"]).end().exits(0).says(&[
        "Examples",
        "--nemesis-interval",
        "130",
    ]);
}

#[test]
fn missing_programs() {
    let run = |bin: &str| Glomers::new(&["run", "echo", "--bin", bin]);
    run("./nothing").end().exits(254).says(&["nothing does not exist", "--bin"]);
    run(".").end().exits(254).says(&["is a folder"]);
    let text = run("./notes.txt").file("notes.txt", "hello");
    text.end().exits(254).says(&["is not executable", "chmod +x"]);
}

#[test]
fn missing_interpreters() {
    for (line, missing) in [
        ("#!/opt/nowhere/python9\n", "needs /opt/nowhere/python9, which is not installed"),
        ("#!/usr/bin/env python9\n", "needs python9, which is not installed"),
        ("#!/bin/sh\r\n", "carriage return"),
    ] {
        let run = Glomers::new(&["run", "echo", "--bin", "./node"]).file("node", line);
        let program = run.folder().join("node");
        fs::set_permissions(program, fs::Permissions::from_mode(0o755)).unwrap();
        run.end().exits(254).says(&[missing]);
    }
}
