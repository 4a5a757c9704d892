//! Checks that every exhibit starts, and answers its workload's requests. That its bug is found is
//! tested elsewhere, by sweeps over seeds.

use super::{Exhibit, exhibit, exhibits};
use glomers_node::{Disk, Machine, MemoryDisk};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;
use std::time::Duration;

/// Two nodes and the stores, on a network without latency.
struct World {
    machines: BTreeMap<String, Box<dyn Machine>>,
    stored: BTreeMap<String, Value>,
    now: Duration,
}

impl World {
    fn start(exhibit: &Exhibit) -> Self {
        let start = |(name, seed): (&str, u64)| {
            let disk = exhibit.durable.then(|| Rc::new(MemoryDisk::default()) as Rc<dyn Disk>);
            (name.to_owned(), exhibit.program.start(seed, disk))
        };
        let machines = [("n0", 1), ("n1", 2)].map(start).into();
        let mut world = Self { machines, stored: BTreeMap::new(), now: Duration::ZERO };
        for node in ["n0", "n1"] {
            let init = json!({"type": "init", "node_id": node, "node_ids": ["n0", "n1"]});
            assert_eq!(world.ask(node, init)["type"], "init_ok", "{}", exhibit.name);
        }
        world
    }

    /// The body of the answer; delivers all messages that nodes send until then.
    fn ask(&mut self, node: &str, mut body: Value) -> Value {
        body["msg_id"] = json!(1);
        let mut messages = VecDeque::from([json!({"src": "c1", "dest": node, "body": body})]);
        let mut answer = None;
        loop {
            let Some(message) = messages.pop_front() else {
                match answer {
                    Some(answer) => return answer,
                    None => self.wait(&body),
                }
                self.take_output(&mut messages);
                continue;
            };
            let dest = message["dest"].as_str().unwrap().to_owned();
            if let Some(machine) = self.machines.get_mut(&dest) {
                machine.deliver(self.now, message.to_string().as_bytes());
                self.take_output(&mut messages);
            } else if dest == "c1" {
                answer = Some(message["body"].clone());
            } else {
                let mut body = self.store(&dest, &message["body"]);
                body["in_reply_to"] = message["body"]["msg_id"].clone();
                messages.push_back(json!({"src": dest, "dest": message["src"], "body": body}));
            }
        }
    }

    /// Advances the time to the next deadline of a node.
    fn wait(&mut self, asked: &Value) {
        let due = self.machines.values().filter_map(|machine| machine.deadline()).min();
        self.now = due.unwrap_or_else(|| panic!("nothing will answer {asked}"));
        assert!(self.now < Duration::from_secs(5), "{asked} is not answered");
        for machine in self.machines.values_mut() {
            machine.advance(self.now);
        }
    }

    fn take_output(&mut self, messages: &mut VecDeque<Value>) {
        for machine in self.machines.values_mut() {
            let mut output = Vec::new();
            machine.take_output(&mut output);
            let lines = serde_json::Deserializer::from_slice(&output).into_iter();
            messages.extend(lines.map(Result::unwrap));
            assert_eq!(machine.take_log(), "");
        }
    }

    /// The answer of a store; all stores are linearizable here.
    fn store(&mut self, service: &str, body: &Value) -> Value {
        let key = format!("{service}/{}", body["key"]);
        let current = self.stored.get(&key);
        let (reply, written) = match (body["type"].as_str().unwrap(), current) {
            ("read", Some(value)) => return json!({"type": "read_ok", "value": value}),
            ("read", None) => return json!({"type": "error", "code": 20, "text": "no such key"}),
            ("write", _) => ("write_ok", &body["value"]),
            ("cas", Some(current)) if *current != body["from"] => {
                return json!({"type": "error", "code": 22, "text": "another value"});
            }
            ("cas", _) => ("cas_ok", &body["to"]),
            other => panic!("{service} does not know {other:?}"),
        };
        self.stored.insert(key, written.clone());
        json!({"type": reply})
    }
}

/// Requests of a workload, and the answers of a correct node; answers that may differ are without
/// fields.
fn conversation(challenge: &str) -> Vec<(Value, Value)> {
    let ids = || (json!({"type": "generate"}), json!({"type": "generate_ok"}));
    match challenge {
        "echo" => vec![(
            json!({"type": "echo", "echo": [1.0, null]}),
            json!({"type": "echo_ok", "echo": [1.0, null]}),
        )],
        "unique-ids" => vec![ids(), ids()],
        "broadcast-b" | "broadcast-c" => vec![
            (
                json!({"type": "topology", "topology": {"n0": ["n1"], "n1": ["n0"]}}),
                json!({"type": "topology_ok"}),
            ),
            (json!({"type": "broadcast", "message": 7}), json!({"type": "broadcast_ok"})),
            (json!({"type": "read"}), json!({"type": "read_ok"})),
        ],
        "g-counter" => vec![
            (json!({"type": "read"}), json!({"type": "read_ok", "value": 0})),
            (json!({"type": "add", "delta": 3}), json!({"type": "add_ok"})),
            (json!({"type": "add", "delta": 0}), json!({"type": "add_ok"})),
            (json!({"type": "read"}), json!({"type": "read_ok", "value": 3})),
        ],
        "kafka-a" | "kafka-b" => vec![
            (
                json!({"type": "send", "key": "5", "msg": 1}),
                json!({"type": "send_ok", "offset": 0}),
            ),
            (
                json!({"type": "send", "key": "5", "msg": 2}),
                json!({"type": "send_ok", "offset": 1}),
            ),
            (json!({"type": "poll", "offsets": {"5": 0, "6": 0}}), json!({"type": "poll_ok"})),
            (
                json!({"type": "commit_offsets", "offsets": {"5": 1}}),
                json!({"type": "commit_offsets_ok"}),
            ),
            (
                json!({"type": "list_committed_offsets", "keys": ["5", "6"]}),
                json!({"type": "list_committed_offsets_ok", "offsets": {"5": 1}}),
            ),
        ],
        "txn-a" | "txn-b" | "txn-c" => vec![(
            json!({"type": "txn", "txn": [["w", 1, 6], ["r", 1, null], ["w", 2, 9]]}),
            json!({"type": "txn_ok", "txn": [["w", 1, 6], ["r", 1, 6], ["w", 2, 9]]}),
        )],
        other => panic!("no conversation for {other}"),
    }
}

#[test]
fn every_exhibit_speaks_the_protocol_of_its_challenge() {
    for exhibit in exhibits() {
        let mut world = World::start(exhibit);
        for (request, expected) in conversation(exhibit.challenge) {
            let answer = world.ask("n1", request.clone());
            for (field, value) in expected.as_object().unwrap() {
                let name = exhibit.name;
                assert_eq!(answer[field], *value, "{name}: {request} is answered with {answer}");
            }
        }
    }
}

#[test]
fn exhibits_are_distinguished_by_names_that_begin_with_their_workload() {
    let mut names = BTreeSet::new();
    for found in exhibits() {
        let Exhibit { name, challenge, bug, .. } = found;
        assert!(names.insert(name), "{name}");
        assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{name}");
        let numbered = challenge.rsplit_once('-').filter(|(_, letter)| letter.len() == 1);
        let workload = numbered.map_or(*challenge, |(workload, _)| workload);
        assert!(name.starts_with(&format!("{workload}-")), "{name} of {challenge}");
        assert!(!bug.ends_with('.') && !bug.is_empty(), "{name}");
        assert!(exhibit(name).is_some_and(|exhibit| exhibit.challenge == *challenge));
    }
    assert!(names.len() >= 24);
    assert!(exhibit("solutions").is_none());
}
