//! G-set, the counters and lin-kv, with scripted nodes that all share one state.

use super::recorded::{recorded_shapes, shapes};
use super::*;
use crate::EngineError;
use glomers_config::Workload;
use glomers_history::read_value;
use std::collections::{BTreeMap, BTreeSet};

const MS: i64 = 1_000_000;

/// A plan of the workload, by default with 3 nodes, 20 seconds, and 100 operations per second.
fn plan_of(workload: Workload, given: Parameters) -> Plan {
    let concurrency = if workload == Workload::LinKv { "4n" } else { "1n" };
    let usual = Parameters {
        node_count: Some(3),
        time_limit: Some(20.0),
        rate: Some(100.0),
        concurrency: concurrency.parse().ok(),
        ..Parameters::default()
    };
    plan("echo", Parameters { workload: Some(workload), ..given.over(&usual) })
}

/// The state that all nodes of a script share.
#[derive(Default)]
struct Shared {
    sum: i64,
    elements: Vec<Json>,
    registers: BTreeMap<String, Json>,
}

impl Shared {
    fn answer(&mut self, workload: Workload, body: &Json) -> Json {
        let key = body["key"].to_string();
        match (workload, body["type"].as_str().unwrap()) {
            (Workload::GSet, "add") => {
                self.elements.push(body["element"].clone());
                json!({"type": "add_ok"})
            }
            (Workload::GSet, "read") => json!({"type": "read_ok", "value": self.elements}),
            (_, "add") => {
                self.sum += body["delta"].as_i64().unwrap();
                json!({"type": "add_ok"})
            }
            (Workload::LinKv, "read") => match self.registers.get(&key) {
                Some(value) => json!({"type": "read_ok", "value": value}),
                None => json!({"type": "error", "code": 20, "text": "not found"}),
            },
            (_, "read") => json!({"type": "read_ok", "value": self.sum}),
            (_, "write") => {
                self.registers.insert(key, body["value"].clone());
                json!({"type": "write_ok"})
            }
            (_, "cas") => match self.registers.get_mut(&key) {
                None => json!({"type": "error", "code": 20, "text": "not found"}),
                Some(value) if *value == body["from"] => {
                    *value = body["to"].clone();
                    json!({"type": "cas_ok"})
                }
                Some(_) => json!({"type": "error", "code": 22, "text": "another value"}),
            },
            (_, other) => panic!("{other}"),
        }
    }
}

/// A run with correct nodes.
fn run_well(workload: Workload, given: Parameters) -> Core {
    let mut shared = Shared::default();
    let (core, events) = run(plan_of(workload, given), &mut |_, message| {
        answer_init(message)
            .unwrap_or_else(|| vec![reply(message, shared.answer(workload, &message["body"]))])
    });
    assert!(core.failure().is_none());
    assert!(!events.iter().any(|event| matches!(event, Event::BadLine { .. })));
    core
}

/// A run with nodes that give the same answer to everything except `init`, or no answer.
fn run_badly(workload: Workload, given: Parameters, answer: Option<&Json>) -> Core {
    let (core, _) = run(plan_of(workload, given), &mut |_, message| {
        answer_init(message)
            .unwrap_or_else(|| answer.iter().map(|body| reply(message, (*body).clone())).collect())
    });
    core
}

fn invocations(core: &Core) -> impl Iterator<Item = &Operation> {
    core.history().operations().iter().filter(|operation| operation.kind == Kind::Invoke)
}

/// The deltas that were added, and the number of operations before the final reads.
fn deltas(core: &Core) -> (Vec<i64>, usize) {
    let load: Vec<&Operation> = invocations(core).filter(|op| !op.is_final).collect();
    let adds = load.iter().filter(|operation| operation.f == Function::Add);
    (adds.map(|operation| operation.value.as_int().unwrap()).collect(), load.len())
}

#[test]
fn counters_add_their_deltas_and_read_a_last_time() {
    for (workload, all, share) in [
        (Workload::PnCounter, (-5..=4).collect::<BTreeSet<_>>(), 0.46..0.54),
        (Workload::GCounter, (0..=4).collect(), 0.29..0.375),
    ] {
        let core = run_well(workload, Parameters::default());
        let (deltas, operations) = deltas(&core);
        assert!(share.contains(&(deltas.len() as f64 / operations as f64)), "{}", deltas.len());
        assert_eq!(deltas.iter().copied().collect::<BTreeSet<_>>(), all);
        let sum = Value::Int(deltas.iter().sum());
        let finals = kinds(&core, Kind::Ok).into_iter().filter(|operation| operation.is_final);
        assert!(finals.map(|operation| &operation.value).eq([&sum; 3]));
    }
}

#[test]
fn g_set_adds_elements_in_order_and_its_last_reads_are_not_marked() {
    let core = run_well(Workload::GSet, Parameters::default());
    let adds: Vec<&Operation> = invocations(&core).filter(|op| op.f == Function::Add).collect();
    let elements = adds.iter().map(|operation| operation.value.as_int().unwrap());
    assert!(elements.eq((0..).take(adds.len())));
    let reads = invocations(&core).count() - adds.len();
    assert!(adds.len().abs_diff(reads) < 200, "{} {reads}", adds.len());
    let operations = core.history().operations();
    assert!(operations.iter().all(|operation| !operation.is_final));
    let (load, last) = operations.split_at(operations.len() - 6);
    assert_eq!(last[0].time - load.last().unwrap().time, 10_000 * MS);
    assert!(last.iter().all(|operation| operation.f == Function::Read));
    assert_eq!(last[5].value.elements().unwrap().len(), adds.len());
}

#[test]
fn errors_and_timeouts_are_exceptions_in_sets_and_counters() {
    // As recorded from the reference, without the stack trace of its code.
    let data = r#"{:type :rpc-error, :code 13, :name :crash, :definite? false, :body {:type "error", :code 13, :text "crash", :in_reply_to 1}}"#;
    let message = format!("throw+: {}", data.replace('"', "\\\""));
    let class = "clojure.lang.ExceptionInfo";
    let crash = format!(
        r#"{{:via [{{:type {class}, :message "{message}", :data {data}}}], :cause "{message}", :data {data}}}"#
    );
    let data = ":data {:type :maelstrom.client/timeout, :name :timeout, :definite? false, :code 0}";
    let cause = r#""Client read timeout""#;
    let timeout =
        format!("{{:via [{{:type {class}, :message {cause}, {data}}}], :cause {cause}, {data}}}");
    let error = json!({"type": "error", "code": 13, "text": "crash"});
    for workload in [Workload::GSet, Workload::GCounter, Workload::PnCounter] {
        for (answer, exception) in [(Some(&error), &crash), (None, &timeout)] {
            let core = run_badly(workload, Parameters::default(), answer);
            let expected = read_value(exception).unwrap();
            let ended: Vec<&Operation> =
                core.history().operations().iter().filter(|op| op.kind != Kind::Invoke).collect();
            assert!(ended.iter().all(|operation| operation.kind == Kind::Info));
            assert_eq!(ended[0].exception(), Some(&expected));
            let Some(Value::Str(cause)) = expected.get("cause") else { panic!() };
            assert_eq!(ended[0].error(), Some(&Value::str(&format!("indeterminate: {cause}"))));
            let invoked = invocations(&core).next().unwrap();
            assert_eq!(ended[0].value, invoked.value);
            if answer.is_none() {
                assert_eq!(ended[0].time - invoked.time, 5000 * MS);
            }
        }
        // A definite error has the same effect.
        let refused = json!({"type": "error", "code": 14, "text": "no"});
        let core = run_badly(workload, Parameters::default(), Some(&refused));
        assert!(kinds(&core, Kind::Fail).is_empty() && !kinds(&core, Kind::Info).is_empty());
    }
}

#[test]
fn counters_hold_64_bits() {
    let answer = json!({"type": "read_ok", "value": u64::MAX});
    let core = run_badly(Workload::PnCounter, Parameters::default(), Some(&answer));
    let read = kinds(&core, Kind::Info).into_iter().find(|op| op.f == Function::Read).unwrap();
    let text = "indeterminate: Value out of range for long: 18446744073709551615";
    assert_eq!(read.error(), Some(&Value::str(text)));
    assert_eq!(read.value, Value::Nil);
}

/// Key and argument of an operation.
fn key_and_argument(operation: &Operation) -> (i64, &Value) {
    let [key, argument] = operation.value.elements().unwrap() else { panic!("no pair") };
    (key.as_int().unwrap(), argument)
}

#[test]
fn lin_kv_splits_workers_into_groups_of_one_key() {
    // Three groups of six workers; the first three workers only read.
    let given =
        Parameters { rate: Some(500.0), concurrency: "6n".parse().ok(), ..Parameters::default() };
    let core = run_well(Workload::LinKv, given);
    let mut counts = BTreeMap::new();
    for operation in invocations(&core) {
        let Process::Client(worker) = operation.process else { panic!("nemesis") };
        let (key, argument) = key_and_argument(operation);
        assert_eq!(u64::try_from(key), Ok(worker / 6));
        assert_eq!(operation.f == Function::Read, worker < 3);
        let values: &[Value] = match argument {
            Value::Nil => &[],
            Value::Vector(values) => values,
            value => std::slice::from_ref(value),
        };
        assert!(values.iter().all(|value| (0..5).contains(&value.as_int().unwrap())));
        *counts.entry(operation.f.name()).or_insert(0.0) += 1.0;
        let group = ["first", "second", "third"][usize::try_from(key).unwrap()];
        *counts.entry(group).or_insert(0.0) += 1.0;
    }
    let total: f64 = ["first", "second", "third"].iter().map(|group| counts[group]).sum();
    for (what, share) in [
        ("read", 1.0 / 6.0),
        ("write", 5.0 / 18.0),
        ("cas", 5.0 / 9.0),
        ("first", 1.0 / 3.0),
        ("third", 1.0 / 3.0),
    ] {
        assert!((counts[what] / total - share).abs() < 0.02, "{what}: {counts:?}");
    }
}

#[test]
fn a_key_ends_when_20_processes_touched_it() {
    let given = Parameters { time_limit: Some(60.0), ..Parameters::default() };
    let core = run_badly(Workload::LinKv, given, None);
    let mut processes: BTreeMap<i64, BTreeSet<Process>> = BTreeMap::new();
    for operation in invocations(&core) {
        let (key, _) = key_and_argument(operation);
        processes.entry(key).or_default().insert(operation.process);
    }
    assert!(processes.keys().copied().eq((0..).take(processes.len())));
    assert!(processes.len() > 10);
    // Processes that were still busy with the previous key count too, so fewer may be new to a key.
    let ended = &processes.values().map(BTreeSet::len).collect::<Vec<_>>()[..processes.len() - 3];
    assert!(ended.iter().all(|touched| (14..=20).contains(touched)), "{ended:?}");
}

#[test]
fn groups_of_more_than_20_go_on() {
    let given = Parameters { node_count: Some(11), ..Parameters::default() };
    let given = Parameters { concurrency: "2n".parse().ok(), ..given };
    let core = run_well(Workload::LinKv, given);
    assert!(invocations(&core).all(|operation| key_and_argument(operation).0 == 0));
}

#[test]
fn lin_kv_waits_ten_latencies_or_a_second_and_reads_fail() {
    let none = Parameters::default;
    for (given, waited) in [
        (none(), 1000),
        (Parameters { latency: Some(200), ..none() }, 2000),
        (Parameters { latency: Some(200), rpc_timeout: Some(300), ..none() }, 300),
    ] {
        let core = run_badly(Workload::LinKv, given, None);
        for (position, operation) in core.history().client_operations() {
            let Some(invoked) = core.history().counterpart(position) else { continue };
            if operation.kind == Kind::Invoke {
                continue;
            }
            assert_eq!(operation.time - invoked.time, waited * MS);
            let read = operation.f == Function::Read;
            assert_eq!(operation.kind, if read { Kind::Fail } else { Kind::Info });
            assert_eq!(operation.error(), Some(&Value::keyword("net-timeout")));
            assert_eq!(operation.value, invoked.value);
        }
    }
}

#[test]
fn lin_kv_keeps_its_clients_and_the_others_do_not() {
    let clients = |workload| {
        let mut names = BTreeSet::new();
        let error = json!({"type": "error", "code": 13, "text": "crash"});
        run(plan_of(workload, Parameters::default()), &mut |_, message| {
            answer_init(message).unwrap_or_else(|| {
                names.insert(message["src"].as_str().unwrap().to_owned());
                vec![reply(message, error.clone())]
            })
        });
        names.len()
    };
    assert_eq!(clients(Workload::LinKv), 12);
    assert!(clients(Workload::GSet) > 1000);
}

#[test]
fn lin_kv_refuses_workers_that_make_no_whole_groups() {
    for (nodes, concurrency) in [(3, "1n"), (3, "9"), (1, "1")] {
        let given = Parameters {
            node_count: Some(nodes),
            concurrency: concurrency.parse().ok(),
            ..Parameters::default()
        };
        let Err(error) = Core::new(plan_of(Workload::LinKv, given)) else { panic!("accepted") };
        assert!(matches!(error, EngineError::Concurrency { .. }));
        let text = error.to_string();
        assert!(text.contains("pass --concurrency 2n"), "{text}");
    }
}

#[test]
fn the_same_seed_gives_the_same_operations() {
    for workload in [Workload::GSet, Workload::GCounter, Workload::PnCounter, Workload::LinKv] {
        let history = |seed| {
            let given =
                Parameters { seed: Some(seed), time_limit: Some(2.0), ..Parameters::default() };
            run_well(workload, given).history().operations().to_vec()
        };
        assert_eq!(history(1), history(1));
        assert_ne!(history(1), history(2));
    }
}

#[test]
fn nodes_may_build_on_a_service() {
    // Every node keeps its counter in seq-kv, and answers after seq-kv has answered.
    let mut waiting: Vec<(String, Json)> = Vec::new();
    let (core, events) =
        run(plan_of(Workload::PnCounter, Parameters::default()), &mut |node, message| {
            let body = &message["body"];
            let key = format!("counter-{node}");
            let mut ask = |request: Json| {
                waiting.push((message["src"].as_str().unwrap().to_owned(), body.clone()));
                let mut request = request;
                request["msg_id"] = json!(waiting.len() - 1);
                vec![("seq-kv".to_owned(), request)]
            };
            match body["type"].as_str().unwrap() {
                "init" => answer_init(message).unwrap(),
                "read" => ask(json!({"type": "read", "key": key})),
                "add" => ask(json!({"type": "write", "key": key, "value": body["delta"]})),
                other => {
                    let asked = usize::try_from(body["in_reply_to"].as_i64().unwrap()).unwrap();
                    let (client, request) = waiting[asked].clone();
                    let mut answer = match other {
                        "write_ok" => json!({"type": "add_ok"}),
                        "read_ok" => json!({"type": "read_ok", "value": body["value"]}),
                        _ => json!({"type": "read_ok", "value": 0}),
                    };
                    answer["in_reply_to"] = request["msg_id"].clone();
                    vec![(client, answer)]
                }
            }
        });
    assert!(!events.iter().any(|event| matches!(event, Event::BadLine { .. })));
    // A node sees its last write, since it is the only writer of its key.
    let mut last: BTreeMap<Process, Value> = BTreeMap::new();
    for operation in core.history().operations().iter().filter(|op| op.kind == Kind::Ok) {
        let expected = last.entry(operation.process).or_insert(Value::Int(0));
        if operation.f == Function::Add {
            *expected = operation.value.clone();
        }
        assert_eq!(&operation.value, expected);
    }
}

#[test]
fn entries_have_the_shape_of_the_recorded_ones() {
    for (workload, cases) in [
        (Workload::GSet, &["g-set", "x-g-set-local"][..]),
        (Workload::GCounter, &["g-counter-kv", "xs-g-counter-indef"]),
        (Workload::PnCounter, &["pn-counter", "x-pn-counter-local"]),
        (Workload::LinKv, &["lin-kv-proxy", "lin-kv-raft", "xs-lin-kv-local", "opt-linkv-10"]),
    ] {
        let Some(recorded) = recorded_shapes(cases) else { continue };
        // Exceptions contain the stack trace of the reference's code; a separate test covers them.
        let recorded: BTreeSet<String> =
            recorded.into_iter().filter(|shape| !shape.contains("exception")).collect();
        // Some shapes are rare, such as a read of a set with exactly one element, so several seeds
        // are run.
        let mut ours = BTreeSet::new();
        for seed in 0..20 {
            let given = Parameters { seed: Some(seed), ..Parameters::default() };
            ours.extend(shapes(&run_well(workload, given)));
        }
        if workload == Workload::LinKv {
            let unavailable = json!({"type": "error", "code": 11, "text": "not a leader"});
            ours.extend(shapes(&run_badly(workload, Parameters::default(), Some(&unavailable))));
        }
        let missing: Vec<&String> = recorded.difference(&ours).collect();
        assert!(missing.is_empty(), "{workload}: {missing:?} not in {ours:#?}");
    }
}
