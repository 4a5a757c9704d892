//! Set-full against a slow model that follows every element through every read.

use glomers_checkers::{Quantiles, SetFull, StaleElement, set_full};
use glomers_history::{Function, History, Kind, Operation, Process, Value};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// The model's data about an element: positions in the history.
#[derive(Default, Clone, Copy)]
struct Timeline {
    known: Option<usize>,
    last_present: Option<usize>,
    last_absent: Option<usize>,
}

/// The states of all elements at the end, each read updating each element that exists.
fn follow(history: &[Operation]) -> BTreeMap<i64, Timeline> {
    let mut elements: BTreeMap<i64, Timeline> = BTreeMap::new();
    let mut invoked: BTreeMap<Process, usize> = BTreeMap::new();
    for (position, operation) in history.iter().enumerate() {
        let invocation = if operation.kind == Kind::Invoke {
            invoked.insert(operation.process, position);
            position
        } else {
            invoked[&operation.process]
        };
        match (&operation.f, operation.kind) {
            (Function::Add, Kind::Invoke) => {
                elements.insert(operation.value.as_int().unwrap(), Timeline::default());
            }
            (Function::Add, Kind::Ok) => {
                let element = operation.value.as_int().unwrap();
                elements.get_mut(&element).unwrap().known.get_or_insert(position);
            }
            (Function::Read, Kind::Ok) => {
                let shown: BTreeSet<i64> =
                    operation.value.elements().unwrap().iter().filter_map(Value::as_int).collect();
                for (element, state) in &mut elements {
                    if shown.contains(element) {
                        state.known.get_or_insert(position);
                        state.last_present = state.last_present.max(Some(invocation));
                    } else {
                        state.last_absent = state.last_absent.max(Some(invocation));
                    }
                }
            }
            _ => {}
        }
    }
    elements
}

/// The expected result of set-full; for lost elements only the values, with their latencies in ms.
fn model(history: &[Operation]) -> (SetFull, Vec<(i64, i64)>) {
    let elements = follow(history);
    let mut set = SetFull { attempt_count: elements.len(), ..SetFull::default() };
    let (mut latencies, mut lost, mut stale) = (Vec::new(), Vec::new(), Vec::new());
    for (element, Timeline { known, last_present, last_absent }) in elements {
        let ms = |otherwise: Option<usize>, known: usize| {
            let end = otherwise.map_or(0, |position| history[position].time + 1);
            (end - history[known].time).max(0) / 1_000_000
        };
        if last_present > last_absent {
            let latency = ms(last_absent, known.unwrap());
            latencies.push(latency);
            if latency > 0 {
                stale.push((latency, element, known.unwrap(), last_absent.unwrap()));
            }
        } else if known.is_some() && last_absent > last_present && last_absent > known {
            lost.push((element, ms(last_present, known.unwrap())));
        } else {
            set.never_read.push(element.into());
        }
    }
    set.stable_count = latencies.len();
    set.stable_latencies = Quantiles::of(latencies);
    set.lost_latencies = Quantiles::of(lost.iter().map(|(_, latency)| *latency).collect());
    set.stale = stale.iter().map(|(_, element, ..)| Value::from(*element)).collect();
    stale.sort_unstable();
    set.worst_stale = stale
        .iter()
        .rev()
        .take(8)
        .map(|(stable_latency, element, known, last_absent)| StaleElement {
            element: (*element).into(),
            stable_latency: *stable_latency,
            known: history[*known].clone(),
            last_absent: Some(history[*last_absent].clone()),
        })
        .collect();
    (set, lost)
}

/// The next step of a process.
#[derive(Debug, Clone)]
struct Step {
    process: u64,
    /// Adds this value, or reads.
    add: Option<i64>,
    /// The kind of completion of the operation before it.
    end: Kind,
    /// The elements that a read shows.
    shown: Vec<i64>,
    nanos: i64,
}

fn step() -> impl Strategy<Value = Step> {
    let end = prop_oneof![6 => Just(Kind::Ok), 1 => Just(Kind::Fail), 1 => Just(Kind::Info)];
    let add = prop_oneof![1 => (0..24_i64).prop_map(Some), 1 => Just(None)];
    let shown = prop_oneof![
        3 => proptest::collection::vec(0..26_i64, 0..30),
        1 => Just((0..24).collect::<Vec<i64>>()),
        1 => Just(Vec::new()),
    ];
    (0..5_u64, add, end, shown, 0..3_000_000_i64)
        .prop_map(|(process, add, end, shown, nanos)| Step { process, add, end, shown, nanos })
}

/// A process alternately begins an operation and ends it, so that operations overlap at random.
fn run(steps: Vec<Step>) -> Vec<Operation> {
    let mut history: Vec<Operation> = Vec::new();
    let mut busy: BTreeMap<u64, Operation> = BTreeMap::new();
    let mut time = 0;
    for step in steps {
        time += step.nanos;
        let index = history.len() as u64;
        let next = if let Some(invocation) = busy.remove(&step.process) {
            let mut next = Operation { index, time, kind: step.end, ..invocation };
            if next.f == Function::Read && next.kind == Kind::Ok {
                next.value = Value::Vector(step.shown.into_iter().map(Value::from).collect());
            }
            next
        } else {
            let next = Operation {
                index,
                time,
                kind: Kind::Invoke,
                process: Process::Client(step.process),
                f: if step.add.is_some() { Function::Add } else { Function::Read },
                value: step.add.map_or(Value::Nil, Value::from),
                is_final: false,
                detail: None,
            };
            busy.insert(step.process, next.clone());
            next
        };
        history.push(next);
    }
    history
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn set_full_says_what_the_model_says(steps in proptest::collection::vec(step(), 0..120)) {
        let operations = run(steps);
        let (expected, expected_lost) = model(&operations);
        let history: History = operations.into_iter().collect();
        let mut set = set_full(&history, &Function::Add).unwrap();
        let lost = std::mem::take(&mut set.lost);
        let lost: Vec<(i64, i64)> =
            lost.iter().map(|lost| (lost.element.as_int().unwrap(), lost.lost_latency)).collect();
        prop_assert_eq!(lost, expected_lost);
        prop_assert_eq!(set, expected);
    }
}
