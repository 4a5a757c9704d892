//! Transactions that contradict themselves.

use crate::transactions::finding::{Finding, OpPosition};
use crate::transactions::reading::{Atom, ListRef, MicroOp, PerKey, TransactionHistory};

/// The expected next read of a key in a transaction.
#[derive(Debug, Clone, Default)]
struct Expected {
    /// Its last read; `None` if there was none.
    read: Option<MicroOp>,
    /// The elements appended since.
    appended: Vec<Atom>,
}

/// Transactions with a read that does not match their own earlier reads and appends: the first such
/// read of each.
pub(super) fn internal(history: &TransactionHistory) -> Vec<Finding> {
    let mut states = PerKey::<Expected>::new(history.versions.key_count());
    history
        .oks()
        .filter_map(|(transaction, micro_ops)| {
            states.clear();
            for (position, &micro_op) in (0..).zip(micro_ops) {
                let state = states.slot(micro_op.key());
                if micro_op.is_write() {
                    state.appended.push(history.versions.atom_of(micro_op.version()));
                } else if state.allows(history, micro_op) {
                    *state = Expected { read: Some(micro_op), appended: Vec::new() };
                } else {
                    let reader = OpPosition { transaction, micro_op: position };
                    let read = state.read.map(|read| history.elements(read));
                    let is_whole = read.is_some();
                    let known = read.unwrap_or_default().iter().chain(&state.appended);
                    let expected = known.copied().collect();
                    return Some(Finding::Internal { reader, is_whole, expected });
                }
            }
            None
        })
        .collect()
}

impl Expected {
    fn allows(&self, history: &TransactionHistory, now: MicroOp) -> bool {
        let is_nil = |read: MicroOp| read.list() == ListRef::NIL;
        let Some(before) = self.read else {
            return history.elements(now).ends_with(&self.appended);
        };
        if self.appended.is_empty() {
            // After `nil` any list may follow, but not after an empty list.
            return is_nil(before) || before.list() == now.list();
        }
        let (old, new) = (history.elements(before), history.elements(now));
        if new.len() != old.len() + self.appended.len() || !new.ends_with(&self.appended) {
            return false;
        }
        // Prefixes of the same spine need not be compared.
        let both = before.list().prefix().is_some() && now.list().prefix().is_some();
        both || new.starts_with(old)
    }
}

/// Transactions that read an element that they appended only later: the first such append of each.
pub(super) fn future_reads(history: &TransactionHistory) -> Vec<Finding> {
    let mut reads = PerKey::<bool>::new(history.versions.key_count());
    history
        .oks()
        .filter_map(|(transaction, micro_ops)| {
            reads.clear();
            for (end, &micro_op) in micro_ops.iter().enumerate() {
                if !micro_op.is_write() {
                    *reads.slot(micro_op.key()) = true;
                } else if *reads.slot(micro_op.key()) {
                    let element = history.versions.atom_of(micro_op.version());
                    let before = (0..).zip(&micro_ops[..end]);
                    let mut shows = before.filter(|(_, read)| {
                        !read.is_write()
                            && read.key() == micro_op.key()
                            && history.elements(**read).contains(&element)
                    });
                    if let Some((position, _)) = shows.next() {
                        let reader = OpPosition { transaction, micro_op: position };
                        return Some(Finding::FutureRead { reader, element });
                    }
                }
            }
            None
        })
        .collect()
}
