//! Runs in virtual time, and faults in both kinds of time.

use crate::glomers::Glomers;
use std::thread;

const CHALLENGES: [&str; 14] = [
    "echo",
    "unique-ids",
    "broadcast-a",
    "broadcast-b",
    "broadcast-c",
    "broadcast-d",
    "broadcast-e",
    "g-counter",
    "kafka-a",
    "kafka-b",
    "kafka-c",
    "txn-a",
    "txn-b",
    "txn-c",
];
/// Files that depend only on events in virtual time.
const REPEATED: [&str; 3] = ["history.edn", "messages.jsonl", "results.edn"];

fn simulate(challenge: &str, seed: &str) -> Vec<String> {
    let args = ["run", challenge, "--sim", "--seed", seed, "--time-limit", "3", "-q"];
    let ended = Glomers::new(&args).end().exits(0).stores("true");
    REPEATED.iter().map(|file| ended.file(file)).collect()
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_does_not() {
    thread::scope(|scope| {
        for half in CHALLENGES.chunks(CHALLENGES.len() / 2) {
            scope.spawn(move || {
                for challenge in half {
                    let first = simulate(challenge, "1");
                    let second = simulate(challenge, "1");
                    for (file, (first, second)) in REPEATED.iter().zip(first.iter().zip(&second)) {
                        assert!(!first.is_empty() && first == second, "{challenge}: {file}");
                    }
                    let other = simulate(challenge, "2");
                    assert_ne!(first[0], other[0], "{challenge}: another seed, the same history");
                }
            });
        }
    });
}

#[test]
fn every_fault_can_be_simulated_and_shows_in_the_history() {
    let faults = "partition,loss,duplicate,reorder,slow,kill,pause,skew";
    let args = ["run", "broadcast-c", "--sim", "--seed", "5", "--durable", "--time-limit", "10"];
    let ended = Glomers::new(&args)
        .with(&["--nemesis", faults, "--nemesis-interval", "1"])
        .end()
        .exits(0)
        .says(&["glomers' own node, with a disk, simulated"]);
    let history = ended.file("history.edn");
    for f in ["start-partition", "stop-partition", "start-loss", "start-duplicate"]
        .into_iter()
        .chain(["start-reorder", "start-slow", "start-skew", "kill", "start", "pause", "resume"])
    {
        assert!(history.contains(&format!(":f :{f},")), "no {f}");
    }
}

#[test]
fn processes_are_killed_started_again_and_paused() {
    let args = ["run", "broadcast-b", "--durable", "--seed", "4", "--time-limit", "1.5"];
    let ended = Glomers::new(&args)
        .with(&["--nemesis", "kill,pause,loss", "--nemesis-interval", "0.2"])
        .with(&["--node-count", "3", "--recovery", "10", "--rpc-timeout", "300"])
        .end()
        .exits(0);
    let log = ended.file("glomers.log");
    for line in ["nemesis: kill n", "nemesis: end of kill", "nemesis: pause n"] {
        assert!(log.contains(line), "{line}:\n{log}");
    }
    // A restarted node gets `init` and `topology` again.
    let journal = ended.file("messages.jsonl");
    let count = |text: &str| {
        journal.lines().filter(|line| line.contains("\"recv\"") && line.contains(text)).count()
    };
    assert!(count("\"type\":\"init_ok\"") > 3, "{}", count("\"type\":\"init_ok\""));
    assert!(count("\"type\":\"topology_ok\"") > 3);
}

#[test]
fn what_cannot_be_simulated_is_refused() {
    Glomers::new(&["run", "echo", "--sim", "--engine", "both"])
        .end()
        .exits(254)
        .says(&["Maelstrom knows no virtual time"]);
}

#[test]
fn flags_that_cannot_act_are_refused() {
    for (args, text) in [
        (&["--nemesis", "skew"][..], "--nemesis skew needs --sim"),
        (&["--loss", "0.1"], "add loss to --nemesis"),
        (&["--node", "nobody"], "there is no node nobody"),
        (&["--nemesis", "earthquake"], "earthquake"),
    ] {
        Glomers::new(&["run", "echo"]).with(args).end().exits(254).says(&[text]);
    }
    Glomers::new(&["run", "echo", "--durable"]).node("echo").end().exits(254).says(&["after --"]);
}

#[test]
fn a_majority_is_killed_at_once_and_the_run_goes_well() {
    let args = ["run", "broadcast-c", "--sim", "--durable", "--seed", "3", "--time-limit", "20"];
    let ended = Glomers::new(&args)
        .with(&["--nemesis", "kill,pause", "--kill-targets", "majority,all"])
        .with(&["--nemesis-interval", "3"])
        .end()
        .exits(0)
        .says(&["broadcast-c: valid"]);
    let history = ended.file("history.edn");
    let kills = history.lines().filter(|line| line.contains(":f :kill"));
    let counts: Vec<usize> = kills.map(|line| line.matches(":killed").count()).collect();
    assert!(counts.iter().any(|count| *count >= 3), "{counts:?}");
    let run = ended.latest().display().to_string();
    Glomers::new(&["replay", &run]).end().exits(0);
}

#[test]
fn a_failure_with_several_dead_nodes_is_made_smaller() {
    let args = ["run", "broadcast-c", "--sim", "--seed", "3", "--time-limit", "10"];
    let ended = Glomers::new(&args)
        .with(&["--nemesis", "kill", "--kill-targets", "all", "--nemesis-interval", "3"])
        .end()
        .exits(1)
        .says(&["broadcast-c: invalid"]);
    let run = ended.latest().display().to_string();
    Glomers::new(&["shrink", &run]).end().says(&["the nemesis kills"]);
}

#[test]
fn targets_that_are_no_one_are_refused() {
    for (args, text) in [
        (&["--nemesis", "kill", "--kill-targets", "two"][..], "one, minority-third, minority"),
        (&["--kill-targets", "all"], "add kill to --nemesis"),
        (
            &["--nemesis", "kill", "--kill-targets", "minority"],
            "invalid value minority with 1 node for --kill-targets",
        ),
    ] {
        Glomers::new(&["run", "echo"]).with(args).end().exits(254).says(&[text]);
    }
}
