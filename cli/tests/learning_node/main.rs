//! A node with one typical mistake of learners, chosen by its first argument: it answers requests
//! in the correct format, but does not do what the challenge requires.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{self, BufRead, Write};
use std::thread;
use std::time::Duration;

/// How long a slow node sleeps before it acknowledges a broadcast.
const SLEEP: Duration = Duration::from_millis(60);
/// Most values that a node with a limit returns.
const LIMIT: usize = 3;

struct Node {
    mistake: String,
    name: String,
    neighbours: Vec<String>,
    values: Vec<Value>,
    sum: i64,
    logs: BTreeMap<String, Vec<Value>>,
    registers: BTreeMap<String, Value>,
    answered: u64,
    /// Reads of a counter that wait for seq-kv.
    waiting: Vec<Value>,
}

fn main() {
    let mut node = Node {
        mistake: std::env::args().nth(1).unwrap_or_default(),
        name: String::new(),
        neighbours: Vec::new(),
        values: Vec::new(),
        sum: 0,
        logs: BTreeMap::new(),
        registers: BTreeMap::new(),
        answered: 0,
        waiting: Vec::new(),
    };
    for line in io::stdin().lock().lines() {
        let Ok(line) = line else { break };
        let Ok(message) = serde_json::from_str::<Value>(&line) else { break };
        node.handle(&message);
    }
}

impl Node {
    fn handle(&mut self, message: &Value) {
        let body = &message["body"];
        match body["type"].as_str().unwrap_or_default() {
            "init" => {
                body["node_id"].as_str().unwrap_or_default().clone_into(&mut self.name);
                self.reply(message, json!({"type": "init_ok"}));
            }
            "topology" => {
                let own = body["topology"][&self.name].as_array().cloned().unwrap_or_default();
                self.neighbours =
                    own.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect();
                self.reply(message, json!({"type": "topology_ok"}));
            }
            "broadcast" => self.broadcast(message),
            "add" => self.add(message),
            "read" if body["key"].is_null() => self.read(message),
            "read" | "write" | "cas" => self.register(message),
            "send" => self.append(message),
            "poll" => self.poll(message),
            "commit_offsets" => self.reply(message, json!({"type": "commit_offsets_ok"})),
            "list_committed_offsets" => {
                self.reply(message, json!({"type": "list_committed_offsets_ok", "offsets": {}}));
            }
            "txn" => self.reply(message, json!({"type": "txn_ok", "txn": body["txn"]})),
            // A key that was never written results in an error, which means 0.
            "read_ok" | "error" => {
                let value = body["value"].as_i64().unwrap_or_default();
                for read in std::mem::take(&mut self.waiting) {
                    self.reply(&read, json!({"type": "read_ok", "value": value}));
                }
            }
            _ => {}
        }
    }

    fn broadcast(&mut self, message: &Value) {
        let value = message["body"]["message"].clone();
        let is_new = !self.values.contains(&value);
        let is_of_client = message["src"].as_str().is_some_and(|src| src.starts_with('c'));
        if self.mistake == "slow" {
            thread::sleep(SLEEP);
        }
        let is_passed_on = match self.mistake.as_str() {
            "no-gossip" => false,
            "one-hop" => is_of_client,
            "storm" => true,
            _ => is_new,
        };
        if is_new || self.mistake == "storm" {
            self.values.push(value.clone());
        }
        if is_passed_on {
            for neighbour in self.neighbours.clone() {
                self.send(&neighbour, &json!({"type": "broadcast", "message": value}));
            }
        }
        if is_of_client {
            self.reply(message, json!({"type": "broadcast_ok"}));
        }
    }

    fn add(&mut self, message: &Value) {
        self.sum += message["body"]["delta"].as_i64().unwrap_or_default();
        if self.mistake == "stale" && self.name == "n0" {
            let write = json!({"type": "write", "key": "sum", "value": self.sum, "msg_id": 1});
            self.send("seq-kv", &write);
        }
        self.reply(message, json!({"type": "add_ok"}));
    }

    fn read(&mut self, message: &Value) {
        if self.mistake == "stale" {
            // Only one key is ever read, so any answer is valid for all waiting requests.
            self.waiting.push(message.clone());
            return self.send("seq-kv", &json!({"type": "read", "key": "sum", "msg_id": 2}));
        }
        if self.mistake == "local-sum" {
            return self.reply(message, json!({"type": "read_ok", "value": self.sum}));
        }
        let skipped = match self.mistake.as_str() {
            "truncates" => self.values.len().saturating_sub(LIMIT),
            _ => 0,
        };
        self.reply(message, json!({"type": "read_ok", "messages": self.values[skipped..]}));
    }

    /// Answers correctly for the first few requests only.
    fn register(&mut self, message: &Value) {
        self.answered += 1;
        let body = &message["body"];
        let key = body["key"].to_string();
        let kind = body["type"].as_str().unwrap_or_default();
        let error = |code: u32, text: &str| json!({"type": "error", "code": code, "text": text});
        let answer = match (kind, self.registers.get(&key)) {
            _ if self.answered > 6 => error(11, "no leader"),
            ("write", _) => {
                self.registers.insert(key, body["value"].clone());
                json!({"type": "write_ok"})
            }
            (_, None) => error(20, "not here"),
            ("read", Some(value)) => json!({"type": "read_ok", "value": value}),
            (_, Some(value)) if *value == body["from"] => {
                self.registers.insert(key, body["to"].clone());
                json!({"type": "cas_ok"})
            }
            _ => error(22, "differs"),
        };
        self.reply(message, answer);
    }

    fn append(&mut self, message: &Value) {
        let body = &message["body"];
        let log = self.logs.entry(body["key"].to_string()).or_default();
        log.push(body["msg"].clone());
        let offset = if self.mistake == "offset-zero" { 0 } else { log.len() - 1 };
        self.reply(message, json!({"type": "send_ok", "offset": offset}));
    }

    fn poll(&mut self, message: &Value) {
        let mut polled = serde_json::Map::new();
        for (key, from) in message["body"]["offsets"].as_object().into_iter().flatten() {
            let log = self.logs.get(&json!(key).to_string()).map_or(&[][..], Vec::as_slice);
            let from = usize::try_from(from.as_u64().unwrap_or_default()).unwrap_or_default();
            let messages = log.iter().enumerate().skip(from);
            let messages: Vec<Value> = messages.map(|(offset, msg)| json!([offset, msg])).collect();
            // No history with a key whose every poll was empty can be judged.
            if !messages.is_empty() {
                polled.insert(key.clone(), messages.into());
            }
        }
        self.reply(message, json!({"type": "poll_ok", "msgs": polled}));
    }

    fn reply(&self, message: &Value, mut body: Value) {
        body["in_reply_to"] = message["body"]["msg_id"].clone();
        self.send(message["src"].as_str().unwrap_or_default(), &body);
    }

    fn send(&self, dest: &str, body: &Value) {
        let line = json!({"src": self.name, "dest": dest, "body": body});
        let mut stdout = io::stdout().lock();
        if writeln!(stdout, "{line}").and_then(|()| stdout.flush()).is_err() {
            std::process::exit(0);
        }
    }
}
