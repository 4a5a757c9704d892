//! The writers of each version.

use super::history::TransactionHistory;
use super::per_key::PerKey;
use crate::number::NONE;
use glomers_history::Kind;

/// Tables by version; [`NONE`] if there is no writer of that kind.
#[derive(Debug)]
pub(crate) struct Writers {
    /// The last transaction that may have written it.
    pub(crate) possible: Vec<u32>,
    /// The last completed transaction that wrote it, failed ones too.
    pub(crate) completed: Vec<u32>,
    /// The last transaction that failed to write it.
    pub(crate) failed: Vec<u32>,
    /// Position of the last entry that wrote it, and then something else to the same key.
    pub(crate) intermediate: Vec<u32>,
    /// Whether any transaction failed.
    pub(crate) some_failed: bool,
}

impl Writers {
    /// Looks through all transactions.
    pub(crate) fn of(history: &TransactionHistory) -> Self {
        let table = || vec![NONE; history.versions.count()];
        let mut writers = Self {
            possible: table(),
            completed: table(),
            failed: table(),
            intermediate: table(),
            some_failed: false,
        };
        for &(version, position) in &history.odd_intermediates {
            writers.note_intermediate(history, version, position);
        }
        let mut last = PerKey::<Option<u32>>::new(history.versions.key_count());
        for (transaction, entry, micro_ops) in history.transactions() {
            last.clear();
            for micro_op in micro_ops.iter().filter(|micro_op| micro_op.is_write()) {
                let version = micro_op.version();
                writers.completed[version as usize] = transaction;
                if entry.kind == Kind::Fail {
                    writers.failed[version as usize] = transaction;
                    writers.some_failed = true;
                } else {
                    writers.possible[version as usize] = transaction;
                }
                if let Some(overwritten) = last.slot(micro_op.key()).replace(version) {
                    writers.note_intermediate(history, overwritten, entry.position);
                }
            }
        }
        writers
    }

    fn note_intermediate(&mut self, history: &TransactionHistory, version: u32, position: u32) {
        if !history.versions.atom_of(version).is_falsy() {
            let last = &mut self.intermediate[version as usize];
            *last = if *last == NONE { position } else { position.max(*last) };
        }
    }
}
