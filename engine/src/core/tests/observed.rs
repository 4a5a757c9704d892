//! What only the engine can observe: propagation of values, dropped messages, storms, stale
//! answers.

use super::{answer_init, broadcast_node, kinds, plan, reply, run};
use crate::{DropReason, Event};
use glomers_config::{Parameters, Plan};
use glomers_history::{Function, Kind, Value};
use serde_json::json;

/// broadcast-c with partitions that begin and end about every second, and nodes that send each
/// value to all other nodes once.
fn partitioned(latency: u64) -> Plan {
    let given =
        Parameters { nemesis_interval: Some(1.0), latency: Some(latency), ..Parameters::default() };
    plan("broadcast-c", given)
}

#[test]
fn what_a_partition_dropped_is_known_of_each_value() {
    // Dropped immediately, and dropped when the message is taken from the queue.
    for latency in [0, 100] {
        let mut values = vec![Vec::new(); 5];
        let (core, _) = run(partitioned(latency), &mut |node, message| {
            broadcast_node(&mut values, node, message)
        });
        let broadcasts: Vec<Value> = kinds(&core, Kind::Ok)
            .iter()
            .filter(|operation| operation.f == Function::Broadcast)
            .map(|operation| operation.value.clone())
            .collect();
        let mut dropped = 0;
        for value in &broadcasts {
            let trail = core.value_trail(value).unwrap();
            assert!(trail.is_traced && trail.unshown.is_empty(), "{value:?}: {trail:?}");
            let has = |node: usize| values[node].contains(&value.as_int().unwrap());
            assert!((0..5).all(|node| has(node) == trail.arrivals.iter().any(|it| it.0 == node)));
            for lost in &trail.dropped {
                assert!(!has(lost.dest) && has(lost.src) && lost.count == 1);
                let DropReason::Partition { unheard, from, until, .. } = &lost.cause else {
                    panic!("{lost:?}")
                };
                assert!(unheard.contains(&lost.src));
                assert!(*from <= lost.first && Some(lost.last) <= *until, "{lost:?}");
            }
            assert_eq!(trail.arrivals.len() + trail.dropped.len(), 5);
            dropped += trail.dropped.len();
        }
        assert!(dropped > 0);
        assert_eq!(core.value_trail(&Value::Int(10_000)), None);
    }
}

#[test]
fn a_storm_is_reported_once_and_while_it_lasts() {
    let given = Parameters {
        time_limit: Some(2.0),
        node_count: Some(2),
        latency: Some(1),
        ..Parameters::default()
    };
    let (core, events) = run(plan("broadcast-a", given.clone()), &mut |node, message| {
        let mut sent = broadcast_node(&mut [Vec::new(), Vec::new()], node, message);
        if message["body"]["type"] == "gossip" {
            let back = message["src"].as_str().unwrap().to_owned();
            sent = vec![(back, message["body"].clone()); 2];
            // Limits the storm, so that the run ends.
            if message["id"].as_u64().unwrap() > 100_000 {
                sent.clear();
            }
        }
        sent
    });
    let storms: Vec<_> = events.iter().filter(|event| matches!(event, Event::Storm(_))).collect();
    let [Event::Storm(first)] = storms.as_slice() else { panic!("{storms:?}") };
    assert!(first.messages < 20_000 && first.journal_bytes > Some(1_000_000), "{first:?}");
    let last = core.storm().unwrap();
    let most = |storm: &crate::Storm| storm.deliveries.map(|(_, most)| most);
    assert!(last.messages > first.messages && most(&last) > most(first), "{last:?}");
    let mut values = vec![Vec::new(); 2];
    let (core, _) = run(plan("broadcast-a", given), &mut |node, message| {
        broadcast_node(&mut values, node, message)
    });
    assert_eq!(core.storm(), None);
}

#[test]
fn answers_from_the_past_are_counted_by_node() {
    let given = Parameters { time_limit: Some(5.0), ..Parameters::default() };
    let mut written = 0;
    let (core, _) = run(plan("g-counter", given), &mut |node, message| {
        answer_init(message).unwrap_or_else(|| {
            let body = &message["body"];
            match body["type"].as_str().unwrap() {
                "add" => {
                    written += 1;
                    let write = json!({"type": "write", "key": "x", "value": written, "msg_id": 1});
                    // Only n0 writes; the others may read older states.
                    let ask = (node == 0).then(|| ("seq-kv".to_owned(), write));
                    ask.into_iter().chain([reply(message, json!({"type": "add_ok"}))]).collect()
                }
                "read" => {
                    let read = json!({"type": "read", "key": "x", "msg_id": 2});
                    let answer = reply(message, json!({"type": "read_ok", "value": 0}));
                    vec![("seq-kv".to_owned(), read), answer]
                }
                _ => Vec::new(),
            }
        })
    });
    let stale: Vec<_> = core.stale_answers().collect();
    assert!(stale.iter().any(|answers| answers.node == 1 && answers.count > 1), "{stale:?}");
    for answers in stale {
        assert_eq!((answers.service, &answers.key), ("seq-kv", &Value::str("x")));
        assert!(answers.given < answers.newest && answers.last > 0, "{answers:?}");
    }
}
