//! A register with read, write and compare-and-set: the history of one key, as calls.

use super::model::{Call, Model};
use crate::CheckerError;
use crate::excerpt::edn;
use glomers_history::{Function, History, Kind, Operation, Process, Value};
use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::Cow;

/// Number of nil, which a register holds at first.
pub(super) const NIL: u32 = 0;

/// An operation on a register. Values are numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum RegisterOp {
    /// A read of a value; `None` if the value is unknown, or nil, which the reference treats as
    /// unknown.
    Read(Option<u32>),
    /// A write.
    Write(u32),
    /// A successful compare-and-set from one value to another.
    Cas(u32, u32),
}

/// A register, and which of its values an operation expects.
#[derive(Debug, Default)]
pub(super) struct Register {
    noticed: FxHashSet<u32>,
}

impl Register {
    /// The register that these calls are for.
    pub(super) fn of(calls: &[Call<RegisterOp>]) -> Self {
        let noticed = calls.iter().filter_map(|call| call.op.expected()).collect();
        Self { noticed }
    }
}

impl RegisterOp {
    /// The value that the register must have.
    pub(super) fn expected(self) -> Option<u32> {
        match self {
            Self::Read(value) => value,
            Self::Cas(old, _) => Some(old),
            Self::Write(_) => None,
        }
    }

    /// The value that it leaves in the register.
    pub(super) fn left(self) -> Option<u32> {
        match self {
            Self::Read(_) => None,
            Self::Write(value) | Self::Cas(_, value) => Some(value),
        }
    }
}

impl Model for Register {
    type State = u32;
    type Op = RegisterOp;

    fn step(&self, state: u32, op: RegisterOp) -> Option<u32> {
        let fits = op.expected().is_none_or(|value| value == state);
        fits.then(|| op.left().unwrap_or(state))
    }

    fn is_pure(&self, op: RegisterOp) -> bool {
        match op {
            RegisterOp::Read(_) => true,
            RegisterOp::Write(_) => false,
            RegisterOp::Cas(old, new) => old == new,
        }
    }

    fn is_noticed(&self, op: RegisterOp) -> bool {
        op.left().is_some_and(|value| self.noticed.contains(&value))
    }

    fn states(&self, ops: impl Iterator<Item = RegisterOp>) -> Vec<u32> {
        let mut states: Vec<u32> = ops.filter_map(RegisterOp::expected).collect();
        // A value that none of them expects: there are fewer values than numbers.
        states.push(u32::MAX);
        states.sort_unstable();
        states.dedup();
        states
    }
}

/// The value in the completion of a failed operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failures {
    /// That of the invocation, as in every run of the reference, which requires it.
    Repeat,
    /// Any value, as other recorders may write it.
    MayDiffer,
}

/// A call that failed: it changed nothing.
#[derive(Debug)]
pub(super) struct FailedCall<'h> {
    /// When it was invoked, as the times of [`Call`].
    pub(super) begins: usize,
    pub(super) invocation: &'h Operation,
    pub(super) completion: &'h Operation,
    /// Its argument, without the key.
    pub(super) argument: &'h Value,
}

impl FailedCall<'_> {
    /// Whether it would have left that value in the register.
    pub(super) fn would_leave(&self, value: &Value) -> bool {
        match (&self.invocation.f, self.argument.elements()) {
            (Function::Write, _) => self.argument == value,
            (Function::Cas, Some([_, new])) => new == value,
            _ => false,
        }
    }
}

/// The history of one register.
#[derive(Debug)]
pub(super) struct RegisterHistory<'h> {
    /// Every call that did not surely fail.
    pub(super) calls: Vec<Call<RegisterOp>>,
    /// Invocation and completion of each call.
    pub(super) entries: Vec<(&'h Operation, Option<&'h Operation>)>,
    /// The final value of each call.
    pub(super) arguments: Vec<&'h Value>,
    /// Calls that surely did not happen.
    pub(super) failed: Vec<FailedCall<'h>>,
    /// The value of each number, except nil.
    values: Vec<Cow<'h, Value>>,
}

impl<'h> RegisterHistory<'h> {
    /// Pairs the entries (given by position) of one register. `value` returns the value of an
    /// entry, without its key.
    pub(super) fn new(
        history: &'h History,
        positions: &[u32],
        failures: Failures,
        value: impl Fn(&'h Operation) -> &'h Value,
    ) -> Result<Self, CheckerError> {
        require_unique_indices(history, positions)?;
        // The calls, with their times; those that failed lose theirs.
        let mut entries: Vec<(&Operation, Option<&Operation>)> = Vec::new();
        let mut times: Vec<(Option<usize>, Option<usize>)> = Vec::new();
        let mut running: FxHashMap<Process, usize> = FxHashMap::default();
        let mut failed = Vec::new();
        for (time, position) in positions.iter().enumerate() {
            let entry = &history.operations()[*position as usize];
            let index = entry.index;
            if entry.kind == Kind::Invoke {
                if let Some(call) = running.insert(entry.process, entries.len()) {
                    let running = entries[call].0.index;
                    return Err(CheckerError::StillRunning { index, running });
                }
                entries.push((entry, None));
                times.push((Some(time), None));
                continue;
            }
            let call = running.get(&entry.process).copied();
            if entry.kind == Kind::Info {
                // In the reference, the process stays busy: it never does anything again.
                if let Some(call) = call {
                    entries[call].1 = Some(entry);
                }
                continue;
            }
            let open = call.filter(|call| entries[*call].1.is_none());
            let call = open.ok_or(CheckerError::NeverBegan { index })?;
            running.remove(&entry.process);
            entries[call].1 = Some(entry);
            if entry.kind == Kind::Ok {
                times[call].1 = Some(time);
            } else if failures == Failures::MayDiffer || value(entry) == value(entries[call].0) {
                let invocation = entries[call].0;
                failed.extend(times[call].0.take().map(|begins| FailedCall {
                    begins,
                    invocation,
                    completion: entry,
                    argument: value(invocation),
                }));
            } else {
                return Err(CheckerError::FailedDifferently { index });
            }
        }
        let mut register = Self {
            calls: Vec::new(),
            entries: Vec::new(),
            arguments: Vec::new(),
            failed,
            values: Vec::new(),
        };
        let mut numbers: FxHashMap<Cow<'_, Value>, u32> = FxHashMap::default();
        for ((invocation, completion), (begins, ends)) in entries.into_iter().zip(times) {
            let Some(begins) = begins else { continue };
            let result = completion.filter(|_| ends.is_some()).unwrap_or(invocation);
            let argument = value(result);
            let op = register.operation(&mut numbers, invocation, result, argument)?;
            register.calls.push(Call { op, begins, ends });
            register.entries.push((invocation, completion));
            register.arguments.push(argument);
        }
        Ok(register)
    }

    fn operation(
        &mut self,
        numbers: &mut FxHashMap<Cow<'h, Value>, u32>,
        invocation: &'h Operation,
        result: &'h Operation,
        argument: &'h Value,
    ) -> Result<RegisterOp, CheckerError> {
        let mut number = |value: Cow<'h, Value>| {
            if *value == Value::Nil {
                return NIL;
            }
            *numbers.entry(value).or_insert_with_key(|value| {
                self.values.push(value.clone());
                // At most two values an entry, of which there are fewer than 2^31.
                u32::try_from(self.values.len()).unwrap_or(u32::MAX - 1)
            })
        };
        match invocation.f {
            Function::Read => Ok(RegisterOp::Read(
                (*argument != Value::Nil).then(|| number(Cow::Borrowed(argument))),
            )),
            Function::Write => Ok(RegisterOp::Write(number(Cow::Borrowed(argument)))),
            Function::Cas => {
                if let Some([old, new]) = old_and_new(argument) {
                    return Ok(RegisterOp::Cas(number(old), number(new)));
                }
                Err(CheckerError::NotAPair { index: result.index, value: edn(argument) })
            }
            _ => {
                let f = invocation.f.clone();
                Err(CheckerError::NotOfARegister { index: invocation.index, f })
            }
        }
    }

    /// The value of a number.
    pub(super) fn value(&self, number: u32) -> Value {
        let index = (number as usize).checked_sub(1);
        let value = index.and_then(|index| self.values.get(index));
        value.map_or(Value::Nil, |value| value.clone().into_owned())
    }
}

/// The two values of a cas, as the reference takes them out of its argument: what is missing is
/// nil. `None` if the reference fails.
pub(super) fn old_and_new(argument: &Value) -> Option<[Cow<'_, Value>; 2]> {
    let nil = || Cow::Owned(Value::Nil);
    match argument {
        Value::Nil => Some([nil(), nil()]),
        Value::Vector(elements) | Value::List(elements) => {
            Some([0, 1].map(|index| elements.get(index).map_or_else(nil, Cow::Borrowed)))
        }
        Value::Str(text) => {
            let character = |index| text.chars().nth(index).map(Value::Char);
            Some([0, 1].map(|index| character(index).map_or_else(nil, Cow::Owned)))
        }
        _ => None,
    }
}

/// Fails if two of these entries have the same index, as the reference does.
fn require_unique_indices(history: &History, positions: &[u32]) -> Result<(), CheckerError> {
    let indices =
        || positions.iter().map(|position| history.operations()[*position as usize].index);
    if indices().is_sorted_by(|a, b| a < b) {
        return Ok(());
    }
    let mut seen = FxHashSet::default();
    match indices().find(|index| !seen.insert(*index)) {
        Some(index) => Err(CheckerError::IndexTwice { index }),
        None => Ok(()),
    }
}
