//! Transactions that overwrite registers. The order of versions is known where one transaction
//! reads a version and writes the next; and all come after the initial `nil`.

mod dependencies;
mod external;
mod internal;
mod version_order;
mod wrong_reads;

use super::finding::Finding;
use super::lost_update::lost_updates;
use super::models::Anomaly;
use super::reading::{TransactionHistory, Writers};
use crate::CheckerError;
use crate::excerpt::edn;
pub(crate) use dependencies::Dependencies;
use glomers_history::Value;
pub(crate) use version_order::VersionOrder;

/// All anomalies except cycles.
pub(crate) fn anomalies(
    history: &TransactionHistory,
    order: &VersionOrder,
    writers: &Writers,
) -> Vec<(Anomaly, Vec<Finding>)> {
    vec![
        (Anomaly::Internal, internal::internal(history)),
        (Anomaly::G1a, wrong_reads::aborted(history, writers)),
        (Anomaly::G1b, wrong_reads::intermediate(history, writers)),
        (Anomaly::LostUpdate, lost_updates(history)),
        (Anomaly::CyclicVersions, order.cyclic.clone()),
    ]
}

/// Fails if keys are of different types, as the reference does.
pub(crate) fn check_keys(history: &TransactionHistory) -> Result<(), CheckerError> {
    let mut keys = history.versions.keys();
    let Some(first) = keys.next() else { return Ok(()) };
    match keys.find(|key| type_of(key) != type_of(&first)) {
        None => Ok(()),
        Some(other) => Err(CheckerError::MixedKeys { first: edn(&first), second: edn(&other) }),
    }
}

fn type_of(value: &Value) -> std::mem::Discriminant<Value> {
    std::mem::discriminant(value)
}
