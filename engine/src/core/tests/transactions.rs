//! Transactions with nodes that keep everything in memory, in virtual time.

use super::recorded::{recorded_shapes, shapes};
use super::*;
use std::collections::{BTreeMap, BTreeSet};

/// A store that runs one transaction at a time, over lists and registers.
#[derive(Default)]
struct Store(BTreeMap<i64, Json>);

impl Store {
    fn txn(&mut self, txn: &Json) -> Json {
        let operations = txn.as_array().unwrap().iter().map(|operation| {
            let [f, key, value] = operation.as_array().unwrap().as_slice() else {
                panic!("{operation}")
            };
            let stored = self.0.entry(key.as_i64().unwrap()).or_insert(Json::Null);
            match f.as_str().unwrap() {
                "r" => {
                    assert!(value.is_null());
                    return json!([f, key, stored]);
                }
                "w" => *stored = value.clone(),
                "append" if stored.is_null() => *stored = json!([value]),
                "append" => stored.as_array_mut().unwrap().push(value.clone()),
                other => panic!("{other}"),
            }
            operation.clone()
        });
        json!({"type": "txn_ok", "txn": operations.collect::<Vec<_>>()})
    }

    /// Node 0 keeps the store; all other nodes forward requests to it.
    fn node(&mut self, node: NodeIndex, message: &Json) -> Vec<(String, Json)> {
        if let Some(answer) = answer_init(message) {
            return answer;
        }
        let body = &message["body"];
        match body["type"].as_str().unwrap() {
            "forwarded" => {
                vec![(body["to"].as_str().unwrap().to_owned(), body["body"].clone())]
            }
            "forward" => {
                let (to, answer) =
                    reply(&body["message"], self.txn(&body["message"]["body"]["txn"]));
                let body = json!({"type": "forwarded", "to": to, "body": answer});
                vec![(message["src"].as_str().unwrap().to_owned(), body)]
            }
            _ if node == 0 => vec![reply(message, self.txn(&body["txn"]))],
            _ => vec![("n0".to_owned(), json!({"type": "forward", "message": message}))],
        }
    }
}

fn appends(given: Parameters) -> Parameters {
    Parameters { workload: "txn-list-append".parse().ok(), ..given }
}

fn faulty(rate: f64) -> Parameters {
    Parameters {
        rate: Some(rate),
        latency: Some(10),
        nemesis: "partition".parse().ok(),
        nemesis_interval: Some(4.0),
        ..Parameters::default()
    }
}

#[test]
fn a_serial_store_shows_every_append_in_order() {
    let mut store = Store::default();
    let (core, _) =
        run(plan("txn-b", appends(faulty(200.0))), &mut |node, message| store.node(node, message));
    // Each list that was read is a prefix of the final list.
    let mut reads = 0;
    for operation in kinds(&core, Kind::Ok) {
        for micro in operation.value.elements().unwrap() {
            let [f, key, value] = micro.elements().unwrap() else { panic!("{micro:?}") };
            if *f == Value::keyword("r") {
                let list = &store.0[&key.as_int().unwrap()];
                let read = value.elements().unwrap_or_default();
                for (position, element) in read.iter().enumerate() {
                    assert_eq!(element.as_int(), list[position].as_i64());
                }
                reads += read.len();
            } else {
                assert_eq!(*f, Value::keyword("append"));
            }
        }
    }
    assert!(reads > 1_000, "{reads}");
    assert!(store.0.values().all(|list| list.as_array().is_none_or(|list| list.len() <= 16)));
}

#[test]
fn a_client_outlives_the_processes_that_time_out() {
    let (mut store, mut clients) = (Store::default(), BTreeSet::new());
    let (core, _) = run(plan("txn-b", faulty(100.0)), &mut |node, message| {
        if message["body"]["type"] == "txn" {
            clients.insert(message["src"].as_str().unwrap().to_owned());
        }
        store.node(node, message)
    });
    let infos = kinds(&core, Kind::Info);
    let timed_out: Vec<&&Operation> =
        infos.iter().filter(|op| op.process != Process::Nemesis).collect();
    assert!(!timed_out.is_empty());
    for operation in timed_out {
        assert_eq!(operation.error(), Some(&Value::keyword("net-timeout")));
    }
    assert_eq!(clients.len(), 4);
    let last = core.history().operations().last().unwrap();
    assert!(last.time <= 25_000_000_000, "no final operations");
}

#[test]
fn errors_leave_the_transaction_as_it_was_asked() {
    let mut answers = [(30, Kind::Fail), (14, Kind::Fail), (13, Kind::Info)].into_iter().cycle();
    let mut expected = Vec::new();
    let given = Parameters { time_limit: Some(0.5), ..Parameters::default() };
    let given = Parameters { concurrency: "1n".parse().ok(), ..given };
    let (core, _) = run(plan("txn-a", given), &mut |_, message| {
        answer_init(message).unwrap_or_else(|| {
            let (code, kind) = answers.next().unwrap();
            expected.push(kind);
            vec![reply(message, json!({"type": "error", "code": code, "text": "no"}))]
        })
    });
    let mut ends = expected.into_iter();
    for pair in core.history().operations().chunks(2) {
        let [invoked, completed] = pair else { panic!("one at a time") };
        assert_eq!(Some(completed.kind), ends.next());
        assert_eq!(completed.value, invoked.value);
    }
}

#[test]
fn answers_to_other_transactions_are_exceptions() {
    let of = |given: Parameters, change: &dyn Fn(&mut Vec<Json>)| {
        let mut store = Store::default();
        let given = Parameters { time_limit: Some(2.0), ..given };
        let (core, _) = run(plan("txn-a", given), &mut |node, message| {
            let mut answers = store.node(node, message);
            if let Some(Json::Array(txn)) = answers[0].1.get_mut("txn") {
                change(txn);
            }
            answers
        });
        let infos = kinds(&core, Kind::Info);
        assert!(kinds(&core, Kind::Ok).is_empty());
        let Some(Value::Str(error)) = infos[0].error() else { panic!("{:?}", infos[0]) };
        assert!(infos.iter().all(|info| {
            let data = info.exception().unwrap().get("data").unwrap();
            data.get("type") == Some(&Value::keyword("malformed-rpc-response"))
        }));
        error.split_once("<the msg_id of the request>}: ").unwrap().1.to_owned()
    };
    let registers = Parameters::default;
    assert!(of(registers(), &|txn| drop(txn.pop())).contains("were asked for"));
    assert!(of(registers(), &|txn| txn[0][1] = json!("k")).starts_with("operation 0 of txn, ["));
    let shape = "txn is not an array, each element [\"r\", anything, anything] or \
                 [\"w\", anything, anything]";
    assert_eq!(of(registers(), &|txn| txn[0] = json!(["x", 1, 2])), shape);
    assert_eq!(of(registers(), &|txn| txn[0] = json!({"r": 1})), shape);
    let shape = "txn is not an array, each element [\"r\", anything, an array, each element \
                 anything] or [\"append\", anything, anything]";
    assert_eq!(of(appends(registers()), &|txn| txn[0] = json!(["r", 1, 2])), shape);
}

#[test]
fn entries_have_the_shape_of_the_recorded_transactions() {
    let register = ["txn-rw-6a"];
    let run = |given| {
        let mut store = Store::default();
        run(plan("txn-a", given), &mut |node, message| store.node(node, message)).0
    };
    if let Some(recorded) = recorded_shapes(&register) {
        assert_eq!(shapes(&run(Parameters::default())), recorded);
    }
    let Some(recorded) = recorded_shapes(&["append-js-single"]) else { return };
    let failed = |shape: &String| shape.starts_with("fail ");
    let recorded: BTreeSet<String> = recorded.into_iter().filter(|shape| !failed(shape)).collect();
    assert!(recorded.is_subset(&shapes(&run(appends(Parameters::default())))));
}

#[test]
fn the_same_seed_gives_the_same_transactions() {
    let history = |seed| {
        let mut store = Store::default();
        let given = Parameters { seed: Some(seed), ..faulty(200.0) };
        let (core, _) = run(plan("txn-c", given), &mut |node, message| store.node(node, message));
        core.history().operations().to_vec()
    };
    assert_eq!(history(1), history(1));
    assert_ne!(history(1), history(2));
}
