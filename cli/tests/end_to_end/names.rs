//! Names of nodes, and names of workloads as challenges.

use crate::glomers::{Glomers, misbehaving_node};
use serde_json::Value;

#[test]
fn nodes_have_the_names_that_they_are_given() {
    let run = |names: &str| {
        let args = ["run", "broadcast-b", "--sim", "--seed", "1", "--time-limit", "1"];
        Glomers::new(&args).with(&["--nodes", names]).end()
    };
    let ended = run("a, b,n7").exits(0).stores("true");
    let record: Value = serde_json::from_str(&ended.file("run.json")).unwrap();
    assert_eq!(record["plan"]["nodes"], serde_json::json!(["a", "b", "n7"]));
    assert!(ended.latest().join("node-logs").join("n7.log").exists());
    for (names, expected) in [
        ("../../x", "without `/`"),
        ("a,..", "without `/`"),
        ("a,a", "each name once"),
        ("a,c1", "not a client's"),
        ("lin-kv", "not a service's"),
        ("a,,b", "one or more names"),
        ("n1 n2", "separated by commas"),
    ] {
        let ended = run(names).exits(254).says(&["--nodes", expected]);
        assert!(!ended.folder.path().join("store").exists(), "{names}");
    }
    let both = Glomers::new(&["run", "echo", "--sim", "--nodes", "a,b", "--node-count", "3"]).end();
    both.exits(254).says(&["--nodes names 2 nodes, and --node-count says 3: give one of them"]);
}

#[test]
fn processes_have_these_names_too() {
    let ended = Glomers::new(&["run", "echo", "--nodes", "alpha,beta", "--time-limit", "1"])
        .node("none")
        .end()
        .exits(0)
        .stores("true");
    assert!(ended.latest().join("node-logs").join("beta.log").exists());
    // As in Maelstrom, the number overrides the names; but a note says so.
    let bin = misbehaving_node().display().to_string();
    let test = Glomers::new(&["test", "-w", "echo", "--bin", &bin, "--nodes", "a,b"])
        .with(&["--node-count", "1", "--time-limit", "1", "--", "none"])
        .end()
        .exits(0)
        .says(&["ignored: the names of nodes, since --node-count is given"]);
    assert!(test.latest().join("node-logs").join("n0.log").exists());
}

#[test]
fn a_workload_is_run_by_its_name() {
    for (workload, words) in [
        ("lin-kv", "lin-kv --bin /bin/true --concurrency 2n"),
        ("g-set", "g-set --bin /bin/true"),
        ("txn-list-append", "txn-list-append --bin /bin/true"),
        ("kafka", "kafka --bin /bin/true"),
    ] {
        let line = Glomers::new(&["run", workload, "--bin", "/bin/true", "--dry-run"]).end();
        let line = line.exits(0).stdout;
        assert_eq!(line.trim_end(), format!("maelstrom test -w {words}"));
        // Each runs without further flags: the node gets requests, and gives no usable answer.
        let args =
            ["run", workload, "--time-limit", "0.2", "--recovery", "0", "--rpc-timeout", "200"];
        let ended = Glomers::new(&args).with(&["--node-count", "1"]).node("refuses").end();
        assert!(matches!(ended.status, Some(1 | 2)), "{workload}: {}", ended.stderr);
    }
    let short = ["--sim", "--seed", "1", "--time-limit", "1"];
    let run = Glomers::new(&["run", "pn-counter", "--format", "json"]).with(&short).end();
    let run = run.exits(0).json();
    assert_eq!((&run["challenge"], &run["workload"]), (&"pn-counter".into(), &"pn-counter".into()));
    assert_eq!(run["targets"], serde_json::json!([]));
    let sweep = Glomers::new(&["sweep", "kafka", "--seeds", "2", "--time-limit", "1"]).end();
    sweep.exits(0).says(&["kafka: passed (seeds 0 to 1"]);
    // The built-in node only implements the workloads of challenges.
    let lin_kv = Glomers::new(&["run", "lin-kv"]).end();
    lin_kv.exits(254).says(&["does not play lin-kv: name a node with --bin"]);
    let toml = "[challenge.slow]\nextends = 'pn-counter'\nlatency = 5\n";
    let slow = Glomers::new(&["run", "slow"]).with(&short).file("glomers.toml", toml).end();
    slow.exits(0).says(&["slow: valid"]);
}

#[test]
fn workloads_are_listed_behind_the_challenges() {
    let table = Glomers::new(&["list"]).end().exits(0);
    table.says(&[
        "lin-kv",
        "txn-list-append",
        "60 s, 5 ops/s",
        "workloads with Maelstrom's defaults",
    ]);
    // JSON lists only challenges, for programs that run all entries of the list.
    let list = Glomers::new(&["list", "--format", "json"]).end().exits(0).json();
    assert_eq!(list.as_array().unwrap().len(), 14);
    let workloads = Glomers::new(&["list", "--workloads", "--format", "json"]).end().exits(0);
    let workloads = workloads.json();
    for workload in workloads.as_array().unwrap() {
        let args = ["run", workload["name"].as_str().unwrap(), "--bin", "/bin/true", "--dry-run"];
        Glomers::new(&args).end().exits(0);
    }
}

#[test]
fn a_challenge_is_listed_with_its_messages() {
    let one = Glomers::new(&["list", "5b"]).end().exits(0);
    let one = one.says(&["kafka-b", "-> {\"type\": \"poll\"", "<- {\"type\": \"poll_ok\""]);
    assert!(!one.stdout.contains("broadcast"), "{}", one.stdout);
    let several = one.then(&["list", "3", "lin-kv"]).end().exits(0);
    let several =
        several.says(&["broadcast-a", "broadcast-e", "lin-kv", "\"topology\"", "\"cas\""]);
    let all = several.then(&["list", "--workloads"]).end().exits(0);
    let all = all.says(&["seq-kv", "create_if_not_exists", "22 precondition-failed"]);
    all.then(&["list", "kafka-x"]).end().exits(254).says(&["unknown challenge", "kafka-a"]);
}
