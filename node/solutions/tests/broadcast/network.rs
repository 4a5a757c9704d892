//! A network in virtual time, with Maelstrom's queues: each receiver takes the queued message with
//! the earliest deadline, waits until it is due, and only then takes the next. Messages of clients
//! have no latency. A cut link drops a message when it is taken.

use glomers_node::protocol::Envelope;
use glomers_node::{Core, Disk, Json, MemoryDisk};
use glomers_solutions::Broadcast;
use rand::RngExt;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;
use serde::Deserialize;
use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;
use std::time::Duration;

/// Latency of messages between nodes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Latency {
    Constant(Duration),
    Uniform(Duration),
    Exponential(Duration),
}

pub(crate) struct Network {
    pub(crate) now: Duration,
    /// Number of messages sent between nodes.
    pub(crate) server_messages: usize,
    pub(crate) cut: BTreeSet<(usize, usize)>,
    pub(crate) random: Xoshiro256PlusPlus,
    /// The fraction of messages between nodes that are lost, and that are delivered twice.
    pub(crate) loss: f64,
    pub(crate) doubled: f64,
    nodes: Vec<Core<Broadcast>>,
    /// Disks of durable nodes.
    disks: Vec<MemoryDisk>,
    receivers: Vec<Receiver>,
    /// Scheduled events: (time, number, event).
    agenda: BinaryHeap<Reverse<(Duration, u64, Event)>>,
    answers: Vec<Answer>,
    latency: Latency,
    sent: u64,
    trace: DefaultHasher,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Deliver(usize),
    Wake(usize),
}

#[derive(Default)]
struct Receiver {
    queue: BinaryHeap<Reverse<Message>>,
    taken: Option<Message>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Message {
    due: Duration,
    number: u64,
    src: Option<usize>,
    line: String,
}

/// The answer to a client.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    pub(crate) client: usize,
    /// The values, if it was a read.
    pub(crate) messages: Option<Vec<Json>>,
}

impl Network {
    pub(crate) fn new(nodes: usize, latency: Latency, seed: u64) -> Self {
        Self::of(nodes, Vec::new(), latency, seed)
    }

    pub(crate) fn of_durable(nodes: usize, latency: Latency, seed: u64) -> Self {
        // Clones would share one disk.
        let disks = (0..nodes).map(|_| MemoryDisk::default()).collect();
        Self::of(nodes, disks, latency, seed)
    }

    fn of(nodes: usize, disks: Vec<MemoryDisk>, latency: Latency, seed: u64) -> Self {
        let mut network = Self {
            now: Duration::ZERO,
            server_messages: 0,
            cut: BTreeSet::new(),
            random: Xoshiro256PlusPlus::seed_from_u64(seed),
            loss: 0.0,
            doubled: 0.0,
            nodes: Vec::new(),
            disks,
            receivers: (0..nodes).map(|_| Receiver::default()).collect(),
            agenda: BinaryHeap::new(),
            answers: Vec::new(),
            latency,
            sent: 0,
            trace: DefaultHasher::new(),
        };
        for node in 0..nodes {
            let core = network.start(node);
            network.nodes.push(core);
            network.initialise(node);
        }
        network
    }

    pub(crate) fn size(&self) -> usize {
        self.receivers.len()
    }

    /// Kills a node and restarts it with only its disk. Messages in flight to it are delivered.
    pub(crate) fn restart(&mut self, node: usize) {
        self.nodes[node] = self.start(node);
        self.initialise(node);
    }

    fn start(&mut self, node: usize) -> Core<Broadcast> {
        let disk = self.disks.get(node).map(|disk| Rc::new(disk.clone()) as Rc<dyn Disk>);
        Core::with_disk(self.random.random(), disk)
    }

    fn initialise(&mut self, node: usize) {
        let ids: Vec<_> = (0..self.size()).map(|n| format!("n{n}")).collect();
        let line = serde_json::json!({"src": "c0", "dest": ids[node], "body":
            {"type": "init", "msg_id": 1, "node_id": ids[node], "node_ids": ids}});
        self.hand_over(node, &line.to_string());
        assert_eq!(self.answers.pop(), Some(Answer { client: 0, messages: None }));
    }

    /// Sends a client's request, whose `body` has no braces.
    pub(crate) fn request(&mut self, client: usize, node: usize, body: &str) {
        let line =
            format!(r#"{{"src":"c{client}","dest":"n{node}","body":{{{body},"msg_id":1}}}}"#);
        self.enqueue(node, None, self.now, line);
    }

    /// Reads a node's values, bypassing the network.
    pub(crate) fn look(&mut self, node: usize) -> Vec<Json> {
        self.hand_over(node, r#"{"src":"c0","dest":"","body":{"type":"read","msg_id":1}}"#);
        self.answers.pop().and_then(|answer| answer.messages).expect("an answer to the read")
    }

    /// Runs until a client is answered, or until `end`.
    pub(crate) fn run_until(&mut self, end: Duration) -> Option<Answer> {
        while self.answers.is_empty() {
            let Some(Reverse((time, ..))) = self.agenda.peek() else { break };
            if *time > end {
                break;
            }
            let Some(Reverse((time, _, event))) = self.agenda.pop() else { break };
            self.now = time;
            match event {
                Event::Deliver(node) => {
                    let message = self.receivers[node].taken.take().expect("a taken message");
                    self.hand_over(node, &message.line);
                    self.take(node);
                }
                Event::Wake(node) => {
                    self.nodes[node].advance(time);
                    self.collect(node);
                }
            }
        }
        if self.answers.is_empty() {
            self.now = end;
            return None;
        }
        Some(self.answers.remove(0))
    }

    /// Whether no further events are scheduled, except by clients.
    pub(crate) fn is_idle(&self) -> bool {
        self.nodes.iter().all(|node| node.deadline().is_none())
            && self.receivers.iter().all(|receiver| receiver.taken.is_none())
    }

    /// A digest of all deliveries and their times.
    pub(crate) fn trace(&self) -> u64 {
        self.trace.finish()
    }

    fn hand_over(&mut self, node: usize, line: &str) {
        (self.now, node, line).hash(&mut self.trace);
        self.nodes[node].deliver(self.now, line.as_bytes());
        self.collect(node);
    }

    fn collect(&mut self, node: usize) {
        let core = &mut self.nodes[node];
        let (mut output, log) = (Vec::new(), core.take_log());
        assert_eq!(log, "", "node n{node} complains");
        core.take_output(&mut output);
        if let Some(due) = core.deadline() {
            self.schedule(due, Event::Wake(node));
        }
        for line in String::from_utf8(output).expect("output is text").lines() {
            self.send(node, line);
        }
    }

    fn send(&mut self, src: usize, line: &str) {
        #[derive(Deserialize)]
        struct Read {
            messages: Option<Vec<Json>>,
        }
        let envelope = Envelope::parse(line).expect("a message");
        if let Some(client) = envelope.dest.strip_prefix('c') {
            assert_ne!(envelope.head().expect("a head").kind, "error", "{line}");
            let Read { messages } = serde_json::from_str(envelope.body.get()).expect("a body");
            let client = client.parse().expect("a client");
            return self.answers.push(Answer { client, messages });
        }
        let dest: usize = envelope.dest[1..].parse().expect("a node");
        self.server_messages += 1;
        // Draw no random numbers for faults that are off.
        if self.loss > 0.0 && self.random.random_bool(self.loss) {
            return;
        }
        let doubled = self.doubled > 0.0 && self.random.random_bool(self.doubled);
        for _ in 0..=usize::from(doubled) {
            let due = self.now + self.draw();
            self.enqueue(dest, Some(src), due, line.to_owned());
        }
    }

    fn draw(&mut self) -> Duration {
        match self.latency {
            Latency::Constant(mean) => mean,
            Latency::Uniform(mean) => mean.mul_f64(2.0 * self.random.random::<f64>()),
            Latency::Exponential(mean) => mean.mul_f64(-(1.0 - self.random.random::<f64>()).ln()),
        }
    }

    fn enqueue(&mut self, dest: usize, src: Option<usize>, due: Duration, line: String) {
        self.sent += 1;
        let message = Message { due, number: self.sent, src, line };
        self.receivers[dest].queue.push(Reverse(message));
        if self.receivers[dest].taken.is_none() {
            self.take(dest);
        }
    }

    fn take(&mut self, dest: usize) {
        while let Some(Reverse(message)) = self.receivers[dest].queue.pop() {
            if message.src.is_some_and(|src| self.cut.contains(&(dest, src))) {
                continue;
            }
            self.schedule(message.due.max(self.now), Event::Deliver(dest));
            self.receivers[dest].taken = Some(message);
            return;
        }
    }

    fn schedule(&mut self, time: Duration, event: Event) {
        self.sent += 1;
        self.agenda.push(Reverse((time, self.sent, event)));
    }
}
