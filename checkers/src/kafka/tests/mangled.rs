//! Random histories, most of them nonsense: each is judged, or refused with a text.

use crate::{Checked, Criteria, check, kafka};
use glomers_config::Workload;
use glomers_history::{Function, History, Kind, Operation, Process, Value};
use proptest::prelude::*;

fn key() -> impl Strategy<Value = Value> {
    prop_oneof![
        8 => (0..3_i64).prop_map(|key| Value::str(&key.to_string())),
        1 => Just(Value::Int(1)),
        1 => Just(Value::Nil),
    ]
}

fn message() -> impl Strategy<Value = Value> {
    prop_oneof![12 => (0..12_i64).prop_map(Value::Int), 1 => Just(Value::str("1"))]
}

fn offset() -> impl Strategy<Value = Value> {
    prop_oneof![
        20 => (0..8_i64).prop_map(Value::Int),
        1 => Just(Value::Nil),
        1 => prop_oneof![Just(i64::MIN), Just(-1), Just(i64::MAX)].prop_map(Value::Int),
    ]
}

fn pair() -> impl Strategy<Value = Value> {
    (offset(), message()).prop_map(|(offset, message)| Value::Vector(vec![offset, message]))
}

fn part() -> impl Strategy<Value = Value> {
    let polled = prop::collection::vec(pair(), 0..4).prop_map(Value::Vector);
    let polled = prop::collection::vec((key(), polled), 0..3).prop_map(Value::Map);
    let send = |(key, value)| Value::Vector(vec![Value::keyword("send"), key, value]);
    let poll = |polled| Value::Vector(vec![Value::keyword("poll"), polled]);
    prop_oneof![
        4 => (key(), pair()).prop_map(send),
        1 => (key(), message()).prop_map(send),
        4 => polled.prop_map(poll),
        1 => Just(Value::Vector(vec![Value::keyword("poll")])),
    ]
}

/// Values that do not belong in a transaction.
fn nonsense() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Nil),
        Just(Value::Int(7)),
        Just(Value::Vector(vec![Value::keyword("poll"), Value::Int(1)])),
        Just(Value::Vector(vec![Value::Vector(Vec::new())])),
        Just(Value::Vector(vec![Value::Vector(vec![Value::keyword("drop")])])),
    ]
}

fn operation(nonsense_weight: u32) -> impl Strategy<Value = Operation> {
    let kind = prop_oneof![
        3 => Just(Kind::Invoke),
        4 => Just(Kind::Ok),
        1 => Just(Kind::Info),
        1 => Just(Kind::Fail),
    ];
    let f =
        prop::sample::select(vec!["poll", "send", "txn", "txn", "assign", "subscribe", "crash"]);
    let value = prop_oneof![
        30 => prop::collection::vec(part(), 0..3).prop_map(Value::Vector),
        nonsense_weight => nonsense(),
    ];
    let assigned = prop::collection::vec(key(), 0..3).prop_map(Value::Vector);
    (kind, f, value, assigned, 0..3_u64).prop_map(|(kind, f, value, assigned, process)| Operation {
        index: 0,
        time: 0,
        kind,
        process: Process::Client(process),
        f: Function::from_name(f),
        value: if matches!(f, "assign" | "subscribe") { assigned } else { value },
        is_final: false,
        detail: None,
    })
}

fn history(nonsense_weight: u32) -> impl Strategy<Value = History> {
    prop::collection::vec(operation(nonsense_weight), 0..40).prop_map(|operations| {
        let numbered = (0_u64..).zip(operations).map(|(index, operation)| Operation {
            index,
            time: i64::try_from(index).unwrap() * 1000,
            ..operation
        });
        numbered.collect()
    })
}

/// A history in which each message of the strategy was sent before all, so that it can be judged.
fn judgeable() -> impl Strategy<Value = History> {
    history(1).prop_map(|rest| {
        let sends = ["\"0\"", "\"1\"", "\"2\""].iter().flat_map(|key| {
            (0..12).map(move |message| format!("info 9 send [[:send {key} {message}]]"))
        });
        let sent = crate::sample::sample(&sends.collect::<Vec<_>>().join("\n"));
        sent.operations().iter().chain(rest.operations()).cloned().collect()
    })
}

fn is_consistent(history: &History) -> Result<(), TestCaseError> {
    let criteria = Criteria::new(Workload::Kafka);
    let Checked { judgement, findings } = check(&criteria, history, None);
    let verdict = &judgement.verdicts.last().unwrap().1;
    let _ = findings.warnings();
    match kafka(history) {
        Ok(kafka) => {
            prop_assert_eq!(verdict.valid, kafka.validity());
            prop_assert_eq!(
                kafka.problems().is_empty(),
                kafka.validity().to_value() == true.into()
            );
            for (anomaly, count) in kafka.anomalies() {
                let listed = verdict.map.get(anomaly.name());
                prop_assert!(listed.is_some() && count > 0, "{:?} in {:?}", anomaly, verdict.map);
            }
        }
        Err(error) => {
            prop_assert_eq!(verdict.map.get("error"), Some(&Value::str(&error.to_string())));
        }
    }
    prop_assert!(findings.explanations().iter().all(|text| !text.to_string().is_empty()));
    Ok(())
}

proptest! {
    #[test]
    fn nonsense_is_judged_or_refused(history in history(6)) {
        is_consistent(&history)?;
    }

    #[test]
    fn most_histories_are_judged(history in judgeable()) {
        is_consistent(&history)?;
    }
}
