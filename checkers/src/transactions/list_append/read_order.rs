//! Which of several contradicting reads of a key counts: the reference's choice.
//!
//! When no read of a key contradicts another, the longest one shows the order of all appends. When
//! some do, the reference sorts the different lists that were read by length, and takes the last;
//! lists of equal length stay in the order of the set that it keeps them in (see
//! [`order_as_set`]).

use crate::bifurcan_order::order_as_set;
use crate::java_hash::{hash_code, sequence_hash};
use crate::number::number;
use crate::transactions::reading::{ListRef, TransactionHistory};
use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

/// A key of which some reads contradict others.
#[derive(Debug)]
pub(super) struct Contradicted {
    pub(super) key: u32,
    /// The different lists that were read of it, none empty, in the reference's order.
    pub(super) lists: Vec<ListRef>,
}

/// The keys with contradicting reads, ascending.
pub(super) fn contradicted(history: &TransactionHistory) -> Vec<Contradicted> {
    let keys = 0..number(history.versions.key_count());
    let keys: Vec<u32> = keys.filter(|&key| history.lists.has_strays(key)).collect();
    if keys.is_empty() {
        return Vec::new();
    }
    let mut lists: Vec<IndexSet<ListRef, FxBuildHasher>> = vec![IndexSet::default(); keys.len()];
    for (_, micro_ops) in history.possible() {
        for read in micro_ops.iter().filter(|micro_op| !micro_op.is_write()) {
            if let Ok(index) = keys.binary_search(&read.key())
                && !history.elements(*read).is_empty()
            {
                lists[index].insert(read.list());
            }
        }
    }
    let sorted = |(key, lists): (u32, IndexSet<ListRef, FxBuildHasher>)| {
        let elements = |list| history.lists.elements(key, list);
        let hash = |list| {
            let values = elements(list).iter().map(|&atom| history.versions.atoms.value(atom));
            sequence_hash(values.map(|value| hash_code(&value)))
        };
        let mut lists = order_as_set(lists.into_iter().map(|list| (hash(list), list)));
        lists.sort_by_key(|&list| elements(list).len());
        Contradicted { key, lists }
    };
    keys.into_iter().zip(lists).map(sorted).collect()
}
