//! Arguments and programs that cannot be used: exit 254, and a message that says what to do.

use crate::glomers::Glomers;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

#[test]
fn bad_values_name_the_flag_the_value_and_what_is_allowed() {
    for (flag, value, allowed) in [
        ("--node-count", "0", "a whole number from 1 to 1000"),
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
        ("--reorder", "0", "a positive whole number of milliseconds"),
        ("--slow", "1", "a factor above 1"),
        ("--skew", "-0.5", "a fraction between 0 and 1"),
        ("--nemesis-interval", "0", "a number of seconds from 0.01 to a year"),
        ("--nemesis-interval", "x", "expected a number of seconds from 0.01 to a year"),
        ("--topology", "ring", "one of grid, line, total, tree, tree2, tree3, tree4"),
        ("--availability", "2", "total, or a fraction from 0 to 1"),
        ("--recovery", "soon", "a number of seconds"),
        ("--recovery", "auto", "auto is gone"),
        ("--init-timeout", "0", "a positive number of seconds"),
        ("--init-timeout", "x", "expected a positive number of seconds"),
        ("--rpc-timeout", "0", "a positive whole number of milliseconds"),
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
        ("#!/opt/nowhere/bin/bash\n", "(there is bash: write #!/usr/bin/env bash)"),
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

#[test]
fn sources_without_an_interpreter_say_what_to_write() {
    let python = "import sys, json\nfor line in sys.stdin:\n    pass\n";
    executable(python).end().exits(254).says(&[
        "has no #! line, so a shell would run it",
        "write #!/usr/bin/env python3 as its first line",
    ]);
    for (name, content, expected) in [
        ("node.py", python, "write #!/usr/bin/env python3 as its first line, and run chmod +x"),
        ("node.js", "x = 3\n", "#!/usr/bin/env node"),
        ("node.rb", "puts 3\n", "#!/usr/bin/env ruby"),
        ("main.go", "package main\n", "build a program of it (such as `go build -o node .`)"),
        ("node.jar", "PK\u{3}\u{4}\0", "exec java -jar"),
        ("Node.class", "\u{0}\u{1}", "exec java -cp"),
    ] {
        for mode in [0o644, 0o755] {
            let bin = format!("./{name}");
            let run = Glomers::new(&["run", "echo", "--bin", &bin]).file(name, content);
            let program = run.folder().join(name);
            fs::set_permissions(program, fs::Permissions::from_mode(mode)).unwrap();
            run.end().exits(254).says(&[expected]);
        }
    }
    executable("\u{feff}#!/bin/sh\n")
        .end()
        .exits(254)
        .says(&["a byte order mark stands before it"]);
    executable("\n#!/bin/sh\n").end().exits(254).says(&["must be the first two bytes"]);
    executable("").end().exits(254).says(&["is empty"]);
}

#[test]
fn command_lines_in_place_of_a_program_say_what_to_write() {
    let node = "#!/bin/sh\n";
    let run = |args: &[&str]| {
        Glomers::new(&["run", "echo"]).with(args).file("node.sh", node).end().exits(254)
    };
    run(&["--bin", "sh node.sh"])
        .says(&["a program and its arguments are written apart: --bin /"])
        .says(&["/sh -- /", "/node.sh"]);
    let module = Glomers::new(&["run", "echo", "--bin", "python3", "--", "-m", "mine.node"]);
    let module = module.file("mine/node.py", "").end().exits(254);
    // If Python is not installed, that is reported first.
    if !module.stderr.contains("it is not on the PATH either") {
        module.says(&["python3 is looked for in this folder only", "/mine/node.py"]);
    }
    run(&["--bin", "sh", "--", "node.sh"])
        .says(&["sh is looked for in this folder only: write --bin"])
        .says(&["/node.sh"]);
    run(&["--bin", "/bin/sh", "--", "node.sh"]).says(&[
        "node.sh is here, but every node runs in a private folder",
        "write --bin /bin/sh -- /",
    ]);
    run(&["--bin", "/bin/sh", "--", "-cp", "/x:node.sh", "X"]).says(&["-cp /x:/", "/node.sh X"]);
    run(&["--bin", "/bin/sh", "--", "-cp", ".", "X"]).says(&[". is here, but every node runs in"]);
    run(&["--bin", "/bin/sh"]).says(&["runs no node by itself"]);
    run(&["--bin", "gopher run main.go"])
        .says(&["if gopher is the program, it is not on the PATH"]);
    run(&["--bin", "racket", "--", "x.rkt"]).says(&["not on the PATH either: install racket"]);
    run(&["--bin", "./nod.sh"]).says(&["does not exist: did you mean", "node.sh?"]);
    run(&["--bin=~/node"]).says(&["the shell did not replace the ~"]);
    // A program that is not built yet may be called node.
    run(&["--bin", "./node"]).says(&["did you mean"]);
    let toml = |text: &str| {
        let run = Glomers::new(&["run", "echo"]).file("node.sh", node).file("glomers.toml", text);
        run.end().exits(254)
    };
    toml("bin = 'sh node.sh'\n").says(&["written apart: bin = \"/", "and args = [\"/"]);
    toml("bin = '/bin/sh'\nargs = ['node.sh']\n").says(&["node.sh is here", "args = [\"/"]);
    toml("bin = 'node'\n").says(&["does not exist"]);
}

#[test]
fn arguments_that_are_files_here_are_pointed_out() {
    let ended = Glomers::run("echo", "none").file("conf.json", "{}").node("none");
    let ended = ended.with(&["--rate", "5"]);
    ended.end().exits(0).does_not_say("note:");
    let bin = crate::glomers::misbehaving_node().display().to_string();
    Glomers::new(&["run", "echo", "--time-limit", "1", "--bin", &bin, "--", "--config=conf.json"])
        .file("conf.json", "{}")
        .end()
        .exits(0)
        .says(&["note: the argument --config=conf.json is also a file here", "write --config=/"]);
}

/// A run of an executable file that holds this.
fn executable(content: &str) -> Glomers {
    let run = Glomers::new(&["run", "echo", "--bin", "./node"]).file("node", content);
    let program = run.folder().join("node");
    fs::set_permissions(program, fs::Permissions::from_mode(0o755)).unwrap();
    run
}
