//! Runs of the built-in node.

use crate::glomers::Glomers;
use glomers_recordings::{recordings, text};

/// Options that make a run short.
const SHORT: [&str; 6] = ["--time-limit", "1", "--rate", "50", "--recovery", "0.6"];

#[test]
fn echo_prints_verdict_metrics_and_files() {
    Glomers::new(&["run", "echo", "--seed", "7"])
        .with(&SHORT)
        .end()
        .exits(0)
        .says(&["echo: valid", "glomers' own node", "seed 7", "msgs-per-op", "files: "])
        .stores("true");
}

/// Checks that a short run of the built-in node is valid, and that `check` confirms it.
fn is_valid(challenge: &str, workload: &str) {
    // Messages lost in a partition are sent again after a second.
    let run = Glomers::new(&["run", challenge]).with(&SHORT).with(&["--recovery", "1.4"]);
    let ended =
        run.end().exits(0).says(&[&format!("{challenge}: valid"), "op-count"]).stores("true");
    let run = ended.latest().display().to_string();
    let again = Glomers::new(&["check", &run]).end().exits(0);
    again.says(&[&format!("{workload}: valid")]);
}

#[test]
fn the_counter_is_exact() {
    is_valid("g-counter", "g-counter");
}

#[test]
fn the_logs_keep_every_message() {
    is_valid("kafka-b", "kafka");
}

#[test]
fn transactions_read_what_was_committed() {
    is_valid("txn-c", "txn-rw-register");
}

#[test]
fn a_node_that_does_not_play_a_workload_is_not_asked_to() {
    let extends = "[challenge.mine]\nworkload = 'lin-kv'\nconcurrency = '2n'\n";
    Glomers::new(&["run", "mine"])
        .file("glomers.toml", extends)
        .end()
        .exits(254)
        .says(&["glomers' own node does not play lin-kv: name a node with --bin"]);
}

#[test]
fn several_challenges_are_one_array() {
    let ended = Glomers::new(&["run", "1", "unique-ids", "3b", "--format", "json", "--quiet"])
        .with(&SHORT)
        .end()
        .exits(0);
    let runs = ended.json();
    let names: Vec<&str> =
        runs.as_array().unwrap().iter().map(|run| run["challenge"].as_str().unwrap()).collect();
    assert_eq!(names, ["echo", "unique-ids", "broadcast-b"]);
    assert!(runs.as_array().unwrap().iter().all(|run| run["valid"] == true));
}

#[test]
fn json_has_the_promised_keys_and_every_metric() {
    let ended =
        Glomers::new(&["run", "broadcast-b", "--format", "json"]).with(&SHORT).end().exits(0);
    let run = ended.json();
    for key in [
        "challenge",
        "workload",
        "engine",
        "clock",
        "seed",
        "valid",
        "targets",
        "store",
        "wall_seconds",
    ] {
        assert!(run.get(key).is_some(), "{key}");
    }
    let metrics = run["metrics"].as_object().unwrap();
    for name in [
        "msgs-per-op",
        "server-msgs-per-op",
        "load-server-msgs-per-op",
        "ok-fraction",
        "op-count",
        "stable-count",
        "stale-count",
        "lost-count",
        "never-read-count",
        "duplicated-count",
        "stable-latency-p50",
        "stable-latency-p95",
        "stable-latency-p99",
        "stable-latency-max",
        "op-latency-p50",
        "op-latency-p95",
        "op-latency-p99",
        "op-latency-max",
        "propagation-p50",
        "propagation-max",
    ] {
        assert!(metrics.contains_key(name), "{name}");
    }
    let files = ["history.edn", "history.txt", "messages.jsonl", "glomers.log", "run.json"];
    assert!(files.iter().all(|file| !ended.file(file).is_empty()));
    assert!(ended.latest().join("node-logs").join("n4.log").exists());
    ended.stores("true");
}

#[test]
fn missed_targets_fail() {
    Glomers::new(&["run", "tight"])
        .file(
            "glomers.toml",
            "[challenge.tight]\nextends = 'broadcast-b'\ntargets = { server-msgs-per-op = 0 }\n",
        )
        .with(&SHORT)
        .end()
        .exits(1)
        .says(&["tight: valid, but a target was missed", "target missed: server-msgs-per-op"])
        .stores("true");
}

#[test]
fn nodes_have_private_folders() {
    let run = Glomers::new(&["run", "echo", "--node-count", "2", "--bin", "./node.sh"])
        .with(&SHORT)
        .file(
            "node.sh",
            "#!/bin/sh\necho $PWD $TMPDIR >&2\ntouch mine \"$TMPDIR/mine\" || exit 1\n\
         [ $(ls | wc -l) = 1 ] || exit 2\nexec \"$GLOMERS\" node\n",
        );
    let script = run.folder().join("node.sh");
    let text = std::fs::read_to_string(&script).unwrap();
    std::fs::write(&script, text.replace("$GLOMERS", env!("CARGO_BIN_EXE_glomers"))).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&script, mode).unwrap();
    let ended = run.end().exits(0);
    let folders = ended.file("node-logs/n0.log") + &ended.file("node-logs/n1.log");
    // Each line begins with its time, which is not known before the test begins.
    let words = folders.split_whitespace();
    let mut folders: Vec<&str> = words.filter(|word| *word != "start").collect();
    assert_eq!(folders.len(), 4);
    assert!(folders.iter().all(|folder| !std::path::Path::new(folder).exists()));
    folders.sort_unstable();
    folders.dedup();
    assert_eq!(folders.len(), 4);
}

#[test]
fn logs_show_messages_and_stderr() {
    Glomers::run("echo", "forks")
        .with(&["--log-net-send", "--log-net-recv", "--log-stderr"])
        .end()
        .exits(0)
        .says(&["n0: child", r#"send {"id":0,"src":"c0","dest":"n0""#, "recv {"]);
}

#[test]
fn the_journal_can_be_left_out() {
    let ended = Glomers::new(&["run", "echo", "--no-journal"]).with(&SHORT).end().exits(0);
    assert!(!ended.latest().join("messages.jsonl").exists());
}

#[test]
fn the_list_shows_all_challenges() {
    let list = Glomers::new(&["list"]).variable("COLUMNS", "300").end();
    list.exits(0).says(&["broadcast-e", "3e", "server-msgs-per-op < 20"]);
    let list = Glomers::new(&["list"]).variable("COLUMNS", "80").end().exits(0);
    let mut rows = list.stdout.lines().filter(|line| line.starts_with('│'));
    assert!(rows.all(|row| row.chars().count() <= 80), "{}", list.stdout);
    let list = Glomers::new(&["list", "--format", "json"]).end().exits(0).json();
    assert_eq!(list.as_array().unwrap().len(), 14);
}

/// The key paths of a results map, with the kind of each value; of lists, only the first element.
fn structure(value: &glomers_history::Value, path: &str, found: &mut Vec<String>) {
    use glomers_history::Value;
    let kind = match value {
        Value::Map(entries) => {
            for (key, value) in entries {
                let mut printed = Vec::new();
                glomers_history::print_value(key, &mut printed);
                structure(value, &format!("{path} {}", String::from_utf8_lossy(&printed)), found);
            }
            "map"
        }
        Value::List(_) => "list",
        Value::Int(_) => "integer",
        Value::Float(_) => "double",
        Value::Bool(_) => "boolean",
        _ => "other",
    };
    found.push(format!("{path} is {kind}"));
}

/// Checks that results have the same structure as those of a recorded run of Maelstrom.
fn has_the_keys_of(recording: &str, run: &[&str]) {
    let run_of_reference = recordings().run(recording).expect("a recorded run");
    let text = text(&run_of_reference.join("results.edn")).expect("its results");
    let ended = Glomers::new(run).with(&SHORT).end().exits(0);
    let keys = |text: &str| {
        let mut found = Vec::new();
        structure(&glomers_history::read_value(text).unwrap(), "", &mut found);
        found
    };
    // In the same order, too.
    assert_eq!(keys(&ended.file("results.edn")), keys(&text));
}

#[test]
fn echo_has_the_keys_of_the_reference() {
    has_the_keys_of("echo-py-t1", &["run", "echo"]);
}

#[test]
fn unique_ids_has_the_keys_of_the_reference() {
    has_the_keys_of("unique-ids", &["run", "unique-ids"]);
}

#[test]
fn broadcast_has_the_keys_of_the_reference() {
    let run = ["run", "broadcast-d", "--node-count", "5", "--rate", "20", "--recovery", "0.6"];
    has_the_keys_of("broadcast-3d", &run);
}
