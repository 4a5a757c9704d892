//! Arguments and programs that cannot be used: exit 254, and a message that says what to do.

use crate::glomers::Glomers;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

#[test]
fn bad_values_name_the_flag_the_value_and_what_is_allowed() {
    for (flag, value, allowed) in [
        ("--node-count", "0", "1 to 1000 nodes"),
        ("--node-count", "many", "expected a whole number from 1 to 1000"),
        ("--node-count", "-3", "expected a whole number from 1 to 1000"),
        ("--concurrency", "2x", "a positive whole number, optionally followed by n"),
        ("--concurrency", "0", "a positive whole number"),
        ("--rate", "-1", "expected a number of operations per second, 0 or more"),
        ("--rate", "fast", "expected a number of operations per second, 0 or more"),
        ("--rate", "NaN", "expected a number of operations per second, 0 or more"),
        ("--time-limit", "0", "a positive number of seconds"),
        ("--time-limit", "x", "expected a positive number of seconds"),
        ("--latency", "-5", "expected a whole number of milliseconds, 0 or more"),
        ("--latency-dist", "normal", "one of constant, uniform, exponential"),
        ("--delivery", "pigeon", "one of queued, independent"),
        ("--nemesis", "flood", "none, or a comma-separated list of: partition, loss, duplicate"),
        ("--partition-shapes", "half", "a comma-separated list of: one, minority-third, majority"),
        ("--loss", "0", "a probability above 0, at most 1"),
        ("--duplicate", "some", "expected a probability above 0, at most 1"),
        ("--reorder", "0", "a positive number of milliseconds"),
        ("--slow", "1", "a factor above 1"),
        ("--skew", "-0.5", "a fraction between 0 and 1"),
        ("--nemesis-interval", "0", "a positive number of seconds"),
        ("--nemesis-interval", "x", "expected a positive number of seconds"),
        ("--topology", "ring", "one of grid, line, total, tree, tree2, tree3, tree4"),
        ("--availability", "2", "total, or a fraction from 0 to 1"),
        ("--recovery", "soon", "a number of seconds"),
        ("--recovery", "auto", "auto is gone"),
        ("--init-timeout", "0", "a positive number of seconds"),
        ("--init-timeout", "x", "expected a positive number of seconds"),
        ("--rpc-timeout", "0", "a positive number of milliseconds"),
        ("--rpc-timeout", "1.5", "expected a positive whole number of milliseconds"),
        ("--seed", "x", "expected a whole number from 0 to 18446744073709551615"),
        ("--seed", "-1", "expected a whole number from 0 to 18446744073709551615"),
        ("--format", "xml", "table, json, markdown"),
    ] {
        // The = keeps a leading minus from looking like a flag.
        let ended = Glomers::new(&["run", "echo", &format!("{flag}={value}")]).end();
        let name = flag.trim_start_matches('-');
        ended.exits(254).says(&[name, value, allowed]);
    }
}

#[test]
fn negative_numbers_are_values_and_no_flags() {
    for flag in ["--node-count", "--rate", "--time-limit", "--latency", "--rpc-timeout", "--seed"] {
        let ended = Glomers::new(&["run", "echo", flag, "-5"]).end();
        ended.exits(254).says(&["invalid value", "-5", flag, "expected a "]);
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
        ("#!./node\n", "needs ./node, a relative path"),
        ("#!/usr/bin/env ./node\n", "needs ./node, a relative path"),
        ("#!\n", "names no interpreter"),
    ] {
        executable(line).end().exits(254).says(&[missing]);
    }
}

#[test]
fn files_that_cannot_run_here() {
    for content in ["\u{7f}ELF nonsense", "GIF\0"] {
        executable(content).end().exits(254).says(&["neither a program nor a script", "--bin"]);
    }
    // An ELF header of a SPARC.
    let header = "\u{7f}ELF\u{2}\u{2}\u{1}\0\0\0\0\0\0\0\0\0\0\u{2}\0\u{2}";
    let foreign = executable(header).end();
    foreign.exits(254).says(&["node was built for another machine", "build it for this one"]);
}

#[test]
fn a_missing_program_is_blamed_on_who_named_it() {
    let named = |toml: &str| Glomers::new(&["run", "echo"]).file("glomers.toml", toml).end();
    let ended = named("bin = \"nothing\"\n");
    ended.exits(254).says(&["nothing does not exist", "or correct bin in glomers.toml"]);
    let ended = named("build = \"true\"\nbin = \"nothing\"\n");
    ended.exits(254).says(&["nothing does not exist", "correct build or bin in glomers.toml"]);
}

/// A run of an executable file that holds this.
fn executable(content: &str) -> Glomers {
    let run = Glomers::new(&["run", "echo", "--bin", "./node"]).file("node", content);
    let program = run.folder().join("node");
    fs::set_permissions(program, fs::Permissions::from_mode(0o755)).unwrap();
    run
}
