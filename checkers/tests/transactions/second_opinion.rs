//! Compares verdicts with those of the crate `adya`, an independent checker based on the same
//! papers. Recordings of the reference take precedence over it.

use crate::anomalies::wrong_histories;
use crate::simulator::{Isolation, Simulator};
use crate::verdict::anomaly_types;
use adya::{Opts, Valid, Workload};
use glomers_config::ConsistencyModel as Model;
use glomers_history::{History, Kind, Value, print_operation};
use std::collections::BTreeSet;
use std::time::Duration;

/// From weak to strong.
const MODELS: [Model; 8] = [
    Model::ReadUncommitted,
    Model::ReadCommitted,
    Model::UpdateAtomic,
    Model::RepeatableRead,
    Model::SnapshotIsolation,
    Model::Serializable,
    Model::StrongSessionSerializable,
    Model::StrongSerializable,
];

const STORES: [Isolation; 4] = [
    Isolation::StrictSerializable,
    Isolation::Serializable,
    Isolation::Snapshot,
    Isolation::ReadCommitted,
];

/// The kind that is reported for every n-th transaction that succeeded, so that its client knows
/// less, or a wrong outcome: unchanged, or this kind instead.
const REPORTED: [Option<Kind>; 3] = [None, Some(Kind::Info), Some(Kind::Fail)];
const REPORTED_EVERY: usize = 9;

/// Histories of each store, datatype and report; of 20 to 60 transactions.
const SEEDS: u8 = 9;

/// Where an anomaly is inserted into a correct history, and the seed of that history.
const WRONG_AT: usize = 13;
const WRONG_SEED: u64 = 1;

/// Minimum number of kinds of anomalies that must be compared.
const KINDS: usize = 20;

/// Far beyond the time that `adya` needs, since it does not report what it does not find in time.
const SEARCH_LIMIT: Duration = Duration::from_mins(1);

/// The verdict of `adya`, and the anomalies that it reports, by name.
fn second_opinion(history: &History, is_list: bool, model: Model) -> (Value, Vec<String>) {
    let mut text = Vec::new();
    history.operations().iter().for_each(|operation| print_operation(operation, &mut text));
    let history = adya::History::from_edn(&String::from_utf8(text).unwrap()).unwrap();
    let options = Opts {
        // It treats an alias as a model that forbids nothing.
        models: vec![adya::model::canonical(model.name()).unwrap().to_owned()],
        // The reference infers the order of versions in this manner in Maelstrom.
        wfr_keys: true,
        timeout: SEARCH_LIMIT,
        ..Opts::default()
    };
    let workload = if is_list { Workload::ListAppend } else { Workload::RwRegister };
    let report = adya::check(&history, workload, &options);
    let valid = match report.valid {
        Valid::True => Value::Bool(true),
        Valid::False => Value::Bool(false),
        Valid::Unknown => Value::keyword("unknown"),
    };
    (valid, report.anomaly_types)
}

/// Whether a transaction reads `nil` and then something else without having written in between. The
/// reference treats `nil` as unknown in this case, and so does glomers; `adya` reports it as
/// `internal`.
fn reads_on_after_nil(history: &History) -> bool {
    let oks = history.operations().iter().filter(|operation| operation.kind == Kind::Ok);
    oks.map(|operation| operation.value.elements().unwrap()).any(|micro_ops| {
        let mut nil_keys = BTreeSet::new();
        micro_ops.iter().any(|micro_op| {
            let [f, Value::Int(key), value] = micro_op.elements().unwrap() else { panic!() };
            let was_nil = nil_keys.remove(key);
            let is_read = *f == Value::keyword("r");
            if is_read && *value == Value::Nil {
                nil_keys.insert(*key);
            }
            was_nil && is_read && *value != Value::Nil
        })
    })
}

/// A history of a simulated store, in which some completions are reported as others.
fn simulated(isolation: Isolation, is_list: bool, reported: Option<Kind>, seed: u8) -> History {
    let simulator = Simulator {
        isolation,
        is_list,
        transactions: 20 + usize::from(seed) * 5,
        processes: 8,
        keys: 4,
        writes_per_key: 12,
        seed: seed.into(),
    };
    let mut operations = simulator.history();
    let history: History = operations.iter().cloned().collect();
    let oks = (0..operations.len()).filter(|&position| operations[position].kind == Kind::Ok);
    for position in oks.step_by(REPORTED_EVERY).collect::<Vec<_>>() {
        if let Some(kind) = reported {
            operations[position].kind = kind;
            operations[position].value = history.counterpart(position).unwrap().value.clone();
        }
    }
    operations.into_iter().collect()
}

/// Compares the verdicts for each model, and adds the anomalies found.
fn compare(history: &History, is_list: bool, what: &str, found: &mut BTreeSet<String>) {
    for model in MODELS {
        let ours = anomaly_types(history, is_list, model);
        assert_eq!(ours, second_opinion(history, is_list, model), "{what}, by {model}");
        found.extend(ours.1);
    }
}

#[test]
fn a_second_checker_agrees() {
    let mut found = BTreeSet::new();
    let stores = STORES.into_iter().flat_map(|store| [(store, true), (store, false)]);
    let stores = stores.flat_map(|store| REPORTED.map(|kind| (store, kind)));
    for ((isolation, is_list), reported) in stores {
        for seed in 0..SEEDS {
            let history = simulated(isolation, is_list, reported, seed);
            if !reads_on_after_nil(&history) {
                let what = format!("{isolation:?}, lists: {is_list}, {reported:?}, seed {seed}");
                compare(&history, is_list, &what, &mut found);
            }
        }
    }
    for (history, is_list, what) in wrong_histories(WRONG_AT, WRONG_SEED) {
        compare(&history, is_list, what, &mut found);
    }
    assert!(found.len() >= KINDS, "too little to compare: {found:?}");
}
