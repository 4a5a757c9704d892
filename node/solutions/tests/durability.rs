//! What durable nodes keep when they are killed, and how they handle a failing disk.

use glomers_node::{Disk, Machine, MemoryDisk, Program};
use glomers_solutions::Solutions;
use serde_json::{Value, json};
use std::cell::Cell;
use std::io;
use std::rc::Rc;
use std::time::Duration;

/// A disk that can be full.
#[derive(Clone, Default)]
struct Full {
    disk: MemoryDisk,
    is_full: Rc<Cell<bool>>,
}

impl Disk for Full {
    fn read(&self, file: &str) -> io::Result<Vec<Vec<u8>>> {
        self.disk.read(file)
    }

    fn append(&self, file: &str, record: &[u8]) -> io::Result<()> {
        if self.is_full.get() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.disk.append(file, record)
    }
}

/// One of two nodes, whose messages the test delivers.
struct Bench {
    machine: Box<dyn Machine>,
    name: &'static str,
    disk: Full,
    now: Duration,
}

impl Bench {
    fn start(name: &'static str, disk: &Full) -> Self {
        let machine = Program::of::<Solutions>().start(1, Some(Rc::new(disk.clone())));
        Self { machine, name, disk: disk.clone(), now: Duration::ZERO }
    }

    /// A node that has answered its `init`, and the messages that it sent.
    fn init(name: &'static str, disk: &Full) -> (Self, Vec<Value>) {
        let mut bench = Self::start(name, disk);
        let mut said =
            bench.says("c0", json!({"type": "init", "node_id": name, "node_ids": ["n0", "n1"]}));
        assert_eq!(said.remove(0)["body"]["type"], "init_ok");
        (bench, said)
    }

    /// A node in its first life.
    fn new(name: &'static str) -> Self {
        Self::init(name, &Full::default()).0
    }

    fn killed_and_started(self) -> (Self, Vec<Value>) {
        Self::init(self.name, &self.disk)
    }

    /// Delivers a message; returns the messages that the node then sends.
    fn says(&mut self, src: &str, mut body: Value) -> Vec<Value> {
        if body.get("msg_id").is_none() {
            body["msg_id"] = json!(1);
        }
        self.hears(&json!({"src": src, "dest": self.name, "body": body}))
    }

    fn hears(&mut self, message: &Value) -> Vec<Value> {
        self.machine.deliver(self.now, message.to_string().as_bytes());
        self.said()
    }

    fn said(&mut self) -> Vec<Value> {
        let mut output = Vec::new();
        self.machine.take_output(&mut output);
        let said = serde_json::Deserializer::from_slice(&output).into_iter();
        said.collect::<Result<_, _>>().unwrap()
    }

    /// The body of the answer to a client.
    fn answers(&mut self, body: Value) -> Value {
        let said = self.says("c1", body);
        let mut answer = said.into_iter().find(|message| message["dest"] == "c1").unwrap();
        answer["body"].take()
    }
}

#[test]
fn a_send_that_is_delivered_again_is_appended_once() {
    let mut owner = Bench::new("n1");
    // A key that n1 owns, by its hash: n1 answers itself.
    let key = (b'a'..=b'z').map(|letter| char::from(letter).to_string());
    let send = |key: &str| json!({"type": "send", "key": key, "msg": 7});
    let key = key.into_iter().find(|key| {
        owner.says("c9", send(key)).iter().any(|message| message["body"]["type"] == "send_ok")
    });
    let key = key.unwrap();

    let mut other = Bench::new("n0");
    let passed_on = other.says("c1", send(&key)).remove(0);
    assert_eq!(passed_on["dest"], "n1");
    let send_ok = |owner: &mut Bench| owner.hears(&passed_on)[0]["body"]["offset"].clone();
    assert_eq!(send_ok(&mut owner), 1);
    assert_eq!(send_ok(&mut owner), 1);
    let (mut owner, _) = owner.killed_and_started();
    assert_eq!(send_ok(&mut owner), 1);
    let poll = owner.answers(json!({"type": "poll", "offsets": {key.as_str(): 0}}));
    assert_eq!(poll["msgs"][&key], json!([[0, 7], [1, 7]]));

    // The first request of the next life is distinguished from that of this one.
    let (mut other, _) = other.killed_and_started();
    let passed_on = other.says("c1", send(&key)).remove(0);
    assert_eq!(owner.hears(&passed_on)[0]["body"]["offset"], 2);
}

#[test]
fn commits_survive() {
    let mut bench = Bench::new("n0");
    let offsets: Value = ('a'..='z').map(|key| (key.to_string(), json!(3))).collect();
    bench.says("c1", json!({"type": "commit_offsets", "offsets": offsets}));
    let (mut bench, _) = bench.killed_and_started();
    let keys: Vec<String> = ('a'..='z').map(String::from).collect();
    // Keys of n1 are requested from n1.
    let list = json!({"type": "list_committed_offsets", "keys": keys});
    let said = bench.says("n1", list);
    let asked: Vec<String> = serde_json::from_value(said[0]["body"]["keys"].clone()).unwrap();
    let mine = keys.iter().filter(|key| !asked.contains(key)).cloned().collect::<Vec<_>>();
    assert!(!mine.is_empty() && !asked.is_empty());
    let list = bench.answers(json!({"type": "list_committed_offsets", "keys": mine}));
    let expected: Value = mine.into_iter().map(|key| (key, json!(3))).collect();
    assert_eq!(list["offsets"], expected);
}

#[test]
fn registers_are_sent_again_and_later_writes_still_win() {
    let write = |value: u64| json!({"type": "txn", "txn": [["w", 1, value], ["w", 2, value]]});
    let read = json!({"type": "txn", "txn": [["r", 1, null], ["r", 2, null]]});
    let mut writer = Bench::new("n0");
    for value in 1..=3 {
        assert_eq!(writer.answers(write(value))["type"], "txn_ok");
    }
    let (mut writer, said) = writer.killed_and_started();
    let [copy] = said.try_into().unwrap();
    let mut other = Bench::new("n1");
    other.hears(&copy);
    assert_eq!(other.answers(read.clone())["txn"], json!([["r", 1, 3], ["r", 2, 3]]));
    assert_eq!(writer.answers(write(4))["type"], "txn_ok");

    // A late message with its own write is not new to the writer.
    let (mut late, _) = other.killed_and_started();
    let late = late.answers(json!({"type": "txn", "txn": [["w", 2, 5]]}));
    assert_eq!(late["type"], "txn_ok");
    writer.hears(&json!({"src": "n1", "dest": "n0", "body":
        {"type": "writes", "msg_id": 9, "writes": [[1, {"stamp": [2, "n1"], "value": 0}]]}}));
    let (mut writer, _) = writer.killed_and_started();
    assert_eq!(writer.answers(read)["txn"], json!([["r", 1, 4], ["r", 2, 4]]));
}

#[test]
fn what_others_told_is_kept_before_they_may_rely_on_it() {
    let mut bench = Bench::new("n0");
    for (update, read, what, value) in [
        (
            json!({"type": "broadcast", "message": 7}),
            json!({"type": "read"}),
            "messages",
            json!([7]),
        ),
        (
            json!({"type": "txn", "txn": [["w", 1, 8]]}),
            json!({"type": "txn", "txn": [["r", 1, null]]}),
            "txn",
            json!([["r", 1, 8]]),
        ),
    ] {
        let said = Bench::new("n1").says("c1", update);
        let to_n0 = said.iter().find(|message| message["dest"] == "n0").unwrap();
        bench.hears(to_n0);
        assert_eq!(bench.answers(read.clone())[what], value);
        (bench, _) = bench.killed_and_started();
        assert_eq!(bench.answers(read)[what], value);
    }
}

#[test]
fn after_a_restart_a_read_may_be_the_first_to_come() {
    let mut bench = Bench::new("n0");
    bench.answers(json!({"type": "topology", "topology": {}}));
    let (mut bench, _) = bench.killed_and_started();
    assert_eq!(bench.answers(json!({"type": "read"}))["messages"], json!([]));
}

#[test]
fn the_first_life_says_no_more_than_without_a_disk() {
    let (_, said) = Bench::init("n0", &Full::default());
    assert_eq!(said, Vec::<Value>::new());
}

/// Data that cannot be stored is neither acknowledged, nor returned, nor sent to other nodes.
#[test]
fn a_full_disk_is_an_error() {
    let mine = |body: Value, read: Value| {
        let mut bench = Bench::new("n0");
        assert_eq!(
            bench.answers(json!({"type": "topology", "topology": {}}))["type"],
            "topology_ok"
        );
        let before = bench.answers(read.clone());
        bench.disk.is_full.set(true);
        let said = bench.says("c1", body);
        assert_eq!(said.len(), 1, "{said:?}");
        assert_eq!(said[0]["body"]["code"], 13, "{said:?}");
        assert_eq!(bench.answers(read), before);
        bench.machine.advance(Duration::from_mins(1));
        assert_eq!(bench.said(), Vec::<Value>::new());
    };
    mine(json!({"type": "broadcast", "message": 1}), json!({"type": "read"}));
    mine(json!({"type": "add", "delta": 1}), json!({"type": "txn", "txn": []}));
    mine(
        json!({"type": "txn", "txn": [["w", 1, 1]]}),
        json!({"type": "txn", "txn": [["r", 1, null]]}),
    );
    // Nor is a sum of another node confirmed: that node must send it again.
    let mut bench = Bench::new("n0");
    bench.disk.is_full.set(true);
    let said = bench.says("n1", json!({"type": "sum", "additions": 1, "total": 1}));
    assert_eq!(said[0]["body"]["code"], 13);
    assert_eq!(bench.answers(json!({"type": "read"}))["value"], 0);

    // A node that cannot record its life does not start.
    let mut bench = Bench::start("n0", &bench.disk);
    let said = bench.says("c0", json!({"type": "init", "node_id": "n0", "node_ids": ["n0", "n1"]}));
    assert_eq!(said[0]["body"]["code"], 13);
}
