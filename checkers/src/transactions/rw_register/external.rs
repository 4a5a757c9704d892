//! The externally visible reads and writes of a transaction.

use crate::number::number;
use crate::transactions::reading::{MicroOp, PerKey};

/// The external read and write of a key by a transaction.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct External {
    pub(super) key: u32,
    /// The version that it read before it wrote the key, if it did.
    pub(super) read: Option<u32>,
    /// The version that it wrote last.
    pub(super) write: Option<u32>,
}

/// Finds the external reads and writes of one transaction after another.
#[derive(Debug)]
pub(super) struct Externals {
    /// By key: its index in `found`, plus one.
    positions: PerKey<u32>,
    found: Vec<External>,
}

impl Externals {
    /// Creates tables for this number of keys.
    pub(super) fn new(key_count: usize) -> Self {
        Self { positions: PerKey::new(key_count), found: Vec::new() }
    }

    /// The keys of a transaction, in the order in which it touched them.
    pub(super) fn of(&mut self, micro_ops: &[MicroOp]) -> &[External] {
        self.positions.clear();
        self.found.clear();
        for micro_op in micro_ops {
            let key = micro_op.key();
            let position = self.positions.slot(key);
            if *position == 0 {
                let read = (!micro_op.is_write()).then(|| micro_op.version());
                self.found.push(External { key, read, write: None });
                *position = number(self.found.len());
            }
            if micro_op.is_write() {
                self.found[*position as usize - 1].write = Some(micro_op.version());
            }
        }
        &self.found
    }
}
