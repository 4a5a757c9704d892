//! One node solves every challenge; it selects the solution by the types of messages.

use glomers_node::Core;
use glomers_solutions::Solutions;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

fn start(id: &str, seed: u64) -> Core<Solutions> {
    let mut core = Core::new(seed);
    let init = json!({"type": "init", "node_id": id, "node_ids": ["n0", "n1"]});
    assert_eq!(ask(&mut core, init)["type"], "init_ok");
    core
}

/// The body of the answer.
fn ask(core: &mut Core<Solutions>, mut body: Value) -> Value {
    body["msg_id"] = json!(1);
    let line = json!({"src": "c1", "dest": "n0", "body": body}).to_string();
    core.deliver(Duration::ZERO, line.as_bytes());
    let mut output = Vec::new();
    core.take_output(&mut output);
    let mut lines = serde_json::Deserializer::from_slice(&output).into_iter::<Value>();
    let answer = lines.find(|line| line.as_ref().unwrap()["dest"] == "c1");
    answer.expect("an answer").unwrap()["body"].take()
}

#[test]
fn one_node_plays_them_all() {
    let mut core = start("n0", 1);
    let mut says = |body: Value, answer: Value| assert_eq!(ask(&mut core, body), answer);
    says(
        json!({"type": "echo", "echo": [1.0, null]}),
        json!({"type": "echo_ok", "in_reply_to": 1, "echo": [1.0, null]}),
    );
    says(
        json!({"type": "topology", "topology": {"n0": ["n1"]}}),
        json!({"type": "topology_ok", "in_reply_to": 1}),
    );
    says(
        json!({"type": "broadcast", "message": 7}),
        json!({"type": "broadcast_ok", "in_reply_to": 1}),
    );
    says(json!({"type": "read"}), json!({"type": "read_ok", "in_reply_to": 1, "messages": [7]}));
    assert_eq!(ask(&mut core, json!({"type": "sing"}))["code"], 10);
    assert_eq!(ask(&mut core, json!({"type": "echo"}))["code"], 12);
    assert_eq!(ask(&mut core, json!({"type": "broadcast"}))["code"], 12);
}

/// Two nodes without latency between them, and clients of both.
struct Pair([Core<Solutions>; 2]);

impl Pair {
    fn start() -> Self {
        Self([start("n0", 1), start("n1", 2)])
    }

    /// The body of the answer; delivers all messages that the nodes send to each other meanwhile.
    fn ask(&mut self, node: usize, mut body: Value) -> Value {
        body["msg_id"] = json!(1);
        let first = json!({"src": "c1", "dest": format!("n{node}"), "body": body}).to_string();
        let mut lines = vec![(node, first)];
        let mut answer = None;
        while let Some((node, line)) = lines.pop() {
            let core = &mut self.0[node];
            core.deliver(Duration::ZERO, line.as_bytes());
            let mut output = Vec::new();
            core.take_output(&mut output);
            for line in String::from_utf8(output).unwrap().lines() {
                let mut message: Value = serde_json::from_str(line).unwrap();
                match message["dest"].as_str().unwrap() {
                    "c1" => answer = Some(message["body"].take()),
                    dest => lines.push((usize::from(dest == "n1"), line.to_owned())),
                }
            }
        }
        answer.expect("an answer")
    }
}

#[test]
fn counters_agree() {
    let mut pair = Pair::start();
    let zero = pair.ask(1, json!({"type": "read"}));
    assert_eq!(zero, json!({"type": "read_ok", "in_reply_to": 1, "value": 0}));
    for (node, delta) in [(0, 5), (1, -2), (0, 1)] {
        let added = pair.ask(node, json!({"type": "add", "delta": delta}));
        assert_eq!(added, json!({"type": "add_ok", "in_reply_to": 1}));
    }
    for node in [0, 1] {
        assert_eq!(pair.ask(node, json!({"type": "read"}))["value"], 4);
    }
}

#[test]
fn logs_have_one_owner_and_any_node_knows_them() {
    let mut pair = Pair::start();
    for offset in 0..3 {
        for key in ["a", "b", "c"] {
            let node = (offset + usize::from(key == "b")) % 2;
            let sent = pair.ask(node, json!({"type": "send", "key": key, "msg": [offset]}));
            assert_eq!(sent, json!({"type": "send_ok", "in_reply_to": 1, "offset": offset}));
        }
    }
    let poll = json!({"type": "poll", "offsets": {"a": 1, "b": 0, "c": 2, "d": 0}});
    let messages = json!({"a": [[1, [1]], [2, [2]]], "b": [[0, [0]], [1, [1]], [2, [2]]],
                          "c": [[2, [2]]]});
    let commit = json!({"type": "commit_offsets", "offsets": {"a": 2, "b": 1}});
    let list = json!({"type": "list_committed_offsets", "keys": ["a", "b", "c"]});
    for node in [0, 1] {
        assert_eq!(pair.ask(node, poll.clone())["msgs"], messages);
        assert_eq!(pair.ask(node, commit.clone())["type"], "commit_offsets_ok");
        assert_eq!(pair.ask(node, list.clone())["offsets"], json!({"a": 2, "b": 1}));
    }
}

#[test]
fn transactions_see_their_own_writes_and_those_of_others() {
    let mut pair = Pair::start();
    let mut txn = |node, operations: Value, done: Value| {
        let answer = pair.ask(node, json!({"type": "txn", "txn": operations}));
        assert_eq!(answer, json!({"type": "txn_ok", "in_reply_to": 1, "txn": done}));
    };
    txn(
        0,
        json!([["r", 1, null], ["w", 1, 6], ["r", 1, null], ["w", 2, 9]]),
        json!([["r", 1, null], ["w", 1, 6], ["r", 1, 6], ["w", 2, 9]]),
    );
    txn(1, json!([["w", 1, 7], ["r", 2, null]]), json!([["w", 1, 7], ["r", 2, 9]]));
    txn(0, json!([["r", 1, null], ["r", 3, null]]), json!([["r", 1, 7], ["r", 3, null]]));
}

#[test]
fn ids_are_unique_among_nodes_and_across_restarts() {
    let mut ids = BTreeSet::new();
    for (id, seed) in [("n0", 1), ("n1", 1), ("n0", 2)] {
        let mut core = start(id, seed);
        for _ in 0..100 {
            let answer = ask(&mut core, json!({"type": "generate"}));
            assert_eq!(answer["type"], "generate_ok");
            assert!(ids.insert(answer["id"].as_str().expect("a string").to_owned()));
        }
    }
}
