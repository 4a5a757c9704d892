//! Nodes in other languages, in virtual time: each has threads or timers, and is written as people
//! write it. A language that is not installed is skipped, which is printed.

#![cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]

use crate::glomers::Glomers;
use crate::simulated_programs::programs_cannot_be_simulated;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs a node under partitions, twice: it is valid, and comes out the same.
fn is_valid_and_repeatable(bin: &Path, node_args: &[&str]) {
    let bin = bin.display().to_string();
    let mut run = Glomers::new(&[
        "run",
        "broadcast-c",
        "--sim",
        "--seed",
        "3",
        "--time-limit",
        "5",
    ])
    .with(&["--node-count", "3", "--recovery", "2", "--nemesis-interval", "1", "--bin", &bin]);
    if !node_args.is_empty() {
        run = run.with(&["--"]).with(node_args);
    }
    let run = run.end().exits(0).says(&["broadcast-c: valid", "simulated, seed 3"]);
    let run = run.does_not_say("not exactly repeatable");
    let again = run.then(&["replay", "store/latest"]).end().exits(0);
    again.says(&["valid, as before", "identical, byte by byte"]);
}

/// Whether a program is installed; if not, that is printed.
fn is_installed(program: &str) -> bool {
    let is_there = Command::new(program).arg("--version").output().is_ok()
        || Command::new(program).arg("version").output().is_ok();
    if !is_there {
        glomers_recordings::skipped(&format!("a node that needs {program}: it is not installed"));
    }
    is_there
}

fn source(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/languages").join(name)
}

/// Compiles a node into a new folder.
fn compiled(compiler: &str, args: &[&str], name: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(compiler);
    command.args(args).arg(source(name)).current_dir(folder.path());
    // A toolchain's cache is in the home directory, which need not be writable.
    command.env("GOCACHE", folder.path().join("cache")).env("GO111MODULE", "off");
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    folder
}

/// The path of a program, for nodes that are started by an interpreter.
fn found(program: &str) -> PathBuf {
    let found = Command::new("sh").args(["-c", &format!("command -v {program}")]).output().unwrap();
    PathBuf::from(String::from_utf8(found.stdout).unwrap().trim())
}

#[test]
fn python() {
    if programs_cannot_be_simulated() {
        return;
    }
    if is_installed("python3") {
        is_valid_and_repeatable(&found("python3"), &[source("node.py").to_str().unwrap()]);
    }
}

#[test]
fn javascript() {
    if programs_cannot_be_simulated() {
        return;
    }
    if is_installed("node") {
        is_valid_and_repeatable(&found("node"), &[source("node.js").to_str().unwrap()]);
    }
}

#[test]
fn ruby() {
    if programs_cannot_be_simulated() {
        return;
    }
    if is_installed("ruby") {
        is_valid_and_repeatable(&found("ruby"), &[source("node.rb").to_str().unwrap()]);
    }
}

#[test]
fn java() {
    if programs_cannot_be_simulated() {
        return;
    }
    if is_installed("javac") && is_installed("java") {
        let folder = compiled("javac", &["-d", "."], "Node.java");
        let classes = folder.path().to_str().unwrap();
        is_valid_and_repeatable(
            &found("java"),
            &["-XX:TieredStopAtLevel=1", "-cp", classes, "Node"],
        );
    }
}

#[test]
fn go() {
    if programs_cannot_be_simulated() {
        return;
    }
    if is_installed("go") {
        let folder = compiled("go", &["build", "-o", "node"], "node.go");
        is_valid_and_repeatable(&folder.path().join("node"), &[]);
    }
}

#[test]
fn cpp() {
    if programs_cannot_be_simulated() {
        return;
    }
    if is_installed("c++") {
        for linked in [&["-O1", "-pthread", "-o", "node"][..], &["-static", "-O1", "-o", "node"]] {
            let folder = compiled("c++", linked, "node.cpp");
            is_valid_and_repeatable(&folder.path().join("node"), &[]);
        }
    }
}
