//! Very many transactions that all depend on each other: an answer in bounded time.

use glomers_checkers::{Datatype, Referee, TransactionHistory};
use glomers_config::ConsistencyModel;
use glomers_history::{Function, History, Kind, Operation, Process, Validity, Value};
use std::thread;
use std::time::{Duration, Instant};

const TRANSACTIONS: i64 = 100_000;
/// Far more than it takes, even on a busy machine; a quadratic search would need hours.
const LIMIT: Duration = Duration::from_mins(2);

/// All begin, then all end: each reads that the key has no value, and then writes it.
fn history(f: &str) -> History {
    let entry = |index: i64| {
        let number = index % TRANSACTIONS;
        let part = |f: &str, value| Value::Vector(vec![Value::keyword(f), Value::Int(1), value]);
        let value = vec![part("r", Value::Nil), part(f, Value::Int(number))];
        Operation {
            index: index.cast_unsigned(),
            time: index,
            kind: if index < TRANSACTIONS { Kind::Invoke } else { Kind::Ok },
            process: Process::Client(number.cast_unsigned()),
            f: Function::Txn,
            value: Value::Vector(value),
            is_final: false,
            detail: None,
        }
    };
    (0..2 * TRANSACTIONS).map(entry).collect()
}

#[test]
fn mutually_dependent_transactions_are_judged_in_bounded_time() {
    // At the same time: nothing else in this program takes seconds.
    thread::scope(|scope| {
        for (datatype, f) in [(Datatype::ListAppend, "append"), (Datatype::Register, "w")] {
            scope.spawn(move || is_judged_in_bounded_time(datatype, f));
        }
    });
}

fn is_judged_in_bounded_time(datatype: Datatype, f: &str) {
    let history = history(f);
    let start = Instant::now();
    let transactions = TransactionHistory::from_operations(datatype, history.operations());
    let result = transactions.judge(&[ConsistencyModel::StrongSerializable], Referee::Maelstrom);
    assert_eq!(result.validity(), Validity::Invalid);
    assert!(result.is_partial(), "not every dependency can have been followed");
    let explained: Vec<String> =
        result.explanations(&history).iter().map(ToString::to_string).collect();
    let starts = |name: &str| explained.iter().any(|text| text.starts_with(name));
    assert!(starts("lost-update") && starts("G2-item"), "{datatype:?}");
    assert!(start.elapsed() < LIMIT, "{datatype:?} took {:?}", start.elapsed());
}
