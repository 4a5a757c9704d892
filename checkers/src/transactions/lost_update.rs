//! Updates that overwrite each other: transactions that read the same version of a key, and then
//! wrote the key.

use super::finding::Finding;
use super::history::{MicroOp, TransactionHistory};
use super::per_key::PerKey;

/// What a transaction did to a key so far.
#[derive(Debug, Clone, Copy, Default)]
struct State {
    /// Its first read.
    read: Option<MicroOp>,
    /// Whether it wrote the key after that.
    has_updated: bool,
}

/// Looks for versions that several transactions that succeeded updated.
pub(crate) fn lost_updates(history: &TransactionHistory) -> Vec<Finding> {
    let mut states = PerKey::<State>::new(history.versions.key_count());
    // Key and version (or list) of each update, in the order of the history.
    let mut updates: Vec<((u32, u32), u32)> = Vec::new();
    for (transaction, micro_ops) in history.oks() {
        states.clear();
        for &micro_op in micro_ops {
            let state = states.slot(micro_op.key());
            if !micro_op.is_write() {
                state.read.get_or_insert(micro_op);
            } else if let Some(read) = state.read
                && !std::mem::replace(&mut state.has_updated, true)
            {
                updates.push(((read.key(), read.version()), transaction));
            }
        }
    }
    // Only what occurs more than once is worth a place in a table.
    updates.sort_by_key(|&(read, _)| read);
    let groups = updates.chunk_by(|a, b| a.0 == b.0).filter(|group| group.len() > 1);
    let mut lost: Vec<Finding> = groups
        .map(|group| {
            let (key, read) = group[0].0;
            let transactions = group.iter().map(|&(_, transaction)| transaction).collect();
            Finding::LostUpdate { key, read: MicroOp::read(key, read), transactions }
        })
        .collect();
    lost.sort_by_key(Finding::first_transaction);
    lost
}
