//! What the network may do to messages under any plan, checked in the journal of nodes that gossip
//! at random.

use super::plan;
use crate::{
    Core, EngineError, Event, Host, InjectedFault, Observer, PlannedFault, Printed, Random, Time,
    run_virtual,
};
use glomers_config::{
    Delivery, Fault, Faults, KillTarget, KillTargets, LatencyDistribution, Parameters,
    PartitionShape, PartitionShapes,
};
use glomers_history::{Kind, Value};
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// Nanoseconds in a millisecond.
const MS: u64 = 1_000_000;

/// A node that answers clients and forwards gossip to random nodes.
struct Gossip {
    name: String,
    peers: Vec<String>,
    random: Random,
    inbox: Vec<u8>,
    wakes_at: Option<Time>,
    is_alive: bool,
    is_paused: bool,
}

impl Gossip {
    fn answer(&mut self, message: &Json, sink: &mut dyn FnMut(Printed<'_>)) {
        let mut send = |dest: &str, body: &Json| {
            let line = json!({"src": self.name, "dest": dest, "body": body}).to_string();
            sink(Printed::Line(line.as_bytes()));
        };
        let body = &message["body"];
        let kind = body["type"].as_str().unwrap();
        if let ("init" | "echo", Some(msg_id)) = (kind, body["msg_id"].as_i64()) {
            let reply =
                json!({"type": format!("{kind}_ok"), "in_reply_to": msg_id, "echo": body["echo"]});
            send(message["src"].as_str().unwrap(), &reply);
        }
        let hops = body["hops"].as_u64().unwrap_or(3);
        if kind != "init" && hops > 0 && !self.peers.is_empty() {
            let peer = self.random.index(self.peers.len());
            send(&self.peers[peer], &json!({"type": "gossip", "hops": hops - 1}));
        }
    }
}

impl Host for Gossip {
    fn start(&mut self, _now: Time) -> Result<(), EngineError> {
        self.is_alive = true;
        Ok(())
    }

    fn deliver(&mut self, now: Time, lines: &[u8]) {
        assert!(
            self.is_alive,
            "{} is dead, and gets {}",
            self.name,
            String::from_utf8_lossy(lines)
        );
        self.inbox.extend_from_slice(lines);
        self.wakes_at.get_or_insert(now);
    }

    fn collect(&mut self, _now: Time, sink: &mut dyn FnMut(Printed<'_>)) {
        self.wakes_at = None;
        let inbox = String::from_utf8(std::mem::take(&mut self.inbox)).unwrap();
        for line in inbox.lines() {
            self.answer(&serde_json::from_str(line).unwrap(), sink);
        }
    }

    fn next_wake(&self) -> Option<Time> {
        self.wakes_at.filter(|_| !self.is_paused)
    }

    fn kill(&mut self) {
        self.is_alive = false;
        self.is_paused = false;
        self.inbox.clear();
        self.wakes_at = None;
    }

    fn pause(&mut self, _now: Time) {
        self.is_paused = true;
    }

    fn resume(&mut self, _now: Time) {
        self.is_paused = false;
    }
}

struct NoopObserver;

impl Observer for NoopObserver {
    fn event(&mut self, _time: Time, _event: &Event) {}
}

fn run(given: Parameters, seed: u64) -> Core {
    let given = Parameters {
        seed: Some(seed),
        rate: Some(40.0),
        time_limit: Some(3.0),
        rpc_timeout: Some(300),
        nemesis_interval: Some(0.3),
        ..given
    };
    let plan = plan("echo", given);
    let mut hosts: Vec<Gossip> = plan
        .nodes
        .iter()
        .map(|name| Gossip {
            name: name.clone(),
            peers: plan.nodes.iter().filter(|peer| *peer != name).cloned().collect(),
            random: Random::stream(seed, name),
            inbox: Vec::new(),
            wakes_at: None,
            is_alive: false,
            is_paused: false,
        })
        .collect();
    let core = Core::new(plan).unwrap();
    run_virtual(core, &mut hosts, None, &mut NoopObserver, &|| false).unwrap()
}

/// A message between nodes: its sender, when it was sent, and when it was received.
#[derive(Debug)]
struct Message {
    src: usize,
    dest: usize,
    body: Json,
    sent: u64,
    received: Vec<u64>,
}

/// The messages between nodes in the journal, by message number.
fn messages(core: &mut Core) -> BTreeMap<u64, Message> {
    let names = core.plan().nodes.clone();
    let node = |name: &Json| names.iter().position(|node| Some(node.as_str()) == name.as_str());
    let lines = String::from_utf8(std::mem::take(core.journal().lines())).unwrap();
    let mut messages: BTreeMap<u64, Message> = BTreeMap::new();
    for line in lines.lines() {
        let entry: Json = serde_json::from_str(line).unwrap();
        let (Some(src), Some(dest)) = (node(&entry["src"]), node(&entry["dest"])) else { continue };
        let (id, time) = (entry["id"].as_u64().unwrap(), entry["time"].as_u64().unwrap());
        let body = entry["body"].clone();
        if entry["type"] == "send" {
            let sent = Message { src, dest, body, sent: time, received: Vec::new() };
            assert!(messages.insert(id, sent).is_none(), "{id} was sent twice");
        } else {
            let sent = messages.get_mut(&id).expect("what is received was sent");
            assert_eq!((sent.src, sent.dest, &sent.body), (src, dest, &body));
            sent.received.push(time);
        }
    }
    messages
}

/// The faults of the run, in the time of the history.
fn faults(core: &Core) -> Vec<PlannedFault> {
    let load_start = u64::try_from(core.times.load_in_test()).unwrap();
    let mut faults = core.scenario().faults;
    for fault in &mut faults {
        // The fault was still active at the end.
        let until = if fault.until == fault.from { u64::MAX - load_start } else { fault.until };
        (fault.from, fault.until) = (fault.from + load_start, until + load_start);
    }
    faults
}

fn check(core: &mut Core) -> Result<(), TestCaseError> {
    let plan = core.plan().clone();
    let faults = faults(core);
    let during = |fault: Fault, time: u64| {
        faults.iter().any(|it| it.injected.fault() == fault && it.from <= time && time <= it.until)
    };
    for (id, message) in messages(core) {
        let Message { src, dest, sent, received, .. } = &message;
        let (src, dest, sent) = (*src, *dest, *sent);
        let most = 1 + usize::from(during(Fault::Duplicate, sent));
        prop_assert!(received.len() <= most, "{id} arrives too often: {message:?}");
        for time in received.iter().copied() {
            // Other distributions allow any latency from zero.
            let is_constant = plan.latency_distribution == LatencyDistribution::Constant;
            let shortest = if is_constant { plan.latency_ms * MS } else { 0 };
            prop_assert!(time >= sent + shortest, "{id} arrives too early: {message:?}");
            for fault in &faults {
                let (from, until) = (fault.from, fault.until);
                match &fault.injected {
                    // Links are checked when a receiver takes a message, which is between sending
                    // and receiving.
                    InjectedFault::Partition { cut, .. } => {
                        let is_cut = cut.get(&dest).is_some_and(|sources| sources.contains(&src));
                        let is_under_way = from < sent && time < until;
                        prop_assert!(!(is_cut && is_under_way), "{id} crosses a cut: {message:?}");
                    }
                    InjectedFault::Slow { factor }
                        if is_constant && from < sent && sent < until =>
                    {
                        let slowed = Duration::from_millis(plan.latency_ms).mul_f64(*factor);
                        prop_assert!(u128::from(time - sent) >= slowed.as_nanos());
                    }
                    InjectedFault::Kill { node } => {
                        let is_dead = |time| from < time && time < until;
                        prop_assert!(*node != dest || !is_dead(time), "{id} reaches the dead");
                        prop_assert!(*node != src || !is_dead(sent), "{id} is of the dead");
                        // Messages in transit are lost when their receiver is killed.
                        prop_assert!(*node != dest || sent > from || time <= from);
                    }
                    _ => {}
                }
            }
        }
        let may_vanish = faults.iter().any(|fault| {
            matches!(fault.injected.fault(), Fault::Partition | Fault::Loss | Fault::Kill)
        });
        let is_old = sent + 1000 * MS
            < u64::try_from(core.history().operations().last().map_or(0, |op| op.time)).unwrap();
        let is_quick = plan.delivery == Delivery::Independent
            && !plan.latency_distribution.eq(&LatencyDistribution::Exponential);
        if !may_vanish && is_old && is_quick && plan.latency_ms <= 20 {
            prop_assert!(!received.is_empty(), "{id} vanishes: {message:?}");
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn messages_arrive_in_time_over_whole_links_and_once(
        seed: u64,
        nodes in 1_u32..6,
        latency in 0_u64..40,
        latency_dist in prop::sample::select(LatencyDistribution::ALL),
        delivery in prop::sample::select(Delivery::ALL),
        faults in prop::sample::subsequence(Fault::ALL, 0..Fault::ALL.len()),
        target in prop::sample::select(KillTarget::ALL),
        probability in 0.01_f64..1.0,
    ) {
        let given = Parameters {
            node_count: Some(nodes),
            latency: Some(latency),
            latency_dist: Some(latency_dist),
            delivery: Some(delivery),
            nemesis: Some(Faults::new(faults)),
            partition_shapes: PartitionShapes::new(PartitionShape::ALL),
            // `One` is always included: with few nodes, the other targets may hit no node.
            kill_targets: KillTargets::new(&[target, KillTarget::One]),
            loss: Some(probability),
            duplicate: Some(probability),
            reorder: Some(20),
            slow: Some(4.0),
            ..Parameters::default()
        };
        check(&mut run(given, seed))?;
    }
}

/// Checks that the property above is not vacuous.
#[test]
fn every_fault_leaves_its_mark() {
    let count = |faults: &[Fault]| {
        let given = Parameters {
            node_count: Some(5),
            latency: Some(10),
            nemesis: Some(Faults::new(faults.to_vec())),
            loss: Some(0.5),
            duplicate: Some(0.5),
            ..Parameters::default()
        };
        let mut core = run(given, 7);
        let messages = messages(&mut core);
        let received =
            |wanted: usize| messages.values().filter(|m| m.received.len() == wanted).count();
        let longest = messages.values().flat_map(|m| m.received.iter().map(|r| r - m.sent)).max();
        (received(0), received(2), longest.unwrap() / MS)
    };
    // Some messages are still in transit at the end.
    let (lost, twice, longest) = count(&[]);
    assert!(lost < 10 && twice == 0 && longest <= 20, "{lost} {twice} {longest}");
    assert!(count(&[Fault::Loss]).0 > 50);
    assert!(count(&[Fault::Partition]).0 > 20);
    assert!(count(&[Fault::Kill]).0 > lost);
    assert!(count(&[Fault::Duplicate]).1 > 50);
    assert!(count(&[Fault::Slow]).2 >= 100);
    assert!(count(&[Fault::Reorder]).2 >= 150);
}

/// The node names in the nemesis entries with that function, and the time of each entry.
fn hit(core: &Core, f: &str) -> Vec<(Vec<String>, i64)> {
    let operations = core.history().operations();
    let outcomes = operations.iter().filter(|entry| entry.f.name() == f);
    let names = |value: &Value| match value {
        Value::Map(entries) => entries
            .iter()
            .map(
                |(name, _)| {
                    if let Value::Str(name) = name { name.to_string() } else { String::new() }
                },
            )
            .collect(),
        _ => Vec::new(),
    };
    outcomes
        .map(|entry| (names(&entry.value), entry.time))
        .filter(|(names, _)| !names.is_empty())
        .collect()
}

#[test]
fn several_nodes_are_hit_at_once_and_all_are_back_in_the_end() {
    for (targets, count) in [("all", 5), ("majority", 3), ("minority", 2), ("minority-third", 1)] {
        for (fault, begin, end) in [("kill", "kill", "start"), ("pause", "pause", "resume")] {
            let given = Parameters {
                node_count: Some(5),
                nemesis: fault.parse().ok(),
                kill_targets: targets.parse().ok(),
                ..Parameters::default()
            };
            let core = run(given, 7);
            let (began, ended) = (hit(&core, begin), hit(&core, end));
            assert!(!ended.is_empty(), "{targets} {fault}");
            for ((names, from), (back, until)) in began.iter().zip(&ended) {
                assert_eq!(names.len(), count, "{targets} {fault}: {names:?}");
                assert_eq!(names, back, "{targets} {fault}");
                assert!(from < until);
            }
            // Each node has a separate fault, so that a smaller failure may need fewer of them.
            let planned = core.scenario().faults;
            assert_eq!(planned.len(), began.len() * count);
            let last = core.history().operations().last().unwrap().time;
            let is_answered = core.history().operations().iter().any(|operation| {
                operation.is_client() && operation.kind == Kind::Ok && operation.time > ended[0].1
            });
            assert!(is_answered || ended[0].1 + 500_000_000 > last, "{targets} {fault}");
        }
    }
}
