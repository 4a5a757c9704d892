//! Transactions that append to lists, where reads show the order of the appends.

mod dependencies;
mod dirty_update;
mod internal;
mod key_order;
mod order;
mod read_order;
mod wrong_reads;

use super::Anomaly;
use super::finding::Finding;
use super::history::TransactionHistory;
use super::lost_update::lost_updates;
use super::writers::Writers;
use crate::CheckerError;
pub(crate) use dependencies::Dependencies;
pub(crate) use order::Orders;

/// Everything but cycles.
pub(crate) fn anomalies(
    history: &TransactionHistory,
    orders: &Orders,
    writers: &Writers,
) -> Result<Vec<(Anomaly, Vec<Finding>)>, CheckerError> {
    Ok(vec![
        (Anomaly::DuplicateElements, wrong_reads::duplicates(history)?),
        (Anomaly::IncompatibleOrder, order::incompatible(history, orders)),
        (Anomaly::Internal, internal::internal(history)),
        (Anomaly::FutureRead, internal::future_reads(history)),
        (Anomaly::DirtyUpdate, dirty_update::dirty_updates(history, orders, writers)?),
        (Anomaly::G1a, wrong_reads::aborted(history, writers)),
        (Anomaly::G1b, wrong_reads::intermediate(history, writers)),
        (Anomaly::LostUpdate, lost_updates(history)),
    ])
}
