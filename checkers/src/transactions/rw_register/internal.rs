//! Transactions that contradict themselves.

use crate::transactions::finding::{Finding, OpPosition};
use crate::transactions::reading::{PerKey, TransactionHistory};

/// Transactions with a read that does not match their own earlier reads and writes: the first such
/// read of each. After `nil` any value may follow.
pub(super) fn internal(history: &TransactionHistory) -> Vec<Finding> {
    let mut states = PerKey::<Option<u32>>::new(history.versions.key_count());
    history
        .oks()
        .filter_map(|(transaction, micro_ops)| {
            states.clear();
            for (position, &micro_op) in (0..).zip(micro_ops) {
                let version = micro_op.version();
                let before = states.slot(micro_op.key()).replace(version);
                let before = before.map(|before| (before, history.versions.atom_of(before)));
                if let Some((before, atom)) = before
                    && !micro_op.is_write()
                    && before != version
                    && !atom.is_falsy()
                {
                    let reader = OpPosition { transaction, micro_op: position };
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
