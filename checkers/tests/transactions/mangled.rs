//! Histories of nodes, or files, that are broken: an answer or an error, but never a panic.

use crate::simulator::{Isolation, Simulator};
use glomers_checkers::{Checked, Criteria, check};
use glomers_config::Workload;
use glomers_history::{History, Kind, Operation, Process, Value};
use proptest::prelude::*;

/// Values that no transaction should have.
fn odd() -> impl Strategy<Value = Value> {
    let atoms = prop_oneof![
        Just(Value::Nil),
        Just(Value::Bool(false)),
        any::<i64>().prop_map(Value::Int),
        (0..5_i64).prop_map(Value::Int),
        Just(Value::Float(f64::NAN)),
        Just(Value::BigNumber("123456789012345678901234567890".into())),
        Just(Value::str("key")),
        Just(Value::keyword("r")),
        Just(Value::keyword("append")),
        Just(Value::keyword("w")),
    ];
    atoms.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Vector),
            prop::collection::vec((inner.clone(), inner), 0..2).prop_map(Value::Map),
        ]
    })
}

/// A modification of an entry.
#[derive(Debug, Clone)]
enum Change {
    Drop,
    Twice,
    Index(u64),
    Kind(Kind),
    Process(Process),
    Whole(Value),
    Part(usize, Value),
    Field(usize, usize, Value),
}

fn change() -> impl Strategy<Value = Change> {
    let kinds = [Kind::Invoke, Kind::Ok, Kind::Fail, Kind::Info];
    let processes = [Process::Nemesis, Process::Client(0), Process::Client(u64::MAX)];
    prop_oneof![
        Just(Change::Drop),
        Just(Change::Twice),
        any::<u64>().prop_map(Change::Index),
        prop::sample::select(kinds.to_vec()).prop_map(Change::Kind),
        prop::sample::select(processes.to_vec()).prop_map(Change::Process),
        odd().prop_map(Change::Whole),
        (any::<usize>(), odd()).prop_map(|(part, value)| Change::Part(part, value)),
        (any::<usize>(), 0..4_usize, odd())
            .prop_map(|(part, field, value)| Change::Field(part, field, value)),
    ]
}

/// Sets the part at an index, which wraps around from the last to the first.
fn put(elements: &mut Vec<Value>, position: usize, value: Value) {
    match elements.len() {
        length if position < length => elements[position] = value,
        _ => elements.push(value),
    }
}

fn apply(operations: &mut Vec<Operation>, position: usize, change: Change) {
    if operations.is_empty() {
        return;
    }
    let position = position % operations.len();
    let operation = &mut operations[position];
    match change {
        Change::Drop => {
            operations.remove(position);
        }
        Change::Twice => {
            let copy = operation.clone();
            operations.insert(position, copy);
        }
        Change::Index(index) => operation.index = index,
        Change::Kind(kind) => operation.kind = kind,
        Change::Process(process) => operation.process = process,
        Change::Whole(value) => operation.value = value,
        Change::Part(part, value) => {
            if let Value::Vector(parts) = &mut operation.value {
                put(parts, part % 5, value);
            }
        }
        Change::Field(part, field, value) => {
            let Value::Vector(parts) = &mut operation.value else { return };
            let count = parts.len().max(1);
            if let Some(Value::Vector(fields)) = parts.get_mut(part % count) {
                put(fields, field, value);
            }
        }
    }
}

proptest! {
    #[test]
    fn nothing_makes_it_panic(
        seed: u64,
        is_list: bool,
        changes in prop::collection::vec((any::<usize>(), change()), 1..12),
    ) {
        let isolation = Isolation::ReadCommitted;
        let (transactions, processes, keys, writes_per_key) = (30, 4, 2, 8);
        let simulator =
            Simulator { isolation, is_list, transactions, processes, keys, writes_per_key, seed };
        let mut operations = simulator.history();
        for (position, change) in changes {
            apply(&mut operations, position, change);
        }
        let history: History = operations.into_iter().collect();
        for workload in [Workload::TxnListAppend, Workload::TxnRwRegister] {
            let criteria = Criteria::new(workload);
            let Checked { judgement, findings } = check(&criteria, &history, None);
            let explained = findings.explanations();
            let texts: Vec<String> = explained.iter().map(ToString::to_string).collect();
            let is_valid = judgement.valid().to_value() == Value::Bool(true);
            prop_assert_eq!(texts.is_empty(), is_valid, "{:?}", texts);
            let _ = findings.warnings();
        }
    }
}
