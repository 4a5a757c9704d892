//! The result of a history of transactions.

use crate::prover::Prover;
use glomers_checkers::{Checked, Criteria, check};
use glomers_config::{ConsistencyModel, Workload};
use glomers_history::{History, Value};

/// The anomalies that are reported, by name, having proved the cycles among them.
pub(crate) fn anomaly_types(
    history: &History,
    is_list: bool,
    model: ConsistencyModel,
) -> (Value, Vec<String>) {
    let workload = if is_list { Workload::TxnListAppend } else { Workload::TxnRwRegister };
    let criteria = Criteria { consistency_models: vec![model], ..Criteria::new(workload) };
    let Checked { judgement, findings } = check(&criteria, history, None);
    let map = judgement.verdicts.into_iter().find(|(key, _)| *key == "workload").unwrap().1.map;
    assert!(map.get("error").is_none(), "{map:?}");
    let proofs = Prover::new(history);
    let mut types = Vec::new();
    if let Some(Value::Map(anomalies)) = map.get("anomalies") {
        for (name, entries) in anomalies {
            let Value::Keyword(name) = name else { panic!("{name:?} is no anomaly") };
            types.push(name.to_string());
            for entry in entries.elements().unwrap_or_default() {
                if entry.get("cycle").is_some() {
                    proofs.prove(name, entry);
                }
            }
        }
    }
    // All findings are explained.
    let valid = map.get("valid?").unwrap().clone();
    let explained: String = findings.explanations().iter().map(ToString::to_string).collect();
    assert!(types.iter().all(|name| explained.contains(name)), "{explained}");
    (valid, types)
}
