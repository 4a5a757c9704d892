//! Nonsensical histories get a verdict, and never cause a panic.

use glomers_checkers::{Checked, Criteria, check};
use glomers_config::Workload;
use glomers_history::{Function, History, Kind, Operation, Process, Validity, Value};
use proptest::prelude::*;

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Nil),
        (-3_i64..3).prop_map(Value::Int),
        any::<i64>().prop_map(Value::Int),
        "[0-9]{1,45}".prop_map(|text| Value::BigNumber(text.as_str().into())),
        Just(Value::BigNumber("1/3".into())),
        any::<f64>().prop_map(Value::Float),
        "[a-c]{0,2}".prop_map(|text| Value::str(&text)),
        Just(Value::keyword("append")),
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            4 => prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Vector),
            1 => prop::collection::vec(inner.clone(), 0..3).prop_map(Value::List),
            1 => prop::collection::vec((inner.clone(), inner), 0..2).prop_map(Value::Map),
        ]
    })
}

fn entries() -> impl Strategy<Value = Operation> {
    let kind = prop::sample::select(vec![Kind::Invoke, Kind::Ok, Kind::Fail, Kind::Info]);
    let f = prop::sample::select(vec!["read", "write", "cas", "add", "txn", "dance"]);
    let process =
        prop_oneof![9 => (0_u64..4).prop_map(Process::Client), 1 => Just(Process::Nemesis)];
    (any::<(u64, i64, bool)>(), kind, process, f, values()).prop_map(
        |((index, time, is_final), kind, process, f, value)| Operation {
            index,
            time,
            kind,
            process,
            f: Function::from_name(f),
            value,
            is_final,
            detail: None,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn anything_gets_a_verdict(entries in prop::collection::vec(entries(), 0..30)) {
        let history: History = entries.into_iter().collect();
        for workload in [Workload::GSet, Workload::GCounter, Workload::PnCounter, Workload::LinKv] {
            let criteria = Criteria::new(workload);
            let Checked { judgement, findings } = check(&criteria, &history, None);
            let explanations = findings.explanations();
            // Values that look like keys with values are judged by key.
            let of_workload = judgement.verdicts.iter().find(|(name, _)| *name == "workload");
            if of_workload.is_some_and(|(_, verdict)| verdict.valid != Validity::Valid) {
                prop_assert!(!explanations.is_empty());
            }
            for explanation in explanations {
                prop_assert!(!explanation.to_string().is_empty());
            }
            for warning in findings.warnings() {
                prop_assert!(!warning.to_string().is_empty());
            }
        }
    }
}
