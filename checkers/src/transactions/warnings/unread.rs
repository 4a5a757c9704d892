//! Writes that no transaction ever sees, in a whole history: nodes that answer requests without
//! doing anything. No transaction then depends on another, so the verdict shows nothing.

use crate::number::NONE;
use crate::transactions::finding::Entries;
use crate::transactions::reading::{Atom, Datatype, ListRef, MicroOp, TransactionHistory};
use crate::{Moment, Warning};
use glomers_history::Kind;
use rustc_hash::FxHashMap;

/// Reads that showed nothing, though the key had been written, in a history where no read showed
/// what another transaction wrote.
#[derive(Debug, Clone, Copy)]
struct Unread {
    /// Number of these reads.
    reads: usize,
    /// The first of them, and the write before it: positions of their completions.
    read: u32,
    write: u32,
    /// The write.
    written: MicroOp,
}

impl TransactionHistory {
    /// `None` if some read showed a write of another transaction, or no read could have.
    fn unread(&self) -> Option<Unread> {
        // By key, the first successful write: its completion, and what it wrote.
        let mut first_writes: FxHashMap<u32, (u32, MicroOp)> = FxHashMap::default();
        let mut unread: Option<Unread> = None;
        for (_, entry, micro_ops) in self.transactions() {
            if entry.kind != Kind::Ok {
                continue;
            }
            for (index, micro_op) in micro_ops.iter().enumerate() {
                let is_own =
                    |earlier: &MicroOp| earlier.is_write() && earlier.key() == micro_op.key();
                // A read after an own write of the key shows at least that write.
                if micro_op.is_write() || micro_ops[..index].iter().any(is_own) {
                    continue;
                }
                if !self.shows_nothing(*micro_op) {
                    return None;
                }
                let Some(&(write, written)) = first_writes.get(&micro_op.key()) else { continue };
                if entry.invoked != NONE && write < entry.invoked {
                    let first = Unread { reads: 0, read: entry.position, write, written };
                    unread.get_or_insert(first).reads += 1;
                }
            }
            for write in micro_ops.iter().filter(|micro_op| micro_op.is_write()) {
                first_writes.entry(write.key()).or_insert((entry.position, *write));
            }
        }
        unread
    }

    fn shows_nothing(&self, read: MicroOp) -> bool {
        match self.datatype {
            Datatype::Register => self.versions.atom_of(read.version()) == Atom::NIL,
            Datatype::ListAppend => read.list() == ListRef::NIL || self.elements(read).is_empty(),
        }
    }

    /// A warning, if no transaction read what another one wrote.
    pub(in crate::transactions) fn unread_writes(&self, entries: &dyn Entries) -> Option<Warning> {
        let Unread { reads, read, write, written } = self.unread()?;
        let moment = |position: u32| Some(Moment::from(entries.entry(position as usize)?));
        Some(Warning::NothingRead {
            reads,
            written: self.micro_op_value(written),
            write: moment(write)?,
            read: moment(read)?,
        })
    }

    /// Positions of the entries that [`unread_writes`](Self::unread_writes) quotes.
    pub(in crate::transactions) fn unread_positions(&self) -> Vec<usize> {
        let unread = self.unread();
        unread.map_or_else(Vec::new, |it| vec![it.write as usize, it.read as usize])
    }
}
