//! `glomers run --engine maelstrom`, with a program that replays recorded runs of the real one.

use crate::glomers::{Ended, Glomers, Started, misbehaving_node, recordings, replay_maelstrom};
use nix::sys::signal::Signal;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

/// How long a run may take to begin.
const PATIENCE: Duration = Duration::from_secs(20);

/// A run that replays this recording. Its nodes fork children that outlive them.
fn replay(recording: &str) -> Glomers {
    let challenge = if matches!(recording, "broadcast" | "unknown") { "3a" } else { "echo" };
    let program = replay_maelstrom().display().to_string();
    Glomers::run(challenge, "forks")
        .with(&["--engine", "maelstrom", "--maelstrom", &program])
        .variable("REPLAY_RECORDING", recordings().join(recording))
}

/// The same, with another end than recorded.
fn ending(end: &str) -> Glomers {
    replay("valid").variable("REPLAY_END", end)
}

fn record(folder: &Path) -> Value {
    serde_json::from_slice(&fs::read(folder.join("run.json")).unwrap()).unwrap()
}

/// The only run in the store of a workload.
fn only_run(ended: &Ended, workload: &str) -> std::path::PathBuf {
    let runs = fs::read_dir(ended.folder.path().join("store").join(workload)).unwrap();
    let mut runs: Vec<_> = runs.map(|run| run.unwrap().path()).filter(|run| run.is_dir()).collect();
    assert_eq!(runs.len(), 1);
    runs.remove(0)
}

#[test]
fn targets_that_need_our_journal_are_refused() {
    let refused = replay("broadcast").with(&["--targets", "propagation-max<100"]).end();
    refused
        .exits(254)
        .says(&["the target propagation-max cannot be measured with --engine maelstrom"]);
}

#[test]
fn a_valid_run_is_shown_and_stored_like_one_of_ours() {
    let ended = replay("broadcast").end().exits(0).says(&[
        "broadcast-a: valid (",
        "Maelstrom, ",
        "│ stable-latency-max",
        "│ op-latency-p50",
        "files: store/broadcast/",
    ]);
    let record = record(&ended.latest());
    assert_eq!((&record["engine"], &record["seed"]), (&"maelstrom".into(), &Value::Null));
    assert_eq!((&record["valid"], &record["plan"]["seed"]), (&true.into(), &Value::Null));
    // Metrics that need glomers' journal.
    for metric in ["propagation-p50", "propagation-max", "load-server-msgs-per-op"] {
        assert_eq!(record["metrics"][metric], Value::Null, "{metric}");
    }
    assert_eq!(record["metrics"]["duplicated-count"], 0);
    // Pictures of the history, in the colours and words of ours.
    let drawn = ["latency.svg", "latency-quantiles.svg", "rate.svg", "messages.svg"];
    let drawn = drawn.map(|name| ended.latest().join(name).is_file());
    assert_eq!(drawn, [true, true, true, false]);
    let log = ended.file("console.log");
    assert!(log.starts_with("INFO [") && log.contains("Everything looks good!"));
    let in_store = fs::read_dir(ended.folder.path().join("store")).unwrap();
    let mut names: Vec<_> = in_store.map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["broadcast", "latest"]);
}

#[test]
fn json_is_that_of_the_embedded_engine() {
    let keys = |json: &Value| json.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let ended = replay("valid").with(&["--format", "json"]).end().exits(0);
    let ours = Glomers::run("echo", "forks").with(&["--format", "json"]).end().exits(0);
    assert_eq!(keys(&ended.json()), keys(&ours.json()));
    assert_eq!(ended.json()["engine"], "maelstrom");
    assert_eq!(ended.json()["metrics"]["op-count"], 3);
}

#[test]
fn its_verdicts_are_reported_with_our_reasons() {
    replay("invalid")
        .end()
        .exits(1)
        .says(&["echo: invalid", "why:", "files: store/echo/"])
        .does_not_say("cannot be trusted");
    replay("unknown").end().exits(2).says(&["broadcast-a: unknown"]);
}

#[test]
fn a_node_that_crashes_is_reported_with_its_last_words() {
    let ended = replay("node-crash").end().exits(1).says(&[
        "echo: invalid",
        "why: node n0 exited with status 1 during the run; its last words: init n0 Traceback: boom",
        "its log: store/echo/",
    ]);
    let record = record(&ended.latest());
    assert_eq!(record["valid"], false);
    assert!(record["failure"].as_str().unwrap().starts_with("node n0 exited with status 1"));
    replay("no-init").end().exits(1).says(&["node n0 did not answer init within 10 s"]);
}

#[test]
fn a_run_that_hangs_is_killed_with_its_nodes() {
    let ended = ending("hang")
        .with(&["--timeout", "0.5"])
        .end()
        .exits(255)
        .says(&["echo: unknown", "was not done after 0.5 s (running): give it more time with"]);
    let run = only_run(&ended, "echo");
    assert_eq!(record(&run)["valid"], "unknown");
    assert!(run.join("console.log").exists());
}

#[test]
fn what_is_no_run_is_not_taken_for_one() {
    let ended = ending("garbage")
        .end()
        .exits(255)
        .says(&["its log names no run: is this Maelstrom?", "its log: store/console-"]);
    assert!(!ended.stdout.contains('\u{1b}') && !ended.stderr.contains('\u{1b}'));
    Glomers::run("echo", "forks")
        .with(&["--engine", "maelstrom", "--maelstrom", "/bin/true"])
        .end()
        .exits(255)
        .says(&["names no run"]);
    Glomers::run("echo", "forks")
        .with(&["--engine", "maelstrom", "--maelstrom", "/bin/false"])
        .end()
        .exits(255)
        .says(&["Maelstrom exited with status 1 and no explanation"]);
}

#[test]
fn results_must_be_there_and_whole() {
    ending("no-results").end().exits(255).says(&["its results cannot be read", "no results.edn"]);
    ending("cut-results").end().exits(255).says(&[
        "its results cannot be read",
        "results.edn",
        "the history is in the same folder",
    ]);
}

#[test]
fn results_of_a_newer_version_are_shown_with_what_is_unknown() {
    ending("newer-results").end().exits(0).says(&["unknown to this version", "mood"]);
}

#[test]
fn a_verdict_without_a_last_word_is_not_trusted() {
    ending("no-last-word")
        .end()
        .exits(2)
        .says(&["echo: unknown", "did not say \"Everything looks good!\""]);
}

#[test]
fn memory_and_java_are_reported_with_what_to_do() {
    ending("out-of-memory")
        .end()
        .exits(255)
        .says(&["Maelstrom ran out of memory (analyzing): give it more with --jvm-opt -Xmx4g"]);
    for (end, message) in [
        ("no-java", "Maelstrom needs Java, which is not on the PATH"),
        ("old-java", "has been compiled by a more recent version"),
    ] {
        let ended = ending(end).end().exits(255).says(&[message, "`glomers doctor` says how"]);
        // No run was made, so no files are kept.
        let store = fs::read_dir(ended.folder.path().join("store")).unwrap();
        assert_eq!(store.count(), 0);
    }
    // The JVM's second line describes what is wrong with the options.
    ending("small-heap").end().exits(254).says(&[
        "the JVM did not start: Error occurred during initialization of VM; Too small maximum heap",
        "correct --jvm-opt",
    ]);
}

#[test]
fn what_maelstrom_lacks_is_not_the_nodes_fault() {
    let ended = ending("no-git").end().exits(255).says(&[
        "echo: unknown",
        "Maelstrom could not start git, which it needs: error=2, No such file or directory",
        "`glomers doctor --engine maelstrom` says what is missing",
    ]);
    ended.does_not_say("the node could not be started");
}

#[test]
fn a_node_that_prints_to_stdout_before_init_ok_is_informed() {
    ending("bad-line").end().exits(1).says(&[
        "echo: invalid",
        "node n0 did not answer init within 10 s, since Maelstrom read nothing more of it after it \
         printed a line to stdout that is not well-formed JSON: `Starting up!`",
    ]);
}

#[test]
fn the_record_says_which_maelstrom_ran_how() {
    let ended = replay("valid").end().exits(0);
    let record = record(&ended.latest());
    let maelstrom = &record["maelstrom"];
    let path = replay_maelstrom().canonicalize().unwrap();
    assert_eq!(Path::new(maelstrom["path"].as_str().unwrap()).canonicalize().unwrap(), path);
    let command = maelstrom["command"].as_str().unwrap();
    assert!(
        command.contains(" test -w echo --bin /") && command.ends_with(" -- forks"),
        "{command}"
    );
    for key in ["version", "java"] {
        assert!(maelstrom.as_object().unwrap().contains_key(key), "{record:#}");
    }
    let ours = Glomers::run("echo", "forks").end().exits(0);
    assert_eq!(self::record(&ours.latest())["maelstrom"], Value::Null);
}

#[test]
fn two_runs_at_once_keep_apart() {
    // Two runs in one store, each with its own recording.
    let store = tempfile::tempdir().unwrap();
    let path = store.path().display().to_string();
    let start = |recording| {
        let slowly = replay(recording).with(&["--store", &path, "--format", "json"]);
        slowly.variable("REPLAY_SPEED", "20").start()
    };
    let (first, second) = (start("valid"), start("invalid"));
    let (first, second) = (first.end().exits(0), second.end().exits(1));
    let folder = |ended: &Ended| ended.json()["store"].as_str().unwrap().to_owned();
    assert_ne!(folder(&first), folder(&second));
    for (ended, word) in [(&first, "Everything looks good!"), (&second, "Analysis invalid!")] {
        let log = fs::read_to_string(Path::new(&folder(ended)).join("console.log")).unwrap();
        assert!(log.contains(word));
    }
}

/// Starts a run that hangs, and waits until it has operations.
fn hanging() -> Started {
    let started = ending("hang").start();
    let start = Instant::now();
    let has_log = || {
        let echo = fs::read_dir(started.folder().join("store/echo"));
        echo.is_ok_and(|mut runs| {
            runs.any(|run| run.is_ok_and(|run| run.path().join("console.log").exists()))
        })
    };
    while !has_log() {
        assert!(start.elapsed() < PATIENCE, "the run did not begin");
        std::thread::sleep(Duration::from_millis(10));
    }
    started
}

#[test]
fn ctrl_c_leaves_a_log_and_no_process() {
    let started = hanging();
    started.signal(Signal::SIGINT);
    let ended = started.end().exits(130).says(&["echo: stopped"]);
    assert_eq!(record(&only_run(&ended, "echo"))["interrupted"], true);
}

#[test]
fn our_own_death_leaves_no_process() {
    let started = hanging();
    started.signal(Signal::SIGKILL);
    assert_eq!(started.end().status, None);
}

#[test]
fn verbose_shows_its_output_and_logs_are_not_mixed_into_stdout() {
    let ended = replay("valid").with(&["--verbose"]).end().exits(0);
    assert!(ended.stderr.contains("jepsen.core Analyzing...") && !ended.stdout.contains("INFO ["));
}

#[test]
fn what_the_reference_lacks_is_refused() {
    for (flags, message) in [
        (["--seed", "1"], "Maelstrom has no --seed"),
        (["--recovery", "3"], "Maelstrom has no --recovery"),
        (["--time-limit", "0.5"], "takes whole seconds, not 0.5"),
        (["--no-journal", "--quiet"], "Maelstrom has no --no-journal"),
    ] {
        let with_flags = replay("valid").with(&flags);
        let ended = with_flags.end().exits(254).says(&[message, "--engine embedded"]);
        assert!(!ended.folder.path().join("store").exists());
    }
    for flags in [["--jvm-opt", "-Xmx4g"], ["--timeout", "9"], ["--maelstrom", "x"]] {
        let ours = Glomers::run("echo", "forks").with(&flags);
        ours.end().exits(254).says(&["is for --engine maelstrom"]);
    }
    Glomers::run("echo", "forks")
        .with(&["--engine", "maelstrom"])
        .variable("PATH", "/nowhere")
        .variable("HOME", "/nowhere")
        .variable("XDG_DATA_HOME", "/nowhere")
        .end()
        .exits(254)
        .says(&["Maelstrom is not installed: run `glomers install maelstrom`"]);
}

#[test]
fn kill_and_pause_go_to_a_maelstrom_that_knows_them() {
    let faults = ["--nemesis", "kill,pause", "--dry-run"];
    replay("valid").with(&faults).end().exits(254).says(&[
        "Maelstrom's nemesis knows only partition, not kill",
        "since July 2026",
        "--engine embedded",
    ]);
    let newer = || replay("valid").variable("REPLAY_FAULTS", "`partition`, `kill`, `pause`");
    let ended = newer().with(&faults).end().exits(0);
    assert!(ended.stdout.contains(" --nemesis 'kill,pause'"), "{}", ended.stdout);
    newer().with(&["--nemesis", "kill"]).end().exits(0).says(&["echo: valid"]);
    newer()
        .with(&["--nemesis", "kill", "--kill-targets", "all"])
        .end()
        .exits(254)
        .says(&["Maelstrom has no --kill-targets"]);
}

#[test]
fn a_dry_run_prints_one_line_for_each_challenge_and_starts_nothing() {
    let nowhere = |args: &[&str]| {
        let call = Glomers::new(args).variable("HOME", "/nowhere").variable("PATH", "/nowhere");
        call.variable("XDG_DATA_HOME", "/nowhere").file("glomers.toml", "build = 'false'")
    };
    let ended = nowhere(&["run", "all", "--dry-run", "--bin", "/my node"]).end().exits(0);
    let lines: Vec<&str> = ended.stdout.lines().collect();
    assert_eq!((lines.len(), ended.stderr.as_str()), (14, ""));
    assert_eq!(
        lines[13],
        "maelstrom test -w txn-rw-register --bin '/my node' --node-count 2 --time-limit 20 \
         --rate 1000 --concurrency 2n --consistency-models read-committed --availability total \
         --nemesis partition"
    );
    assert!(lines.iter().all(|line| line.starts_with("maelstrom test -w ")));
    assert_eq!(fs::read_dir(ended.folder.path()).unwrap().count(), 1, "only glomers.toml");
    let pasted = nowhere(&["run", "echo", "--dry-run", "--bin", "n", "--jvm-opt", "-Xmx4g"])
        .with(&["--jvm-opt", "-Xss1m", "--rate", "7", "--", "--my-flag", "it's"])
        .end()
        .exits(0);
    let bin = pasted.folder.path().canonicalize().unwrap().join("n");
    assert_eq!(
        pasted.stdout,
        format!(
            "JAVA_TOOL_OPTIONS='-Xmx4g -Xss1m' maelstrom test -w echo --bin {} --node-count 1 \
             --time-limit 10 --rate 7 -- --my-flag \"it's\"\n",
            bin.display()
        )
    );
    nowhere(&["run", "echo", "--dry-run", "--maelstrom", "no"])
        .end()
        .exits(254)
        .says(&["--maelstrom names no, which does not exist"]);
}

#[test]
fn both_engines_are_shown_side_by_side() {
    let both = |recording: &str, format: &str| {
        let program = replay_maelstrom().display().to_string();
        let node = misbehaving_node().display().to_string();
        Glomers::new(&["run", "echo", "--node-count", "1", "--time-limit", "1", "--rate", "20"])
            .with(&["--engine", "both", "--maelstrom", &program, "--bin", &node])
            .with(&["--format", format])
            .variable("REPLAY_RECORDING", recordings().join(recording))
            .with(&["--", "forks"])
    };
    both("valid", "table").end().exits(0).says(&[
        "echo: valid (",
        "embedded engine, seed ",
        "both engines agree: valid",
        "embedded ┆ maelstrom ┆ difference",
    ]);
    let ended = both("invalid", "table").end().exits(1);
    ended.says(&["verdict: embedded says valid, Maelstrom says invalid", "- workload: embedded"]);
    // With `both`, the embedded engine stops reading a node where Maelstrom does, and never ends
    // early.
    let ended = both("valid", "json").end().exits(0);
    let folder = ended.json()["embedded"]["store"].as_str().unwrap().to_owned();
    let record = fs::read_to_string(ended.folder.path().join(folder).join("run.json")).unwrap();
    let record: serde_json::Value = serde_json::from_str(&record).unwrap();
    assert_eq!(record["plan"]["strict"], true);
    assert_eq!(record["plan"]["keep-going"], true);
}
