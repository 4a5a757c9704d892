//! Transactions that contradict themselves.

use crate::transactions::atom::Atom;
use crate::transactions::finding::{Finding, Place};
use crate::transactions::history::{MicroOp, TransactionHistory};
use crate::transactions::lists::ListRef;
use crate::transactions::per_key::PerKey;

/// What a transaction must read next of a key.
#[derive(Debug, Clone, Default)]
struct Expected {
    /// What it read last; none if it never did.
    read: Option<MicroOp>,
    /// What it appended since.
    appended: Vec<Atom>,
}

/// Transactions that read something else than what they read, and appended, before: their first
/// such read.
pub(super) fn internal(history: &TransactionHistory) -> Vec<Finding> {
    let mut states = PerKey::<Expected>::new(history.versions.key_count());
    history
        .oks()
        .filter_map(|(transaction, micro_ops)| {
            states.clear();
            for (place, &micro_op) in (0..).zip(micro_ops) {
                let state = states.slot(micro_op.key());
                if micro_op.is_write() {
                    state.appended.push(history.versions.atom_of(micro_op.version()));
                } else if state.allows(history, micro_op) {
                    *state = Expected { read: Some(micro_op), appended: Vec::new() };
                } else {
                    let reader = Place { transaction, micro_op: place };
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
            // After `nil` anything may come, but not after an empty list.
            return is_nil(before) || before.list() == now.list();
        }
        let (old, new) = (history.elements(before), history.elements(now));
        if new.len() != old.len() + self.appended.len() || !new.ends_with(&self.appended) {
            return false;
        }
        // Prefixes of the same spine need no look.
        let both = before.list().prefix().is_some() && now.list().prefix().is_some();
        both || new.starts_with(old)
    }
}

/// Transactions that read what they appended only later: the first such append.
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
                    if let Some((place, _)) = shows.next() {
                        let reader = Place { transaction, micro_op: place };
                        return Some(Finding::FutureRead { reader, element });
                    }
                }
            }
            None
        })
        .collect()
}
