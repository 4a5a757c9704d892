//! Targets of either direction, from glomers.toml and from flags.

use crate::glomers::{Ended, Glomers};

/// A simulated run of echo by the built-in node, with these targets in glomers.toml.
fn with_targets(targets: &str) -> Ended {
    let toml = format!("[challenge.echo]\ntime-limit = 1\ntargets = {{ {targets} }}\n");
    Glomers::new(&["run", "echo", "--sim", "--seed", "1"]).file("glomers.toml", &toml).end()
}

#[test]
fn more_is_better_where_it_is() {
    let met = with_targets("ok-fraction = 1, op-count = 2, op-latency-max = '<= 0 '");
    let met = met.exits(1).says(&["ok-fraction", ">= 1", "op-count", ">= 2", "<= 0"]);
    let json = std::fs::read_to_string(met.latest().join("run.json")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let targets = json["targets"].as_array().unwrap();
    let outcome = |index: usize| (&targets[index]["comparison"], &targets[index]["met"]);
    assert_eq!(outcome(0), (&">=".into(), &true.into()));
    assert_eq!(outcome(1), (&">=".into(), &true.into()));
    assert_eq!(outcome(2), (&"<=".into(), &false.into()));
    let missed = with_targets("op-count = 100").exits(1);
    missed.says(&["target missed: op-count is", "and should be >= 100"]);
    with_targets("ok-fraction = '>= 0.99'").exits(0).says(&["valid, targets met", ">= 0.99"]);
    with_targets("op-count = '< 12'").exits(0).says(&["valid, targets met", "< 12"]);
}

#[test]
fn what_no_one_could_mean_is_refused() {
    for (targets, expected) in [
        ("ok-fraction = nan", "invalid value NaN for ok-fraction"),
        ("ok-fraction = inf", "invalid value inf for ok-fraction"),
        ("ok-fraction = -1", "invalid value -1 for ok-fraction"),
        ("ok-fraction = 2", "ok-fraction is never above 1"),
        ("op-count = '=> 3'", "expected a number, 0 or more, or a comparison"),
        ("op-cuont = 3", "did you mean op-count?"),
        ("lost-count = 0", "the target lost-count is never measured in the workload echo"),
    ] {
        with_targets(targets).exits(254).says(&["glomers.toml:3:", expected]);
    }
}

#[test]
fn what_is_never_measured_is_refused_before_the_run() {
    let run = |challenge: &str, more: &[&str]| {
        Glomers::new(&["run", challenge, "--targets", "propagation-max<100"]).with(more).end()
    };
    let refused = run("g-counter", &["--sim"]).exits(254);
    assert!(!refused.folder.path().join("store").exists());
    refused.says(&["the target propagation-max is never measured in the workload g-counter"]);
    run("broadcast-b", &["--sim", "--seed", "1", "--time-limit", "1"]).exits(0);
}

#[test]
fn flags_go_over_the_challenge() {
    let run = |targets: &str| {
        let args = ["run", "broadcast-d", "--sim", "--node-count", "3", "--time-limit", "1"];
        Glomers::new(&args).with(&["--seed", "1", "--targets", targets]).end()
    };
    let ended = run("server-msgs-per-op>0, ok-fraction=1").exits(0);
    ended.says(&["targets met", "> 0", "< 400 ms", ">= 1"]);
    run("server-msgs-per-op < 0.01").exits(1).says(&["target missed: server-msgs-per-op"]);
    for wrong in ["ok-fraction", "ok-fraction=NaN", "ok-fraction=-1", "joules<3", "op-count<"] {
        run(wrong).exits(254).says(&["--targets", "expected"]);
    }
    let list = Glomers::new(&["list", "--format", "json"]).end().exits(0).json();
    let d = list.as_array().unwrap().iter().find(|it| it["name"] == "broadcast-d").unwrap();
    assert_eq!(d["targets"][0]["comparison"], "<");
}

#[test]
fn a_missed_target_of_a_broadcast_says_what_the_network_saw() {
    let targets = "server-msgs-per-op<0.5,stable-latency-max<1";
    Glomers::new(&["run", "broadcast-d", "--sim", "--seed", "1", "--time-limit", "2"])
        .with(&["--targets", targets])
        .end()
        .exits(1)
        .says(&["the slowest value, ", " last, at "]);
    Glomers::new(&["run", "broadcast-d", "--sim", "--seed", "1", "--time-limit", "2"])
        .with(&["--node", "broadcast-forgets-to-retry", "--targets", "server-msgs-per-op<1"])
        .end()
        .exits(1)
        .says(&["messages for each node: if messages are to be fewer, each must carry more"]);
}

#[test]
fn values_that_arrive_after_the_last_reads_were_too_slow() {
    Glomers::new(&["run", "broadcast-b", "--sim", "--seed", "1", "--time-limit", "2"])
        .with(&["--latency", "2000", "--recovery", "0.1"])
        .end()
        .exits(1)
        .says(&["the recovery of 0.1 s was too short", "was under way when the run ended"]);
}
