//! Committed appends on top of aborted ones.

use super::order::Orders;
use crate::CheckerError;
use crate::excerpt::json;
use crate::number::{NONE, number};
use crate::transactions::finding::Finding;
use crate::transactions::reading::{TransactionHistory, Writers};
use glomers_history::Kind;

/// Looks for an aborted append that is followed, in the order of its key, by a committed one.
///
/// Fails if a key's longest list shows an element that was never appended, as the reference does.
pub(super) fn dirty_updates(
    history: &TransactionHistory,
    orders: &Orders,
    writers: &Writers,
) -> Result<Vec<Finding>, CheckerError> {
    let mut findings = Vec::new();
    for key in 0..number(history.versions.key_count()) {
        // The aborted append that no certain append has followed yet, and the elements appended
        // since.
        let mut aborted: Option<u32> = None;
        let mut values = Vec::new();
        for (&element, &version) in orders.elements(key).iter().zip(orders.versions(key)) {
            let writer = match version {
                NONE => NONE,
                version => writers.completed[version as usize],
            };
            if writer == NONE {
                let (key, value) = (history.versions.key_value(key), element);
                let value = history.versions.atoms.value(value);
                let (key, value) = (json(&key), json(&value));
                return Err(CheckerError::NeverAppended { key, value });
            }
            match (aborted, history.entry(writer).kind) {
                (Some(first), Kind::Ok) => {
                    values.push(element);
                    let values = std::mem::take(&mut values);
                    findings.push(Finding::DirtyUpdate { key, values, writers: [first, writer] });
                    aborted = None;
                }
                (Some(_), _) => values.push(element),
                (None, Kind::Fail) => {
                    aborted = Some(writer);
                    values.push(element);
                }
                (None, _) => {}
            }
        }
    }
    Ok(findings)
}
