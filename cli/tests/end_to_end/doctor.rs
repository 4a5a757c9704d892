//! `glomers doctor` on fake machines: `PATH` is a folder of small scripts.

use crate::glomers::Glomers;
use nix::sys::signal::Signal;
use serde_json::Value;
use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const JAVA: &str = "echo 'Picked up JAVA_TOOL_OPTIONS: -Xmx1g' >&2
                    echo 'openjdk version \"17.0.15\" 2025-04-15' >&2";
const GNUPLOT: &str = "echo 'gnuplot 5.4 patchlevel 4'";
const GRAPHVIZ: &str = "echo 'dot - graphviz version 2.43.0 (0)' >&2";
/// The script of a program that the tests never start.
const NOTHING: &str = ":";

/// How long `doctor` may take to start the first program.
const PATIENCE: Duration = Duration::from_secs(20);
/// The time limit of a program that hangs, plus some time for a busy machine.
const HANGING: Duration = Duration::from_secs(15);

/// A machine with Homebrew and nothing else: its commands are the same for every user.
fn bare_machine(arguments: &[&str]) -> Glomers {
    let glomers = Glomers::new(arguments);
    let folder = glomers.folder().to_owned();
    glomers
        .variable("PATH", folder.join("bin"))
        .variable("HOME", &folder)
        .variable("XDG_DATA_HOME", folder.join("data"))
        .variable("JAVA_HOME", "")
        .program("brew", NOTHING)
}

/// A machine with everything installed.
fn full_machine(arguments: &[&str]) -> Glomers {
    bare_machine(arguments)
        .program("java", JAVA)
        .program("git", "echo git version 2.47.3")
        .program("gnuplot", GNUPLOT)
        .program("dot", GRAPHVIZ)
        .program("maelstrom", NOTHING)
}

trait Programs {
    /// Puts a script on the `PATH`, replacing an existing one.
    fn program(self, name: &str, script: &str) -> Self;
}

impl Programs for Glomers {
    fn program(self, name: &str, script: &str) -> Self {
        let bin = self.folder().join("bin");
        fs::create_dir_all(&bin).unwrap();
        // Written by another process: a program cannot be started while any process has it open for
        // writing, and children started by other tests inherit the open files of this one.
        let mut writer = Command::new("sh")
            .args(["-c", "cat > \"$0\" && chmod +x \"$0\""])
            .arg(bin.join(name))
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let text =
            if script.starts_with("#!") { script.into() } else { format!("#!/bin/sh\n{script}\n") };
        writer.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        assert!(writer.wait().unwrap().success());
        self
    }
}

/// The finding with this id.
#[track_caller]
fn finding<'a>(report: &'a Value, id: &str) -> &'a Value {
    let findings = report["findings"].as_array().unwrap();
    findings.iter().find(|finding| finding["id"] == id).unwrap_or_else(|| panic!("{report:#}"))
}

#[test]
fn a_machine_with_everything_runs_both() {
    let ended = full_machine(&["doctor", "--engine", "both", "--format", "json"]).end().exits(0);
    let report = ended.json();
    assert_eq!(report["can_run"], true);
    assert_eq!(report["chosen"], serde_json::json!(["embedded", "maelstrom"]));
    assert_eq!(report["engines"]["maelstrom"]["lacks"], serde_json::json!([]));
    let ids: Vec<&str> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["id"].as_str().unwrap())
        .collect();
    assert_eq!(
        ids,
        [
            "glomers-toml",
            "node",
            "store",
            "disk",
            "cores",
            "load",
            "virtual-time",
            "maelstrom",
            "java",
            "git",
            "gnuplot",
            "graphviz"
        ]
    );
    let versions =
        ["java", "git", "gnuplot", "graphviz"].map(|id| &finding(&report, id)["version"]);
    assert_eq!(versions, ["17.0.15", "2.47.3", "5.4.4", "2.43.0"]);
    let maelstrom = finding(&report, "maelstrom");
    assert_eq!(maelstrom["note"], "of unknown version, from PATH");
    assert!(maelstrom["path"].as_str().unwrap().ends_with("bin/maelstrom"));
    // `doctor` checked whether the store could be created, and left no files.
    let mut left: Vec<_> =
        fs::read_dir(ended.folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["bin"]);
}

#[test]
fn the_embedded_engine_needs_none_of_it() {
    bare_machine(&["doctor"]).end().exits(0).says(&[
        "embedded engine: can run",
        "maelstrom engine: cannot run: missing Maelstrom, java, git, gnuplot",
        "glomers install maelstrom",
        "brew install git",
        "brew install gnuplot",
        "brew install graphviz",
    ]);
    bare_machine(&["doctor", "--engine", "maelstrom"]).end().exits(1);
    bare_machine(&["doctor", "--engine", "both"]).end().exits(1);
}

#[test]
fn without_a_package_manager_there_is_advice() {
    let ended = bare_machine(&["doctor", "--format", "json"]);
    fs::remove_file(ended.folder().join("bin").join("brew")).unwrap();
    let report = ended.end().exits(0).json();
    let java = finding(&report, "java");
    assert_eq!(java["command"], Value::Null);
    assert_eq!(java["advice"], "install java with this system's package manager");
}

#[test]
fn a_java_that_is_too_old_will_not_do() {
    let report = full_machine(&["doctor", "--engine", "maelstrom", "--format", "json"])
        .program("java", "echo 'java version \"1.8.0_292\"' >&2")
        .end()
        .exits(1)
        .json();
    let java = finding(&report, "java");
    assert_eq!(java["state"], "too-old");
    assert_eq!(java["note"], "11 or later is needed");
    assert!(java["command"].as_str().unwrap().starts_with("brew install "));
    assert_eq!(report["engines"]["maelstrom"]["lacks"], serde_json::json!(["java"]));
    assert_eq!(report["engines"]["embedded"]["can_run"], true);
}

#[test]
fn a_java_that_only_says_that_there_is_none_is_missing() {
    full_machine(&["doctor", "--engine", "maelstrom"])
        .program("java", "echo 'Unable to locate a Java Runtime.' >&2; exit 1")
        .end()
        .exits(1)
        .says(&["java (missing)", "Unable to locate a Java Runtime."]);
}

#[test]
fn maelstrom_does_not_look_at_java_home() {
    let glomers = full_machine(&["doctor", "--engine", "maelstrom", "--format", "json"]);
    let home = glomers.folder().to_owned();
    let jdk = home.join("jdk").join("bin");
    fs::create_dir_all(&jdk).unwrap();
    fs::rename(home.join("bin").join("java"), jdk.join("java")).unwrap();
    let report = glomers.variable("JAVA_HOME", home.join("jdk")).end().exits(1).json();
    let java = finding(&report, "java");
    assert_eq!(java["state"], "missing");
    assert!(java["note"].as_str().unwrap().ends_with("but Maelstrom does not look there"));
    assert_eq!(java["command"], "export PATH=\"$JAVA_HOME/bin:$PATH\"");
}

#[test]
fn programs_that_hang_are_killed() {
    let start = Instant::now();
    // The script's child would survive if only the script were killed.
    let report = full_machine(&["doctor", "--engine", "maelstrom", "--format", "json"])
        .program("gnuplot", "/bin/sleep 600; :")
        .program("dot", "exec /bin/sleep 600")
        .end()
        .exits(1)
        .json();
    assert!(start.elapsed() < HANGING, "{:?}", start.elapsed());
    let gnuplot = finding(&report, "gnuplot");
    assert_eq!(gnuplot["state"], "wrong");
    assert!(gnuplot["note"].as_str().unwrap().ends_with("did not answer in 5 s"));
    assert_eq!(finding(&report, "graphviz")["state"], "wrong");
}

#[test]
fn ctrl_c_kills_them_at_once() {
    let started =
        full_machine(&["doctor"]).program("gnuplot", "echo > started; /bin/sleep 600; :").start();
    let start = Instant::now();
    while !started.folder().join("started").exists() {
        assert!(start.elapsed() < PATIENCE, "gnuplot was not asked");
        std::thread::sleep(Duration::from_millis(10));
    }
    started.signal(Signal::SIGINT);
    started.end().exits(130).does_not_say("engine");
}

#[test]
fn a_maelstrom_that_is_named_must_be_there() {
    let says = |glomers: Glomers, texts: &[&str]| {
        glomers.end().exits(1).says(&["Maelstrom (wrong)"]).says(texts);
    };
    let engine = ["doctor", "--engine", "maelstrom"];
    says(
        full_machine(&engine).with(&["--maelstrom", "nowhere"]),
        &["--maelstrom names nowhere, which does not exist", "correct --maelstrom"],
    );
    says(
        full_machine(&engine).variable("MAELSTROM_HOME", "nowhere"),
        &["MAELSTROM_HOME names nowhere", "correct MAELSTROM_HOME"],
    );
    says(
        full_machine(&engine).file("glomers.toml", "maelstrom = '.'\n"),
        &["holds neither maelstrom nor lib/maelstrom.jar", "correct `maelstrom` in glomers.toml"],
    );
}

#[test]
fn its_script_needs_bash() {
    full_machine(&["doctor", "--engine", "maelstrom"])
        .program("maelstrom", "#!/usr/bin/env bash\n")
        .end()
        .exits(1)
        .says(&["its script needs bash, which is not on the PATH", "brew install bash"]);
}

#[test]
fn a_broken_project_stops_both_engines() {
    full_machine(&["doctor", "--engine", "both"])
        .file("glomers.toml", "bin = 'x'\n\n[challenge.echo]\nrat = 5\n")
        .end()
        .exits(1)
        .says(&[
            "glomers.toml:4:1",
            "embedded engine: cannot run: missing glomers.toml",
            "maelstrom engine: cannot run: missing glomers.toml",
        ]);
}

#[test]
fn what_builds_the_node_must_be_there() {
    let toml = "build = 'cd node && go build -o ../bin/node'\nbin = 'bin/node'\n\
                [challenge.mine]\nextends = 'echo'\nbuild = 'zigzag build'\n";
    let machine = || full_machine(&["doctor", "--format", "json"]).file("glomers.toml", toml);
    let report = machine().end().exits(1).json();
    let lacks = &report["engines"]["embedded"]["lacks"];
    assert_eq!(*lacks, serde_json::json!(["go", "zigzag"]));
    assert_eq!(finding(&report, "build-tool")["command"], "brew install go");
    let note = finding(&report, "node")["note"].as_str().unwrap();
    assert_eq!(note, "built before a run by `cd node && go build -o ../bin/node`");
    machine().program("go", NOTHING).program("zigzag", NOTHING).end().exits(0);
}

#[test]
fn a_node_that_no_one_builds_must_be_there() {
    let machine = || full_machine(&["doctor"]).file("glomers.toml", "bin = 'bin/node'\n");
    machine().end().exits(1).says(&["node (missing)", "correct bin in glomers.toml"]);
    machine().program("node", NOTHING).end().exits(0);
    let unusable = machine().file("bin/node", "");
    unusable.end().exits(1).says(&["node (wrong)", "not executable", "chmod +x"]);
}

#[test]
fn a_store_that_cannot_be_written_stops_both_engines() {
    full_machine(&["doctor", "--engine", "both", "--store", "file/store"])
        .file("file", "")
        .end()
        .exits(1)
        .says(&["file is not a folder", "cannot run: missing store"]);
}

#[test]
fn markdown_is_for_reports() {
    let ended = full_machine(&["doctor", "--format", "markdown"]).end().exits(0);
    assert!(ended.stdout.starts_with("| "), "{}", ended.stdout);
    ended.says(&["| java | ok | 17.0.15, bin/java | - | needed |"]);
}
