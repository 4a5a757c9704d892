//! Correct databases satisfy the models that they promise, and in the long run no others.

use crate::simulator::{Isolation, Simulator};
use crate::verdict::anomaly_types;
use glomers_config::ConsistencyModel as Model;
use glomers_history::{History, Value};
use proptest::prelude::*;

fn history(isolation: Isolation, is_list: bool, transactions: usize, seed: u64) -> History {
    let simulator = Simulator {
        isolation,
        is_list,
        transactions,
        processes: 8,
        keys: 4,
        writes_per_key: 12,
        seed,
    };
    simulator.history().into_iter().collect()
}

/// The strongest models that each promises.
const PROMISES: [(Isolation, Model); 4] = [
    (Isolation::StrictSerializable, Model::StrongSerializable),
    (Isolation::Serializable, Model::Serializable),
    (Isolation::Snapshot, Model::StrongSnapshotIsolation),
    (Isolation::ReadCommitted, Model::StrongReadCommitted),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn promises_are_kept(seed: u64, is_list: bool) {
        for (isolation, model) in PROMISES {
            let history = history(isolation, is_list, 120, seed);
            let (valid, types) = anomaly_types(&history, is_list, model);
            prop_assert_eq!(&valid, &Value::Bool(true), "{:?} {:?}", isolation, types);
        }
    }
}

/// A model that each violates, and the anomalies of lists that show it.
const BROKEN: [(Isolation, Model, &[&str]); 4] = [
    (
        Isolation::Serializable,
        Model::StrongSerializable,
        &["G-single-item-realtime", "G-nonadjacent-item-realtime"],
    ),
    (Isolation::Snapshot, Model::RepeatableRead, &["G2-item"]),
    (
        Isolation::ReadCommitted,
        Model::SnapshotIsolation,
        &["internal", "lost-update", "G-single-item"],
    ),
    (Isolation::ReadCommitted, Model::Serializable, &["internal", "lost-update", "G-single-item"]),
];

#[test]
fn what_is_not_promised_is_broken_sooner_or_later() {
    for (isolation, model, expected) in BROKEN {
        let history = history(isolation, true, 4000, 7);
        let (valid, types) = anomaly_types(&history, true, model);
        assert_eq!(valid, Value::Bool(false), "{isolation:?} {model}");
        let is_found = |name: &&str| types.iter().any(|found| found == name);
        assert!(expected.iter().any(is_found), "{isolation:?} {model}: {types:?}");
        if isolation == Isolation::Snapshot {
            assert_eq!(types, ["G2-item"], "snapshots allow write skew, and nothing else");
        }
    }
}
