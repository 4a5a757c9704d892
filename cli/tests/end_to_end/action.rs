//! The scripts behind `action.yml`, with the variables that its steps set. What the YAML itself says is
//! not tried here.

use crate::glomers::Glomers;
use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The command under test.
const GLOMERS: &str = env!("CARGO_BIN_EXE_glomers");
/// A `gh` that writes down its arguments and what it sends, and knows of the comments in a file.
const GH: &str = r#"#!/bin/sh
echo "gh $*" >> "$RUNNER_TEMP/gh.log"
case "$*" in
    *--paginate*) cat "$RUNNER_TEMP/comments" ;;
    *) for word; do case $word in body=@*) cat "${word#body=@}" >> "$RUNNER_TEMP/gh.log" ;; esac; done ;;
esac
"#;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// A folder with what a runner provides.
struct Runner {
    folder: tempfile::TempDir,
}

impl Runner {
    /// `None` where there is no bash, which is printed.
    fn new() -> Option<Self> {
        if Command::new("bash").arg("--version").output().is_err() {
            glomers_recordings::skipped("the scripts of action.yml: bash is not installed");
            return None;
        }
        let runner = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(runner.path("bin")).unwrap();
        std::os::unix::fs::symlink(GLOMERS, runner.path("bin/glomers")).unwrap();
        fs::write(runner.path("bin/gh"), GH).unwrap();
        fs::set_permissions(runner.path("bin/gh"), fs::Permissions::from_mode(0o755)).unwrap();
        fs::write(runner.path("comments"), "").unwrap();
        Some(runner)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    fn script(&self, name: &str, variables: &[(&str, &str)]) -> Output {
        let path = std::env::var("PATH").unwrap();
        Command::new(repository().join(".github/action").join(name))
            .current_dir(self.folder.path())
            .env("PATH", format!("{}:{path}", self.path("bin").display()))
            .env("RUNNER_TEMP", self.folder.path())
            .env("GITHUB_OUTPUT", self.path("outputs"))
            .env("GITHUB_STEP_SUMMARY", self.path("summary.md"))
            .envs(variables.iter().copied())
            .output()
            .unwrap()
    }

    /// The outputs so far.
    fn outputs(&self) -> HashMap<String, String> {
        let text = self.read("outputs");
        let pairs = text.lines().map(|line| line.split_once('=').unwrap());
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// Runs challenges, and returns the exit status of glomers.
    fn run(&self, challenges: &str, args: &str) -> String {
        let variables = [("CHALLENGES", challenges), ("BIN", ""), ("ARGS", args)];
        let done = self.script("run.sh", &variables);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        self.outputs()["status"].clone()
    }
}

#[test]
fn every_script_that_the_action_names_can_be_run() {
    let action = fs::read_to_string(repository().join("action.yml")).unwrap();
    let named = action.split(".github/action/").skip(1);
    let named: Vec<&str> = named.map(|rest| rest.split(['"', '\'']).next().unwrap()).collect();
    assert_eq!(named.len(), 4, "{named:?}");
    for name in named {
        let path = repository().join(".github/action").join(name);
        let mode = fs::metadata(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_ne!(mode.permissions().mode() & 0o100, 0, "{name} cannot be executed");
    }
}

#[test]
fn a_run_succeeds_as_a_step_and_keeps_its_status() {
    let Some(runner) = Runner::new() else { return };
    let short = "--sim --seed 1 --time-limit 1";
    assert_eq!(runner.run("echo\n  3a", short), "0");
    let store = PathBuf::from(&runner.outputs()["store"]);
    assert!(store.join("echo/latest").exists() && store.join("broadcast/latest").exists());
    // Quoted words are one argument each.
    assert_eq!(runner.run("echo", &format!("{short} --targets 'op-count < 1'")), "1");
    assert_eq!(runner.run("no-such-challenge", ""), "254");
}

#[test]
fn the_table_is_the_summary_and_a_baseline_decides() {
    let Some(runner) = Runner::new() else { return };
    let help = Glomers::new(&["report", "--help"]).end().exits(0).stdout;
    if !help.contains("--html") {
        glomers_recordings::skipped("report.sh of action.yml: report has no --html");
        return;
    }
    let report = |baseline: &str| {
        let outputs = runner.outputs();
        let variables = [
            ("STORE", &*outputs["store"]),
            ("REPORT", &*outputs["report"]),
            ("BASELINE", baseline),
        ];
        let done = runner.script("report.sh", &variables);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        runner.outputs()
    };
    assert_eq!(runner.run("no-such-challenge", ""), "254");
    assert_eq!(report("")["written"], "false");

    let lossy = "--sim --seed 1 --time-limit 2 --recovery 10 --nemesis loss --loss 0.9 \
                 --nemesis-interval 0.3";
    assert_eq!(runner.run("broadcast-b", lossy), "0");
    let good = Path::new(&runner.outputs()["store"]).join("broadcast/latest");
    let outputs = report(good.to_str().unwrap());
    assert_eq!(outputs["written"], "true");
    assert!(!outputs.contains_key("worse"), "{outputs:?}");
    for name in ["report.md", "report.html", "junit.xml"] {
        let path = Path::new(&outputs["report"]).join(name);
        assert_ne!(fs::read_to_string(path).unwrap(), "", "{name}");
    }
    assert!(runner.read("summary.md").contains("| broadcast-b | valid "));

    // Of several runs, each has a page.
    assert_eq!(runner.run("echo 3a", "--sim --seed 1 --time-limit 1"), "0");
    let folder = PathBuf::from(&report("")["report"]);
    let names = fs::read_dir(&folder).unwrap().map(|it| it.unwrap().file_name());
    let names: Vec<String> = names.map(|name| name.into_string().unwrap()).collect();
    let is_there = |begin: &str, end: &str| {
        names.iter().any(|name| name.starts_with(begin) && name.ends_with(end))
    };
    assert!(is_there("echo-", "-s1.html") && is_there("broadcast-", "-s1.html"), "{names:?}");

    let forgets = format!("{lossy} --node broadcast-forgets-to-retry");
    assert_eq!(runner.run("broadcast-b", &forgets), "1");
    assert_eq!(report(good.to_str().unwrap())["worse"], "true");
}

#[test]
fn a_later_comment_replaces_the_earlier_one() {
    let Some(runner) = Runner::new() else { return };
    fs::write(runner.path("report.md"), "| the table |\n").unwrap();
    let table = runner.path("report.md");
    let comment = || {
        let variables = [
            ("GH_REPO", "owner/name"),
            ("PULL_REQUEST", "7"),
            ("TABLE", table.to_str().unwrap()),
            ("NAME", "glomers"),
        ];
        let done = runner.script("comment.sh", &variables);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let log = runner.read("gh.log");
        fs::remove_file(runner.path("gh.log")).unwrap();
        (log, String::from_utf8(done.stdout).unwrap())
    };
    let (log, _) = comment();
    assert!(log.contains("gh api --method POST repos/owner/name/issues/7/comments "), "{log}");
    assert!(log.contains("<!-- glomers: glomers -->\n| the table |\n"), "{log}");
    fs::write(runner.path("comments"), "41\n42\n").unwrap();
    let (log, _) = comment();
    assert!(log.contains("gh api --method PATCH repos/owner/name/issues/comments/41 "), "{log}");
    fs::write(&table, "long ".repeat(20_000)).unwrap();
    let (log, _) = comment();
    assert!(log.contains("too long for a comment") && !log.contains("long long"), "{log}");
    // A token that may only read.
    fs::remove_file(runner.path("comments")).unwrap();
    let (log, said) = comment();
    assert!(!log.contains("PATCH") && said.starts_with("::warning title=glomers::"), "{log}{said}");
}
