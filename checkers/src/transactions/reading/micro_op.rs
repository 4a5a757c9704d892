//! The operations of a transaction: as numbers, and as an entry of the history shows them.

use super::history::Datatype;
use super::lists::ListRef;
use crate::CheckerError;
use crate::excerpt::edn;
use glomers_history::{Operation, Value};

/// An operation of a transaction.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MicroOp {
    /// The number of its key, and in the highest bit whether it writes.
    pub(super) key: u32,
    /// A version, or a list that was read.
    pub(super) arg: u32,
}

/// Marks a write.
pub(super) const WRITE: u32 = 1 << 31;

impl MicroOp {
    /// A read of that key; `arg` is a version, or the bits of a list.
    pub(crate) fn read(key: u32, arg: u32) -> Self {
        Self { key, arg }
    }

    #[inline]
    pub(crate) fn key(self) -> u32 {
        self.key & !WRITE
    }

    #[inline]
    pub(crate) fn is_write(self) -> bool {
        self.key & WRITE != 0
    }

    /// The version that is written, or that is read from a register.
    #[inline]
    pub(crate) fn version(self) -> u32 {
        self.arg
    }

    /// The list that is read.
    #[inline]
    pub(crate) fn list(self) -> ListRef {
        ListRef::from_bits(self.arg)
    }
}

/// The kind of an operation of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Read,
    Write,
}

/// The parts of an entry's transaction. `nil` has no parts, like any empty collection.
pub(crate) fn parts(operation: &Operation) -> Result<&[Value], CheckerError> {
    match &operation.value {
        Value::Nil => Ok(&[]),
        Value::Vector(parts) | Value::List(parts) => Ok(parts),
        // An empty transaction, for the reference too.
        Value::Map(entries) if entries.is_empty() => Ok(&[]),
        Value::Set(parts) if parts.len() < 2 => Ok(parts),
        Value::Str(text) if text.is_empty() => Ok(&[]),
        other => Err(CheckerError::NotATransaction { index: operation.index, value: edn(other) }),
    }
}

/// The kind of access of a part, its key and its value. Missing elements are `nil`, extra ones are
/// ignored.
#[inline]
pub(crate) fn read<'a>(
    operation: &Operation,
    part: &'a Value,
    datatype: Datatype,
) -> Result<(Access, &'a Value, &'a Value), CheckerError> {
    let unexpected = || CheckerError::UnexpectedMicroOperation {
        index: operation.index,
        part: edn(part),
        write: datatype.write_name(),
    };
    let (Value::Vector(fields) | Value::List(fields)) = part else { return Err(unexpected()) };
    let access = match fields.first() {
        Some(Value::Keyword(f)) if f == "r" => Access::Read,
        Some(Value::Keyword(f)) if f == datatype.write_name() => Access::Write,
        _ => return Err(unexpected()),
    };
    let field = |position| fields.get(position).unwrap_or(&Value::Nil);
    Ok((access, field(1), field(2)))
}
