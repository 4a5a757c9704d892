//! Transactions that append to lists, where reads show the order of the appends.

mod dependencies;
mod dirty_update;
mod internal;
mod key_order;
mod order;
mod read_order;
mod wrong_reads;

use super::finding::Finding;
use super::lost_update::lost_updates;
use super::models::{Anomaly, AnomalySet};
use super::reading::{TransactionHistory, Writers};
use crate::CheckerError;
pub(crate) use dependencies::Dependencies;
pub(crate) use order::Orders;

/// All anomalies except cycles.
///
/// Fails where the reference gives up, unless reads contradict each other and that is `reportable`:
/// a proven contradiction is worth more than "unknown".
pub(crate) fn anomalies(
    history: &TransactionHistory,
    orders: &Orders,
    writers: &Writers,
    reportable: AnomalySet,
) -> Result<Vec<(Anomaly, Vec<Finding>)>, CheckerError> {
    let incompatible = order::incompatible(history, orders);
    let is_proven = !incompatible.is_empty() && reportable.contains(Anomaly::IncompatibleOrder);
    let dirty_updates = match dirty_update::dirty_updates(history, orders, writers) {
        Err(CheckerError::NeverAppended { .. }) if is_proven => Vec::new(),
        dirty_updates => dirty_updates?,
    };
    Ok(vec![
        (Anomaly::DuplicateElements, wrong_reads::duplicates(history)?),
        (Anomaly::IncompatibleOrder, incompatible),
        (Anomaly::Internal, internal::internal(history)),
        (Anomaly::FutureRead, internal::future_reads(history)),
        (Anomaly::DirtyUpdate, dirty_updates),
        (Anomaly::G1a, wrong_reads::aborted(history, writers)),
        (Anomaly::G1b, wrong_reads::intermediate(history, writers)),
        (Anomaly::LostUpdate, lost_updates(history)),
    ])
}
