//! Transactions that contradict themselves.

use crate::transactions::finding::{Finding, Place};
use crate::transactions::history::TransactionHistory;
use crate::transactions::per_key::PerKey;

/// Transactions that read something else than what they read or wrote before: their first such
/// read. After `nil` anything may come.
pub(super) fn internal(history: &TransactionHistory) -> Vec<Finding> {
    let mut states = PerKey::<Option<u32>>::new(history.versions.key_count());
    history
        .oks()
        .filter_map(|(transaction, micro_ops)| {
            states.clear();
            for (place, &micro_op) in (0..).zip(micro_ops) {
                let version = micro_op.version();
                let before = states.slot(micro_op.key()).replace(version);
                let before = before.map(|before| (before, history.versions.atom_of(before)));
                if let Some((before, atom)) = before
                    && !micro_op.is_write()
                    && before != version
                    && !atom.is_falsy()
                {
                    let reader = Place { transaction, micro_op: place };
                    return Some(Finding::Internal {
                        reader,
                        is_whole: true,
                        expected: vec![atom],
                    });
                }
            }
            None
        })
        .collect()
}
