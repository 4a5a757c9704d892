//! Takes in a history entry by entry: pairs completions with invocations, numbers keys and values,
//! and records what is doubtful.

use super::atom::Atom;
use super::history::{Datatype, Entry, Stray, TransactionHistory};
use super::lists::ListRef;
use super::micro_op::{self, Access, MicroOp, WRITE};
use crate::CheckerError;
use crate::excerpt::edn;
use crate::number::{NONE, number};
use glomers_history::{Kind, Mispaired, Operation, Process, Value};
use rustc_hash::FxHashMap;

/// An invocation that waits for its completion.
#[derive(Debug, Default)]
pub(super) struct Open {
    position: u32,
    index: u64,
    writes: Vec<MicroOp>,
    /// A hash of its operations, without the values read.
    shape: Shape,
}

/// A hash of the operations of a transaction, without the values read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Shape(u64);

impl Shape {
    fn add(&mut self, micro_op: MicroOp) {
        /// An odd number without a pattern.
        const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
        let written = if micro_op.is_write() { micro_op.arg } else { 0 };
        let next = u64::from(micro_op.key) << 32 | u64::from(written);
        self.0 = (self.0.rotate_left(5) ^ next).wrapping_mul(FACTOR).wrapping_add(1);
    }
}

impl TransactionHistory {
    /// Takes in a whole history. Errors are reported when it is judged.
    pub fn from_operations<'a>(
        datatype: Datatype,
        operations: impl IntoIterator<Item = &'a Operation>,
    ) -> Self {
        let mut history = Self::new(datatype);
        for operation in operations {
            history.push(operation);
        }
        history
    }

    /// Takes in the next entry, of any process.
    pub fn push(&mut self, operation: &Operation) {
        let position = self.position;
        self.position += 1;
        let Process::Client(process) = operation.process else { return };
        if self.error.is_some() {
            return;
        }
        let pushed = if operation.kind == Kind::Invoke {
            self.invoke(operation, process, position)
        } else {
            self.complete(operation, process, position)
        };
        self.error = pushed.err();
    }

    fn invoke(
        &mut self,
        operation: &Operation,
        process: u64,
        position: usize,
    ) -> Result<(), CheckerError> {
        self.has_invocations = true;
        let index = operation.index;
        let mut open = Open { position: number(position), index, ..Open::default() };
        for part in micro_op::parts(operation)? {
            let (access, key, value) = micro_op::read(operation, part, self.datatype)?;
            if access == Access::Read {
                // A key counts even if it is never written.
                open.shape.add(MicroOp::read(self.versions.key(key), 0));
                continue;
            }
            let write = self.number(key, value, Access::Write);
            let is_again = !self.note_write(write.version(), position);
            if is_again && self.datatype == Datatype::ListAppend {
                let (index, key, value) = (operation.index, edn(key), edn(value));
                return Err(CheckerError::AppendedTwice { index, key, value });
            }
            open.shape.add(write);
            open.writes.push(write);
        }
        if let Some(left) = self.open.insert(process, open) {
            self.note_odd(&left);
            let running = left.index;
            self.first_mispaired.get_or_insert(Mispaired::StillRunning { index, running });
        }
        Ok(())
    }

    fn complete(
        &mut self,
        operation: &Operation,
        process: u64,
        position: usize,
    ) -> Result<(), CheckerError> {
        let first = self.micro_ops.len();
        let open = self.open.remove(&process);
        let mut shape = Shape::default();
        for part in micro_op::parts(operation)? {
            let (access, key, value) = micro_op::read(operation, part, self.datatype)?;
            let micro_op = match (access, self.datatype) {
                (Access::Read, Datatype::ListAppend) => {
                    self.read_list(operation, key, value, position)?
                }
                _ => self.number(key, value, access),
            };
            if access == Access::Write && open.is_none() {
                self.note_write(micro_op.version(), position);
            } else if access == Access::Read && self.datatype == Datatype::Register {
                self.note_stray(micro_op.key(), micro_op.version(), operation.kind, position);
            }
            shape.add(micro_op);
            self.micro_ops.push(micro_op);
        }
        let mut invoked = NONE;
        if let Some(open) = open {
            invoked = open.position;
            if operation.kind == Kind::Ok && shape != open.shape {
                self.unlike.0 += 1;
                self.unlike.1.get_or_insert([number(position), open.position]);
            }
            let writes = self.micro_ops[first..].iter().filter(|m| m.is_write());
            if !writes.map(|m| (m.key, m.arg)).eq(open.writes.iter().map(|m| (m.key, m.arg))) {
                self.note_odd(&open);
            }
        } else {
            let index = operation.index;
            self.first_mispaired.get_or_insert(Mispaired::NeverBegan { index });
        }
        let end = number(self.micro_ops.len());
        let position = number(position);
        let (index, kind) = (operation.index, operation.kind);
        self.entries.push(Entry { position, invoked, index, process, kind, end });
        Ok(())
    }

    /// Numbers key and version.
    #[inline]
    fn number(&mut self, key: &Value, value: &Value, access: Access) -> MicroOp {
        let key = self.versions.key(key);
        let value = self.versions.atoms.atom(value);
        let version = self.versions.version(key, value);
        let mark = if access == Access::Write { WRITE } else { 0 };
        MicroOp { key: key | mark, arg: version }
    }

    /// Records a list that was read.
    fn read_list(
        &mut self,
        operation: &Operation,
        key: &Value,
        value: &Value,
        position: usize,
    ) -> Result<MicroOp, CheckerError> {
        let key = self.versions.key(key);
        let elements = match value {
            Value::Vector(elements) | Value::List(elements) if operation.kind != Kind::Fail => {
                elements
            }
            // A value that a failed transaction read is not a state of the database.
            _ if *value == Value::Nil || operation.kind == Kind::Fail => {
                return Ok(MicroOp::read(key, ListRef::NIL.bits()));
            }
            _ => {
                let (index, value) = (operation.index, edn(value));
                return Err(CheckerError::NotACollection { index, value });
            }
        };
        let (list, new) = self.lists.add(key, elements, &mut self.versions.atoms);
        for element in new {
            let atom = self.versions.atoms.atom(element);
            match self.versions.get(key, atom) {
                Some(version) => self.note_stray(key, version, operation.kind, position),
                None => self.strays.push(Stray { key, atom, position: number(position) }),
            }
        }
        Ok(MicroOp::read(key, list.bits()))
    }

    /// Records the first entry that wrote a version; returns whether this is the first.
    fn note_write(&mut self, version: u32, position: usize) -> bool {
        let version = version as usize;
        if self.first_writes.len() <= version {
            self.first_writes.resize(version + 1, NONE);
        }
        let first = &mut self.first_writes[version];
        let is_first = *first == NONE;
        if is_first {
            *first = number(position);
        }
        is_first
    }

    /// Records a version that is read, if it has not been written until now.
    fn note_stray(&mut self, key: u32, version: u32, kind: Kind, position: usize) {
        let atom = self.versions.atom_of(version);
        let first = self.first_writes.get(version as usize).copied().unwrap_or(NONE);
        if first == NONE && kind == Kind::Ok && atom != Atom::NIL {
            self.strays.push(Stray { key, atom, position: number(position) });
        }
    }

    /// Records the versions that an invocation without completion, or with another one, overwrote
    /// itself.
    fn note_odd(&mut self, open: &Open) {
        let mut last: FxHashMap<u32, u32> = FxHashMap::default();
        for write in &open.writes {
            if let Some(version) = last.insert(write.key, write.version()) {
                self.odd_intermediates.push((version, open.position));
            }
        }
    }

    /// Ends the history: invocations that are still open stay so. Fails if an entry is not a
    /// transaction, or appends an element that was appended before.
    pub(crate) fn finish(&mut self) -> Result<(), CheckerError> {
        let mut open: Vec<Open> = self.open.drain().map(|(_, open)| open).collect();
        open.sort_by_key(|open| open.position);
        for open in &open {
            self.note_odd(open);
        }
        self.error.clone().map_or(Ok(()), Err)
    }

    /// Fails if an entry has no counterpart, and the reference would have to match completions to
    /// invocations.
    pub(crate) fn require_pairs(&self) -> Result<(), CheckerError> {
        match self.first_mispaired {
            Some(mispaired) if self.has_invocations => Err(mispaired.into()),
            _ => Ok(()),
        }
    }
}
