//! Histories of a simulated linearizable store pass; with one fault, they fail at its key.

use crate::script::entry;
use glomers_checkers::{Criteria, Linearizability, check, linearizable_registers};
use glomers_config::Workload;
use glomers_history::{Function, History, Kind, Operation, Process, Validity, Value};
use proptest::prelude::*;

/// Keys of a store.
const KEYS: i64 = 3;

/// An operation of a worker in progress.
struct Begun {
    f: Function,
    key: i64,
    argument: Value,
    effect: Effect,
}

/// The effect of an operation.
enum Effect {
    NotYet,
    /// It found another value than it expected, or no key.
    Failed,
    /// It happened, and returned this value.
    Happened(Value),
}

/// Runs a store with four workers through random choices. All written values are distinct, so that
/// every fault is visible.
fn run(choices: &[(u8, u8, u8)]) -> History {
    let mut held = vec![Value::Nil; usize::try_from(KEYS).unwrap()];
    let mut history = History::new();
    let mut workers: Vec<(u64, Option<Begun>)> = (0..4).map(|process| (process, None)).collect();
    // Operations with an unknown outcome, which may still take effect.
    let mut adrift: Vec<Begun> = Vec::new();
    let (mut next_process, mut next_value) = (4, 0);
    let mut fresh = || {
        next_value += 1;
        Value::Int(next_value)
    };
    for (worker, what, how) in choices {
        if *what == 0 && !adrift.is_empty() {
            let index = usize::from(*how) % adrift.len();
            take_effect(&mut adrift[index], &mut held);
            adrift.remove(index);
            continue;
        }
        let (process, begun) = &mut workers[usize::from(*worker)];
        let index = history.len() as u64;
        match begun {
            None => {
                let key = i64::from(*how) % KEYS;
                let (f, argument) = match what {
                    0..4 => (Function::Read, Value::Nil),
                    4..6 => (Function::Write, fresh()),
                    _ => {
                        let now = held[usize::try_from(key).unwrap()].clone();
                        let old = if now == Value::Nil { Value::Int(-1) } else { now };
                        (Function::Cas, Value::Vector(vec![old, fresh()]))
                    }
                };
                history.push(of_key(index, Kind::Invoke, *process, &f, key, &argument));
                *begun = Some(Begun { f, key, argument, effect: Effect::NotYet });
            }
            Some(on_its_way) if matches!(on_its_way.effect, Effect::NotYet) && *what > 0 => {
                take_effect(on_its_way, &mut held);
            }
            Some(_) => {
                let Some(ended) = begun.take() else { continue };
                let Begun { f, key, argument, effect } = &ended;
                let is_read = *f == Function::Read;
                let (kind, result) = match effect {
                    Effect::Happened(read) if is_read => (Kind::Ok, read),
                    Effect::Happened(_) if *how < 200 => (Kind::Ok, argument),
                    Effect::Failed => (Kind::Fail, argument),
                    _ if is_read => (Kind::Fail, argument),
                    _ => (Kind::Info, argument),
                };
                history.push(of_key(index, kind, *process, f, *key, result));
                if kind == Kind::Info {
                    *process = next_process;
                    next_process += 1;
                    if matches!(ended.effect, Effect::NotYet) {
                        adrift.push(ended);
                    }
                }
            }
        }
    }
    history
}

fn take_effect(begun: &mut Begun, held: &mut [Value]) {
    let held = &mut held[usize::try_from(begun.key).unwrap()];
    begun.effect = match (&begun.f, begun.argument.elements()) {
        (Function::Write, _) => {
            *held = begun.argument.clone();
            Effect::Happened(Value::Nil)
        }
        (Function::Cas, Some([old, new])) if *old == *held => {
            *held = new.clone();
            Effect::Happened(Value::Nil)
        }
        (Function::Cas, _) => Effect::Failed,
        // The key does not exist.
        _ if *held == Value::Nil => Effect::Failed,
        _ => Effect::Happened(held.clone()),
    };
}

fn of_key(
    index: u64,
    kind: Kind,
    process: u64,
    f: &Function,
    key: i64,
    value: &Value,
) -> Operation {
    let value = Value::Vector(vec![Value::Int(key), value.clone()]);
    entry(index, kind, process, f.clone(), value)
}

/// The history, and one more operation after all others.
fn and_then(history: &History, f: &Function, key: i64, value: &Value) -> History {
    let busy = |operation: &Operation| match operation.process {
        Process::Client(process) => process + 1,
        Process::Nemesis => 0,
    };
    let process = history.operations().iter().map(busy).max().unwrap_or(0);
    let index = history.len() as u64;
    let mut longer = history.clone();
    let asked = if *f == Function::Read { &Value::Nil } else { value };
    longer.push(of_key(index, Kind::Invoke, process, f, key, asked));
    longer.push(of_key(index + 1, Kind::Ok, process, f, key, value));
    longer
}

/// Key, invocation index, completion index and written value of each successful write and cas.
fn writes(history: &History) -> Vec<(i64, u64, u64, Value)> {
    let ended = |(position, end): (usize, &Operation)| {
        let [key, value] = end.value.elements()? else { return None };
        let value = match (&end.f, value.elements()) {
            (Function::Write, _) => value,
            (Function::Cas, Some([_, new])) => new,
            _ => return None,
        };
        let begin = history.counterpart(position)?.index;
        (end.kind == Kind::Ok).then(|| (key.as_int().unwrap(), begin, end.index, value.clone()))
    };
    history.client_operations().filter_map(ended).collect()
}

/// Checks that this key fails, at the last operation if at no earlier one, and that a conflict is
/// shown.
fn assert_fails(history: &History, key: i64) -> Result<(), TestCaseError> {
    let registers = linearizable_registers(history).unwrap();
    for verdict in &registers.keys {
        let expected =
            if verdict.key == Some(Value::Int(key)) { Validity::Invalid } else { Validity::Valid };
        prop_assert_eq!(verdict.validity(), expected);
        if let Ok(Linearizability::NotLinearizable(failure)) = &verdict.outcome {
            prop_assert_eq!(failure.operation.index, history.len() as u64 - 1);
        }
    }
    let explanations =
        check(&Criteria::new(Workload::LinKv), history, None).findings.explanations();
    let text: String = explanations.iter().map(ToString::to_string).collect();
    prop_assert!(text.contains(&format!("key {key}: ")), "{text}");
    Ok(())
}

fn choices() -> impl Strategy<Value = Vec<(u8, u8, u8)>> {
    prop::collection::vec((0_u8..4, 0_u8..10, any::<u8>()), 0..400)
}

proptest! {
    #[test]
    fn a_linearizable_store_passes(choices in choices()) {
        let history = run(&choices);
        let registers = linearizable_registers(&history).unwrap();
        prop_assert_eq!(registers.validity(), Validity::Valid, "{:?}", registers);
    }

    #[test]
    fn a_stale_read_fails(choices in choices()) {
        let history = run(&choices);
        let writes = writes(&history);
        let overwritten = writes.iter().find(|(key, _, end, _)| {
            writes.iter().any(|(other, begin, ..)| other == key && begin > end)
        });
        prop_assume!(overwritten.is_some());
        let (key, .., value) = overwritten.unwrap();
        assert_fails(&and_then(&history, &Function::Read, *key, value), *key)?;
    }

    #[test]
    fn a_lost_cas_fails(choices in choices()) {
        let history = run(&choices);
        let lost = history.operations().iter().find_map(|end| {
            let [key, value] = end.value.elements()? else { return None };
            let [old, _] = value.elements()? else { return None };
            (end.kind == Kind::Ok).then(|| (key.as_int().unwrap(), old.clone()))
        });
        prop_assume!(lost.is_some());
        let (key, old) = lost.unwrap();
        let again = Value::Vector(vec![old, Value::Int(-2)]);
        assert_fails(&and_then(&history, &Function::Cas, key, &again), key)?;
    }
}
