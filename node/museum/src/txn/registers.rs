//! A node's copy of all registers, whose writes are ordered by Lamport clocks. This part is
//! correct.

use super::messages::{Kind, Operation};
use glomers_node::NodeId;
use serde::{Deserialize, Serialize};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

/// Lamport time and node of a write.
type Stamp = (u64, NodeId);

/// A write, as nodes send it to each other.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Write {
    key: u64,
    value: u64,
    stamp: Stamp,
}

/// All registers.
pub(super) struct Registers {
    me: NodeId,
    clock: Cell<u64>,
    values: RefCell<BTreeMap<u64, (Stamp, u64)>>,
}

impl Registers {
    pub(super) fn new(me: &NodeId) -> Self {
        Self { me: me.clone(), clock: Cell::new(0), values: RefCell::default() }
    }

    pub(super) fn read(&self, key: u64) -> Option<u64> {
        self.values.borrow().get(&key).map(|(_, value)| *value)
    }

    /// Writes a register, and returns the write to send to the others.
    pub(super) fn write(&self, key: u64, value: u64) -> Write {
        self.clock.update(|clock| clock + 1);
        let write = Write { key, value, stamp: (self.clock.get(), self.me.clone()) };
        self.apply(vec![write.clone()]);
        write
    }

    /// Applies writes; of each register, the latest wins.
    pub(super) fn apply(&self, writes: Vec<Write>) {
        let mut values = self.values.borrow_mut();
        for Write { key, value, stamp } in writes {
            self.clock.update(|clock| clock.max(stamp.0));
            if values.get(&key).is_none_or(|(known, _)| *known < stamp) {
                values.insert(key, (stamp, value));
            }
        }
    }

    /// Runs a transaction atomically: of each register, only its last write becomes visible.
    /// Returns its answer, and the writes to send to the others.
    pub(super) fn run(&self, txn: Vec<Operation>) -> (Vec<Operation>, Vec<Write>) {
        let mut written: BTreeMap<u64, u64> = BTreeMap::new();
        let mut done = Vec::with_capacity(txn.len());
        for (kind, key, value) in txn {
            let value = match (kind, value) {
                (Kind::Write, Some(value)) => {
                    written.insert(key, value);
                    Some(value)
                }
                (Kind::Write, None) => None,
                (Kind::Read, _) => written.get(&key).copied().or_else(|| self.read(key)),
            };
            done.push((kind, key, value));
        }
        let writes = written.into_iter().map(|(key, value)| self.write(key, value)).collect();
        (done, writes)
    }
}
