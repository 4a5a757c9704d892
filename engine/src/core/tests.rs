//! The core with scripted nodes, in virtual time: no process, no clock, no sleep.

mod conduct;
mod kafka;
mod lines;
mod network_faults;
mod observed;
mod recorded;
mod simple_workloads;
mod task_order;
mod transactions;
mod waiting;

use crate::workload::testing::plan;
use crate::{Core, Event, Failure, NodeIndex, Phase, Time};
use glomers_config::{Parameters, Plan};
use glomers_history::{Function, Kind, Operation, Process, Value};
use serde_json::{Value as Json, json};
use std::time::Duration;

/// A scripted node: takes its index and a message, returns the bodies that it sends and their
/// receivers.
type Script<'a> = &'a mut dyn FnMut(NodeIndex, &Json) -> Vec<(String, Json)>;

/// Runs a core to the end, jumping from deadline to deadline.
fn run(plan: Plan, script: Script<'_>) -> (Core, Vec<Event>) {
    run_core(Core::new(plan).unwrap(), script)
}

fn run_core(mut core: Core, script: Script<'_>) -> (Core, Vec<Event>) {
    let names = core.plan().nodes.clone();
    let mut now = Time::default();
    let mut events = Vec::new();
    while core.phase() != Phase::Done {
        core.advance(now);
        let mut quiet = true;
        for (node, name) in names.iter().enumerate() {
            let lines = std::mem::take(&mut core.outgoing(node).lines);
            for line in String::from_utf8(lines).unwrap().lines() {
                quiet = false;
                let message: Json = serde_json::from_str(line).unwrap();
                for (dest, body) in script(node, &message) {
                    let reply = json!({"src": name, "dest": dest, "body": body});
                    core.line(now, node, reply.to_string().as_bytes());
                }
            }
        }
        if quiet {
            match core.next_deadline() {
                Some(deadline) => now = now.max(deadline),
                None => assert_eq!(core.phase(), Phase::Done, "nothing to wait for"),
            }
        }
        events.extend(core.take_events().into_iter().map(|(_, event)| event));
    }
    (core, events)
}

/// The reply to a request: its receiver and its body.
fn reply(message: &Json, mut body: Json) -> (String, Json) {
    body["in_reply_to"] = message["body"]["msg_id"].clone();
    (message["src"].as_str().unwrap().to_owned(), body)
}

fn answer_init(message: &Json) -> Option<Vec<(String, Json)>> {
    (message["body"]["type"] == "init").then(|| vec![reply(message, json!({"type": "init_ok"}))])
}

fn echo(message: &Json) -> Vec<(String, Json)> {
    answer_init(message).unwrap_or_else(|| {
        vec![reply(message, json!({"type": "echo_ok", "echo": message["body"]["echo"]}))]
    })
}

fn kinds(core: &Core, kind: Kind) -> Vec<&Operation> {
    core.history().operations().iter().filter(|operation| operation.kind == kind).collect()
}

#[test]
fn echo_runs_at_its_rate_and_every_message_counts() {
    let given = Parameters { rate: Some(100.0), time_limit: Some(20.0), ..Parameters::default() };
    let (mut core, _) = run(plan("echo", given), &mut |_, message| echo(message));
    let ok = kinds(&core, Kind::Ok).len();
    // The mean gap is 10 ms, over 20 s.
    assert!((1850..2150).contains(&ok), "{ok}");
    let clients = core.journal().traffic().clients;
    assert_eq!(clients.sent, 2 * (ok as u64 + 1));
    assert_eq!(clients.sent, clients.received);
    let operations = core.history().operations();
    assert_eq!((operations[0].index, operations[0].time), (0, 0));
    assert_eq!(operations[1].value.get("type"), Some(&Value::str("echo_ok")));
    assert!(operations.last().unwrap().time < 20_000_000_000);
}

#[test]
fn rate_zero_runs_nothing_for_the_whole_time() {
    let given = Parameters { rate: Some(0.0), ..Parameters::default() };
    let (core, _) = run(plan("echo", given), &mut |_, message| echo(message));
    assert!(core.history().is_empty());
}

#[test]
fn a_silent_node_makes_info_and_a_new_process() {
    let given = Parameters { time_limit: Some(12.0), ..Parameters::default() };
    let (core, _) =
        run(plan("echo", given), &mut |_, message| answer_init(message).unwrap_or_default());
    let infos = kinds(&core, Kind::Info);
    let processes: Vec<Process> = infos.iter().map(|operation| operation.process).collect();
    assert_eq!(processes, [0, 1, 2].map(Process::Client));
    assert_eq!(infos[0].error(), Some(&Value::keyword("net-timeout")));
    assert_eq!(infos[0].time, 5_000_000_000);
}

#[test]
fn errors_are_failures_when_definite() {
    let mut answers = [(11, Kind::Fail), (13, Kind::Info), (1000, Kind::Info)].into_iter().cycle();
    let mut expected = Vec::new();
    let (core, _) = run(plan("echo", Parameters::default()), &mut |_, message| {
        answer_init(message).unwrap_or_else(|| {
            let (code, kind) = answers.next().unwrap();
            expected.push(kind);
            vec![reply(message, json!({"type": "error", "code": code, "text": "no"}))]
        })
    });
    let completions = core.history().operations().iter().filter(|op| op.kind != Kind::Invoke);
    assert!(completions.map(|operation| operation.kind).eq(expected));
}

#[test]
fn a_reply_that_breaks_its_schema_is_an_exception() {
    let given = Parameters { time_limit: Some(1.0), ..Parameters::default() };
    let (core, _) = run(plan("echo", given), &mut |_, message| {
        answer_init(message)
            .unwrap_or_else(|| vec![reply(message, json!({"type": "echo_ok", "ehco": 1}))])
    });
    for info in kinds(&core, Kind::Info) {
        let data = info.exception().unwrap().get("data").unwrap();
        assert_eq!(data.get("type"), Some(&Value::keyword("malformed-rpc-response")));
        let Some(Value::Str(error)) = info.error() else { panic!("no error text") };
        assert!(error.contains("echo is missing, ehco is not allowed"), "{error}");
    }
    assert!(kinds(&core, Kind::Ok).is_empty());
}

#[test]
fn late_and_repeated_replies_are_read_and_forgotten() {
    let given = Parameters { time_limit: Some(3.0), ..Parameters::default() };
    let (mut core, events) = run(plan("echo", given), &mut |_, message| {
        if message["body"]["type"] == "init" {
            return vec![reply(message, json!({"type": "init_ok"})); 2];
        }
        [echo(message), echo(message)].concat()
    });
    let ok = kinds(&core, Kind::Ok).len() as u64;
    let clients = core.journal().traffic().clients;
    // The client of the second init_ok has left the network; the last repeated reply is never read.
    assert_eq!(clients.sent, 2 + 3 * ok);
    assert_eq!(clients.received, 2 + 3 * ok - 1);
    assert!(!events.iter().any(|event| matches!(event, Event::BadLine { .. })));
}

/// A node that sends every new value to all other nodes.
fn broadcast_node(values: &mut [Vec<i64>], node: NodeIndex, message: &Json) -> Vec<(String, Json)> {
    if let Some(answer) = answer_init(message) {
        return answer;
    }
    let nodes = values.len();
    let body = &message["body"];
    match body["type"].as_str().unwrap() {
        "topology" => vec![reply(message, json!({"type": "topology_ok"}))],
        "read" => vec![reply(message, json!({"type": "read_ok", "messages": values[node]}))],
        "broadcast" => {
            let value = body["message"].as_i64().unwrap();
            values[node].push(value);
            let gossip = json!({"type": "gossip", "value": value});
            let others = (0..nodes).filter(|other| *other != node);
            let mut sent: Vec<_> =
                others.map(|other| (format!("n{other}"), gossip.clone())).collect();
            sent.push(reply(message, json!({"type": "broadcast_ok"})));
            sent
        }
        "gossip" => {
            values[node].push(body["value"].as_i64().unwrap());
            Vec::new()
        }
        other => panic!("{other}"),
    }
}

#[test]
fn broadcast_recovers_and_reads_a_last_time() {
    let mut values = vec![Vec::new(); 3];
    let given = Parameters { node_count: Some(3), latency: Some(100), ..Parameters::default() };
    let (mut core, _) = run(plan("broadcast-b", given), &mut |node, message| {
        broadcast_node(&mut values, node, message)
    });
    let finals: Vec<&Operation> =
        core.history().operations().iter().filter(|operation| operation.is_final).collect();
    assert_eq!(finals.len(), 6);
    let last_load = core.history().operations().iter().rfind(|op| !op.is_final).unwrap();
    let wait = finals[0].time - last_load.time;
    assert_eq!(wait, 10_000_000_000);
    // Every message arrived exactly one latency after it was sent.
    let times = core.propagation().unwrap();
    assert!((times.max_ms - 100.0).abs() < 0.001, "{times:?}");
    let broadcasts = kinds(&core, Kind::Ok).iter().filter(|op| op.f == Function::Broadcast).count();
    assert_eq!(core.journal().traffic().servers.sent, 2 * broadcasts as u64);
}

#[test]
fn partitions_drop_messages_between_nodes_and_end_before_recovery() {
    let mut values = vec![Vec::new(); 5];
    let given = Parameters { nemesis_interval: Some(1.0), ..Parameters::default() };
    let (mut core, events) = run(plan("broadcast-c", given), &mut |node, message| {
        broadcast_node(&mut values, node, message)
    });
    let servers = core.journal().traffic().servers;
    assert!(servers.received < servers.sent);
    let faults: Vec<&Operation> = core
        .history()
        .operations()
        .iter()
        .filter(|operation| operation.process == Process::Nemesis)
        .collect();
    assert_eq!(faults[0].f, Function::StartPartition);
    assert_eq!(faults[0].time, 0);
    assert!(faults.iter().all(|operation| operation.kind == Kind::Info));
    assert_eq!(faults.last().unwrap().value, Value::keyword("network-healed"));
    assert!(events.iter().any(|event| matches!(event, Event::FaultBegan(..))));
}

#[test]
fn services_answer_during_init() {
    let mut seen = Vec::new();
    let given = Parameters { time_limit: Some(1.0), ..Parameters::default() };
    let (core, events) = run(plan("echo", given), &mut |_, message| {
        let body = &message["body"];
        seen.push(body["type"].as_str().unwrap().to_owned());
        match body["type"].as_str().unwrap() {
            // init is only answered after the service has answered.
            "init" => vec![(
                "lin-kv".to_owned(),
                json!({"type": "write", "key": "x", "value": 1, "msg_id": 9}),
            )],
            "write_ok" => vec![("c0".to_owned(), json!({"type": "init_ok", "in_reply_to": 1}))],
            _ => echo(message),
        }
    });
    assert_eq!(seen[..2], ["init", "write_ok"]);
    assert!(core.failure().is_none() && !kinds(&core, Kind::Ok).is_empty());
    assert!(events.iter().all(|event| !matches!(event, Event::BadLine { .. })));
}

#[test]
fn a_node_that_never_answers_init_fails_the_run() {
    let (core, _) = run(plan("echo", Parameters::default()), &mut |_, _| Vec::new());
    let waited = Duration::from_secs(10);
    assert_eq!(core.failure(), Some(&Failure::InitTimeout { node: 0, waited, unmatched: None }));
    let (core, _) = run(plan("echo", Parameters::default()), &mut |_, message| {
        vec![reply(message, json!({"type": "hello"}))]
    });
    assert!(matches!(core.failure(), Some(Failure::InitRefused { node: 0, .. })));
}

#[test]
fn a_node_that_refuses_the_topology_fails_the_run() {
    let (core, _) = run(plan("broadcast-a", Parameters::default()), &mut |_, message| {
        answer_init(message).unwrap_or_else(|| {
            vec![reply(message, json!({"type": "error", "code": 10, "text": "what?"}))]
        })
    });
    let Some(Failure::SetUpFailed { request: "topology", problem, .. }) = core.failure() else {
        panic!("{:?}", core.failure())
    };
    assert!(problem.contains("what?"), "{problem}");
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let history = |seed| {
        let mut values = vec![Vec::new(); 5];
        let given = Parameters { seed: Some(seed), latency: Some(20), ..Parameters::default() };
        let given = Parameters { latency_dist: "exponential".parse().ok(), ..given };
        let (core, _) = run(plan("broadcast-c", given), &mut |node, message| {
            broadcast_node(&mut values, node, message)
        });
        core.history().operations().to_vec()
    };
    let first = history(1);
    assert_eq!(first, history(1));
    assert_ne!(first, history(2));
}
