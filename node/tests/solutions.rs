//! One node plays every challenge, by the types of the messages that it gets.

use glomers_node::Core;
use glomers_node::solutions::Solutions;
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
