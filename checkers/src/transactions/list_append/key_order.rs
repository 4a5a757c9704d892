//! The order in which the reference lists keys: that of its map from keys to the lists that were
//! read.

use crate::bifurcan_order::order_as_set;
use crate::clojure_order::{hash_rank, order_as_map};
use crate::java_hash::hash_code;
use crate::transactions::reading::TransactionHistory;
use indexmap::{IndexMap, IndexSet};
use rustc_hash::{FxBuildHasher, FxHashMap};

/// The position of each key that was read or appended to.
pub(super) fn key_positions(history: &TransactionHistory) -> FxHashMap<u32, usize> {
    let mut appends: IndexMap<u32, usize, FxBuildHasher> = IndexMap::default();
    let mut read: IndexSet<u32, FxBuildHasher> = IndexSet::default();
    for (_, micro_ops) in history.possible() {
        for micro_op in micro_ops {
            if micro_op.is_write() {
                *appends.entry(micro_op.key()).or_default() += 1;
            } else if !history.elements(*micro_op).is_empty() {
                read.insert(micro_op.key());
            }
        }
    }
    let as_map = |keys: &mut [u32]| {
        order_as_map(keys, |&key| hash_rank(&history.versions.key_value(key)));
    };
    // One map of all appends, from which the keys with a single append are taken ...
    let mut single: Vec<u32> = appends.keys().copied().collect();
    as_map(&mut single);
    single.retain(|key| appends[key] == 1);
    as_map(&mut single);
    // ... another of all reads ...
    let hash = |key: u32| hash_code(&history.versions.key_value(key));
    let mut read = order_as_set(read.into_iter().map(|key| (hash(key), key)));
    as_map(&mut read);
    // ... and both together.
    let all: IndexSet<u32, FxBuildHasher> = single.into_iter().chain(read).collect();
    let mut all: Vec<u32> = all.into_iter().collect();
    as_map(&mut all);
    all.into_iter().enumerate().map(|(position, key)| (key, position)).collect()
}
