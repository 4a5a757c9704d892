//! Updates that overwrite each other: transactions that read the same version of a key, and then
//! wrote the key.

use super::finding::Finding;
use super::reading::{MicroOp, PerKey, TransactionHistory};
use crate::clojure_order::{hash_rank, order_as_map};
use indexmap::{IndexMap, IndexSet};
use rustc_hash::{FxBuildHasher, FxHashMap};

/// The effects of a transaction on a key so far.
#[derive(Debug, Clone, Copy, Default)]
struct State {
    /// Its first read.
    read: Option<MicroOp>,
    /// Whether it wrote the key after that.
    has_updated: bool,
}

/// Key and version (or list) that a transaction updated, and the transaction.
type Update = ((u32, u32), u32);

/// Looks for versions that several successful transactions updated.
pub(crate) fn lost_updates(history: &TransactionHistory) -> Vec<Finding> {
    let mut sorted = updates(history);
    sorted.sort_by_key(|&(read, _)| read);
    // Only updates that occur more than once are put into a table.
    let groups = sorted.chunk_by(|a, b| a.0 == b.0).filter(|group| group.len() > 1);
    let lost: FxHashMap<(u32, u32), Vec<u32>> = groups
        .map(|group| (group[0].0, group.iter().map(|&(_, transaction)| transaction).collect()))
        .collect();
    if lost.is_empty() {
        return Vec::new();
    }
    drop(sorted);
    listed(history, &updates(history), lost)
}

/// All updates, in the order of the history.
fn updates(history: &TransactionHistory) -> Vec<Update> {
    let mut states = PerKey::<State>::new(history.versions.key_count());
    let mut updates = Vec::new();
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
    updates
}

/// Lost updates by key and version, in the order of the reference's maps of all updates.
fn listed(
    history: &TransactionHistory,
    updates: &[Update],
    mut lost: FxHashMap<(u32, u32), Vec<u32>>,
) -> Vec<Finding> {
    let mut by_key: IndexMap<u32, IndexSet<u32, FxBuildHasher>, FxBuildHasher> =
        IndexMap::default();
    for &((key, read), _) in updates {
        by_key.entry(key).or_default().insert(read);
    }
    let mut keys: Vec<u32> = by_key.keys().copied().collect();
    order_as_map(&mut keys, |&key| hash_rank(&history.versions.key_value(key)));
    let mut findings = Vec::new();
    for key in keys {
        let mut reads: Vec<u32> = by_key.swap_remove(&key).into_iter().flatten().collect();
        let value = |read| history.value(MicroOp::read(key, read));
        order_as_map(&mut reads, |&read| hash_rank(&value(read)));
        findings.extend(reads.into_iter().filter_map(|read| {
            let transactions = lost.remove(&(key, read))?;
            Some(Finding::LostUpdate { key, read: MicroOp::read(key, read), transactions })
        }));
    }
    findings
}
