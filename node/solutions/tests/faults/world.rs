//! Durable nodes that are killed and restarted, on a network that loses, duplicates and reorders
//! messages. Messages in flight to a dead node are lost.

use glomers_node::{Disk, Machine, MemoryDisk, Program};
use glomers_solutions::Solutions;
use rand::RngExt;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

/// Initial faults of the network: fractions of the messages, and a mean delay.
const LOSS: f64 = 0.2;
const DOUBLED: f64 = 0.3;
const DELAY: Duration = Duration::from_millis(200);

pub(crate) struct World {
    now: Duration,
    is_faulty: bool,
    random: Xoshiro256PlusPlus,
    /// `None` while a node is dead.
    nodes: Vec<Option<Box<dyn Machine>>>,
    disks: Vec<MemoryDisk>,
    /// Messages in flight, by arrival time.
    under_way: BTreeMap<(Duration, u64), (usize, String)>,
    sent: u64,
    asked: u64,
    /// Answers to clients, by request.
    pub(crate) answers: BTreeMap<u64, Value>,
}

impl World {
    pub(crate) fn new(nodes: usize, seed: u64) -> Self {
        let mut world = Self {
            now: Duration::ZERO,
            is_faulty: true,
            random: Xoshiro256PlusPlus::seed_from_u64(seed),
            nodes: (0..nodes).map(|_| None).collect(),
            disks: (0..nodes).map(|_| MemoryDisk::default()).collect(),
            under_way: BTreeMap::new(),
            sent: 0,
            asked: 0,
            answers: BTreeMap::new(),
        };
        for node in 0..nodes {
            world.start(node);
        }
        world
    }

    pub(crate) fn size(&self) -> usize {
        self.nodes.len()
    }

    pub(crate) fn kill_or_start(&mut self, node: usize) {
        if self.nodes[node].take().is_none() {
            self.start(node);
        }
    }

    fn start(&mut self, node: usize) {
        let disk: Rc<dyn Disk> = Rc::new(self.disks[node].clone());
        let seed = self.random.random();
        self.nodes[node] = Some(Program::of::<Solutions>().start(seed, Some(disk)));
        let ids: Vec<_> = (0..self.size()).map(|node| format!("n{node}")).collect();
        let init = json!({"type": "init", "node_id": ids[node], "node_ids": ids});
        let request = self.ask(node, init);
        assert_eq!(self.answers.remove(&request).unwrap()["type"], "init_ok");
    }

    /// Ends all faults, starts all nodes, and gives them time to recover.
    pub(crate) fn recover(&mut self) {
        self.is_faulty = false;
        for node in 0..self.size() {
            if self.nodes[node].is_none() {
                self.start(node);
            }
        }
        self.run(Duration::from_secs(10));
        let all_wait = self.nodes.iter().flatten().all(|node| node.deadline().is_none());
        assert!(all_wait && self.under_way.is_empty(), "there is still something to say");
    }

    /// Sends a client's request, and returns its number. A dead node does not receive it.
    pub(crate) fn ask(&mut self, node: usize, mut body: Value) -> u64 {
        self.asked += 1;
        body["msg_id"] = json!(self.asked);
        let line = json!({"src": "c1", "dest": format!("n{node}"), "body": body});
        self.deliver(node, &line.to_string());
        self.asked
    }

    /// The answer of a node within a second.
    pub(crate) fn answer(&mut self, node: usize, body: Value) -> Value {
        let request = self.ask(node, body);
        self.run(Duration::from_secs(1));
        self.answers.remove(&request).expect("an answer")
    }

    pub(crate) fn run(&mut self, time: Duration) {
        let end = self.now + time;
        loop {
            let arrival = self.under_way.first_key_value().map(|((due, _), _)| *due);
            let timer = self.nodes.iter().flatten().filter_map(|node| node.deadline()).min();
            let Some(next) = arrival.into_iter().chain(timer).min().filter(|next| *next <= end)
            else {
                break;
            };
            self.now = next;
            if arrival == Some(next) {
                let Some((_, (node, line))) = self.under_way.pop_first() else { break };
                self.deliver(node, &line);
            } else {
                for node in 0..self.size() {
                    if let Some(machine) = &mut self.nodes[node] {
                        machine.advance(next);
                    }
                    self.collect(node);
                }
            }
        }
        self.now = end;
    }

    fn deliver(&mut self, node: usize, line: &str) {
        if let Some(machine) = &mut self.nodes[node] {
            machine.deliver(self.now, line.as_bytes());
            self.collect(node);
        }
    }

    fn collect(&mut self, node: usize) {
        let Some(machine) = &mut self.nodes[node] else { return };
        let mut output = Vec::new();
        machine.take_output(&mut output);
        assert_eq!(machine.take_log(), "", "n{node} complains");
        for line in String::from_utf8(output).unwrap().lines() {
            let mut message: Value = serde_json::from_str(line).unwrap();
            if let Some(dest) = message["dest"].as_str().unwrap().strip_prefix('n') {
                self.send(dest.parse().unwrap(), line);
            } else {
                let body = message["body"].take();
                self.answers.insert(body["in_reply_to"].as_u64().unwrap(), body);
            }
        }
    }

    fn send(&mut self, dest: usize, line: &str) {
        if self.is_faulty && self.random.random_bool(LOSS) {
            return;
        }
        let doubled = self.is_faulty && self.random.random_bool(DOUBLED);
        for _ in 0..=usize::from(doubled) {
            let delay = -(1.0 - self.random.random::<f64>()).ln();
            let delay = if self.is_faulty { DELAY.mul_f64(delay) } else { Duration::ZERO };
            self.sent += 1;
            self.under_way.insert((self.now + delay, self.sent), (dest, line.to_owned()));
        }
    }
}
