//! Counters, registers and logs of durable nodes, under all kinds of faults: finally, acknowledged
//! operations have taken effect once, and all nodes agree. (Broadcast has separate tests.)

mod world;

use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use world::World;

/// A pause in ms, and then an action: a client's request to a node, or a kill or start of the node.
type Step = (u64, usize, bool);

fn steps() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec((0u64..1500, 0usize..8, prop::bool::weighted(0.7)), 0..40)
}

/// Runs the steps, with `body(step)` as the request of each; then recovers. Returns the clients'
/// requests with their step numbers.
fn go(world: &mut World, steps: &[Step], body: impl Fn(usize) -> Value) -> BTreeMap<usize, u64> {
    let mut asked = BTreeMap::new();
    for (number, (pause, node, asks)) in steps.iter().enumerate() {
        world.run(Duration::from_millis(*pause));
        let node = node % world.size();
        if *asks {
            asked.insert(number, world.ask(node, body(number)));
        } else {
            world.kill_or_start(node);
        }
    }
    world.recover();
    asked
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn counters_count_each_addition_once(nodes in 1usize..5, seed: u64, steps in steps()) {
        let mut world = World::new(nodes, seed);
        // Each addition is a separate bit of the sum.
        let asked = go(&mut world, &steps, |step| json!({"type": "add", "delta": 1_u64 << step}));
        let bits = |steps: &mut dyn Iterator<Item = &usize>| steps.map(|step| 1_u64 << step).sum();
        let all: u64 = bits(&mut asked.keys());
        let answered = asked.iter().filter(|(_, request)| world.answers.contains_key(request));
        let surely: u64 = bits(&mut answered.map(|(step, _)| step));
        let reads: BTreeSet<u64> = (0..nodes)
            .map(|node| world.answer(node, json!({"type": "read"}))["value"].as_u64().unwrap())
            .collect();
        let read = *reads.first().unwrap();
        prop_assert_eq!(reads.len(), 1);
        prop_assert_eq!((surely & !read, read & !all), (0, 0), "{:b}, {:b}, {:b}", surely, read, all);
    }

    #[test]
    fn registers_agree(nodes in 1usize..5, seed: u64, steps in steps()) {
        const KEYS: usize = 6;
        let mut world = World::new(nodes, seed);
        let keys = |step: usize| [step % 3, 3 + step % 2, 5];
        let asked = go(&mut world, &steps, |step| {
            let writes = keys(step).map(|key| json!(["w", key, step]));
            json!({"type": "txn", "txn": writes})
        });
        let reads: Vec<Value> = (0..KEYS).map(|key| json!(["r", key, null])).collect();
        let copies: Vec<Value> = (0..nodes)
            .map(|node| world.answer(node, json!({"type": "txn", "txn": reads}))["txn"].take())
            .collect();
        prop_assert!(copies.iter().all(|copy| *copy == copies[0]), "{copies:?}");
        let value = |key: usize| copies[0][key][2].as_u64();
        for key in 0..KEYS {
            if let Some(step) = value(key) {
                let step = usize::try_from(step)?;
                prop_assert!(asked.contains_key(&step) && keys(step).contains(&key));
            }
        }
        for (step, request) in &asked {
            if world.answers.contains_key(request) {
                prop_assert!(keys(*step).into_iter().all(|key| value(key).is_some()));
            }
        }
    }

    #[test]
    fn logs_have_each_message_once(nodes in 1usize..5, seed: u64, steps in steps()) {
        let mut world = World::new(nodes, seed);
        let key = |step: usize| ["a", "b", "c", "d"][step % 4];
        let asked = go(&mut world, &steps, |step| {
            json!({"type": "send", "key": key(step), "msg": step})
        });
        let poll = json!({"type": "poll", "offsets": {"a": 0, "b": 0, "c": 0, "d": 0}});
        let logs: Vec<Value> =
            (0..nodes).map(|node| world.answer(node, poll.clone())["msgs"].take()).collect();
        prop_assert!(logs.iter().all(|log| *log == logs[0]), "{logs:?}");
        let mut seen = BTreeSet::new();
        for (key_read, messages) in logs[0].as_object().unwrap() {
            for message in messages.as_array().unwrap() {
                let step = usize::try_from(message[1].as_u64().unwrap())?;
                prop_assert!(asked.contains_key(&step) && key(step) == key_read);
                prop_assert!(seen.insert(step), "{message} is there twice");
            }
        }
        for (step, request) in &asked {
            let answer = world.answers.get(request).filter(|answer| answer["type"] == "send_ok");
            if let Some(answer) = answer {
                let offset = usize::try_from(answer["offset"].as_u64().unwrap())?;
                prop_assert_eq!(&logs[0][key(*step)][offset], &json!([offset, step]));
            }
        }
    }
}
