//! The transactions of a history in few bytes: 8 for each of their operations, and nothing for the
//! lists that reads show, since these are stored once (see [`Lists`]).

use super::atom::Atom;
use super::lists::{ListRef, Lists};
use super::micro_op::MicroOp;
use super::push::Open;
use super::versions::Versions;
use crate::CheckerError;
use crate::number::number;
use glomers_history::{Kind, Mispaired, Value};
use rustc_hash::FxHashMap;

/// The data type of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Datatype {
    /// Lists, to which transactions append: `[:append 5 1]`, `[:r 5 [1]]`.
    ListAppend,
    /// Registers, which transactions overwrite: `[:w 5 1]`, `[:r 5 1]`.
    Register,
}

/// A completed transaction.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    /// Position of its completion among all entries of the history.
    pub(crate) position: u32,
    /// Position of its invocation, or [`NONE`](crate::number::NONE).
    pub(crate) invoked: u32,
    /// The index of its completion.
    pub(crate) index: u64,
    /// The process that ran it.
    pub(crate) process: u64,
    /// The kind of its completion.
    pub(crate) kind: Kind,
    /// The index at which its micro-operations end.
    pub(super) end: u32,
}

impl Entry {
    /// Whether it may have happened.
    #[inline]
    pub(crate) fn is_possible(&self) -> bool {
        matches!(self.kind, Kind::Ok | Kind::Info)
    }
}

/// A value that was read, and not written before.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stray {
    pub(crate) key: u32,
    pub(crate) atom: Atom,
    /// Position of the entry that read it.
    pub(crate) position: u32,
}

/// The transactions of a history, read entry by entry. Entries themselves are not kept: those that
/// a result quotes are identified by position.
#[derive(Debug)]
pub struct TransactionHistory {
    pub(crate) datatype: Datatype,
    pub(crate) versions: Versions,
    pub(crate) lists: Lists,
    pub(super) entries: Vec<Entry>,
    pub(super) micro_ops: Vec<MicroOp>,
    /// Entries seen, those of the nemesis too.
    pub(super) position: usize,
    pub(super) open: FxHashMap<u64, Open>,
    /// By version: position of the first entry that wrote it, or [`NONE`](crate::number::NONE).
    pub(crate) first_writes: Vec<u32>,
    /// Values that a read showed before any entry wrote them.
    pub(crate) strays: Vec<Stray>,
    /// Versions that an invocation wrote, and overwrote, which its completion does not show, and
    /// the position of that invocation.
    pub(crate) odd_intermediates: Vec<(u32, u32)>,
    pub(super) error: Option<CheckerError>,
    pub(super) first_mispaired: Option<Mispaired>,
    pub(super) has_invocations: bool,
    /// Number of transactions whose completion does not match their invocation, and positions of
    /// the first such completion and its invocation.
    pub(crate) unlike: (usize, Option<[u32; 2]>),
}

impl TransactionHistory {
    /// An empty history.
    #[must_use]
    pub fn new(datatype: Datatype) -> Self {
        Self {
            datatype,
            versions: Versions::default(),
            lists: Lists::default(),
            entries: Vec::new(),
            micro_ops: Vec::new(),
            position: 0,
            open: FxHashMap::default(),
            first_writes: Vec::new(),
            strays: Vec::new(),
            odd_intermediates: Vec::new(),
            error: None,
            first_mispaired: None,
            has_invocations: false,
            unlike: (0, None),
        }
    }

    /// Number of completed transactions.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether no transaction was completed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The transaction of that number.
    #[inline]
    pub(crate) fn entry(&self, number: u32) -> &Entry {
        &self.entries[number as usize]
    }

    /// The operations of a transaction, in its order.
    #[inline]
    pub(crate) fn micro_ops(&self, number: u32) -> &[MicroOp] {
        let number = number as usize;
        let start = if number == 0 { 0 } else { self.entries[number - 1].end };
        &self.micro_ops[start as usize..self.entries[number].end as usize]
    }

    /// Completed transactions with their numbers, in the order of their completion.
    pub(crate) fn transactions(&self) -> impl Iterator<Item = (u32, &Entry, &[MicroOp])> {
        (0..number(self.entries.len())).map(|n| (n, self.entry(n), self.micro_ops(n)))
    }

    /// The transactions that succeeded.
    pub(crate) fn oks(&self) -> impl Iterator<Item = (u32, &[MicroOp])> {
        let oks = self.transactions().filter(|(_, entry, _)| entry.kind == Kind::Ok);
        oks.map(|(number, _, micro_ops)| (number, micro_ops))
    }

    /// Those that succeeded, and those with an unknown outcome.
    pub(crate) fn possible(&self) -> impl Iterator<Item = (u32, &[MicroOp])> {
        let possible = self.transactions().filter(|(_, entry, _)| entry.is_possible());
        possible.map(|(number, _, micro_ops)| (number, micro_ops))
    }

    /// The elements that a read shows.
    #[inline]
    pub(crate) fn elements(&self, read: MicroOp) -> &[Atom] {
        self.lists.elements(read.key(), read.list())
    }

    /// The value that is read or written.
    pub(crate) fn value(&self, micro_op: MicroOp) -> Value {
        match self.datatype {
            Datatype::ListAppend if !micro_op.is_write() => {
                if micro_op.list() == ListRef::NIL {
                    return Value::Nil;
                }
                self.versions.atoms.vector(self.elements(micro_op))
            }
            _ => self.versions.value(micro_op.version()),
        }
    }

    /// `[:r 5 [1 2]]`
    pub(crate) fn micro_op_value(&self, micro_op: MicroOp) -> Value {
        let f = if micro_op.is_write() { self.datatype.write_name() } else { "r" };
        let key = self.versions.key_value(micro_op.key());
        Value::Vector(vec![Value::keyword(f), key, self.value(micro_op)])
    }
}

impl Datatype {
    /// The keyword of a write, without the colon.
    pub(crate) fn write_name(self) -> &'static str {
        match self {
            Self::ListAppend => "append",
            Self::Register => "w",
        }
    }
}
