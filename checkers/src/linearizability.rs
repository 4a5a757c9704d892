//! Linearizability of registers: reads, writes and compare-and-sets, each key by itself.
//!
//! A history is linearizable when every operation can be given a moment between its invocation and
//! its completion, such that all happen as if one after the other, in the order of these moments.
//! An operation with an unknown outcome may take effect at any later moment, or never.

mod keys;
mod marks;
mod model;
mod register;
mod result;
mod schedule;
mod search;
mod witness;

use crate::CheckerError;
use crate::criteria::DEFAULT_SEARCH_BUDGET;
use crate::independent::tuple;
use glomers_history::{History, Operation, Value};
use keys::{Split, split};
use model::Call;
use register::{Failures, NIL, Register, RegisterHistory, RegisterOp};
use search::{SearchOutcome, Situation, search};
use std::time::Duration;

pub use witness::{Conflict, ConflictingCall, Origin, PendingCall};

/// Steps per second of a search on a typical machine. Limits are counted in steps, so that the same
/// history always has the same verdict.
const STEPS_PER_SECOND: f64 = 300_000.0;

/// Steps that the search in one key may take, beyond two for each operation.
fn steps(budget: Duration) -> usize {
    let steps = budget.as_secs_f64() * STEPS_PER_SECOND;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "saturates, and is not negative"
    )]
    let steps = steps as usize;
    steps.max(1)
}

/// The result of [`linearizable_registers`].
#[derive(Debug, Clone, PartialEq)]
pub struct Registers {
    /// Every key, in order; a single one without a key if the history has no keys.
    pub keys: Vec<KeyVerdict>,
}

/// The result for one key.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyVerdict {
    /// The key; `None` if the history is that of a single register.
    pub key: Option<Value>,
    /// The result, or why the key could not be judged.
    pub outcome: Result<Linearizability, CheckerError>,
}

/// Whether the operations on a register can be put in order.
#[derive(Debug, Clone, PartialEq)]
pub enum Linearizability {
    /// They can; this is the final configuration.
    Linearizable(Configuration),
    /// They cannot.
    NotLinearizable(Box<Nonlinearizable>),
    /// The search was given up after many steps.
    Undecided,
}

/// A state that some order of the operations leads to. Values of operations are without their key.
#[derive(Debug, Clone, PartialEq)]
pub struct Configuration {
    /// The value of the register.
    pub value: Value,
    /// The last operation that took effect.
    pub last: Option<Operation>,
    /// Invocations of operations that have not taken effect yet, by process. Each has the value of
    /// its completion.
    pub pending: Vec<Operation>,
}

/// Why there is no valid order.
#[derive(Debug, Clone, PartialEq)]
pub struct Nonlinearizable {
    /// The first completion such that the history up to it has no valid order.
    pub operation: Operation,
    /// The successful completion before it.
    pub previous: Option<Operation>,
    /// Some of the configurations to which orders of all operations before it lead.
    pub configurations: Vec<Configuration>,
}

/// Judges the registers of a history whose values are `[key value]`, or of one register, when the
/// values are without a key.
///
/// Fails when the history can't be split by key.
pub fn linearizable_registers(history: &History) -> Result<Registers, CheckerError> {
    linearizable_registers_within(history, DEFAULT_SEARCH_BUDGET)
}

/// As [`linearizable_registers`], with a time budget for the search in each key.
pub fn linearizable_registers_within(
    history: &History,
    budget: Duration,
) -> Result<Registers, CheckerError> {
    let steps = steps(budget);
    let judge = |key: Option<&Value>, outcome| KeyVerdict { key: key.cloned(), outcome };
    let keys = match split(history)? {
        Split::One(entries) => {
            let register =
                RegisterHistory::new(history, &entries, Failures::MayDiffer, |entry| &entry.value);
            vec![judge(None, register.map(|register| register.linearizability(steps)))]
        }
        Split::ByKey(keys) => keys
            .into_iter()
            .map(|(key, entries)| {
                let register =
                    RegisterHistory::new(history, &entries, Failures::Repeat, without_key);
                judge(Some(key), register.map(|register| register.linearizability(steps)))
            })
            .collect(),
    };
    Ok(Registers { keys })
}

/// A small set of operations of a key that have no valid order. `None` if the key is linearizable,
/// or cannot be judged. The history and the key are those of a [`KeyVerdict`].
pub(crate) fn conflict(
    history: &History,
    key: Option<&Value>,
    budget: Duration,
) -> Option<Conflict> {
    let register = match (split(history).ok()?, key) {
        (Split::One(entries), None) => {
            RegisterHistory::new(history, &entries, Failures::MayDiffer, |entry| &entry.value)
                .ok()?
        }
        (Split::ByKey(keys), Some(key)) => {
            let (_, entries) = keys.into_iter().find(|(other, _)| *other == key)?;
            RegisterHistory::new(history, &entries, Failures::Repeat, without_key).ok()?
        }
        _ => return None,
    };
    register.conflict(steps(budget))
}

/// The value of an entry of a history by key; the whole value if there is no key.
fn without_key(entry: &Operation) -> &Value {
    tuple(&entry.value).map_or(&entry.value, |(_, value)| value)
}

impl RegisterHistory<'_> {
    fn search(&self, steps: usize) -> SearchOutcome<u32> {
        search(&Register::of(&self.calls), &self.calls, &[NIL], steps)
    }

    fn linearizability(&self, steps: usize) -> Linearizability {
        match self.search(steps) {
            SearchOutcome::Linearizable(end) => {
                Linearizability::Linearizable(self.configuration(&end))
            }
            SearchOutcome::OutOfSteps => Linearizability::Undecided,
            SearchOutcome::NotLinearizable { call, before, .. } => {
                let ends = |number: &usize| self.calls[*number].ends;
                let earlier = (0..self.calls.len()).filter(|number| ends(number) < ends(&call));
                let previous = earlier.filter(|number| ends(number).is_some()).max_by_key(ends);
                let configurations = before.iter().map(|at| self.configuration(at)).collect();
                Linearizability::NotLinearizable(Box::new(Nonlinearizable {
                    operation: self.completion(call),
                    previous: previous.map(|previous| self.completion(previous)),
                    configurations,
                }))
            }
        }
    }

    fn configuration(&self, at: &Situation<u32>) -> Configuration {
        let mut pending: Vec<Operation> =
            at.pending.iter().map(|call| self.invocation(*call)).collect();
        pending.sort_by_key(|operation| (operation.process, operation.index));
        Configuration {
            value: self.value(at.state),
            last: at.last.map(|call| self.completion(call)),
            pending,
        }
    }

    /// The invocation of a call with its final value, as if it had been known then.
    fn invocation(&self, call: usize) -> Operation {
        let (invocation, _) = self.entries[call];
        Operation { value: self.arguments[call].clone(), detail: None, ..invocation.clone() }
    }

    /// The completion of a call that returned; else as [`invocation`](Self::invocation).
    fn completion(&self, call: usize) -> Operation {
        match self.entries[call].1.filter(|_| self.calls[call].ends.is_some()) {
            Some(end) => {
                Operation { value: self.arguments[call].clone(), detail: None, ..end.clone() }
            }
            None => self.invocation(call),
        }
    }
}

/// The calls of a register.
type RegisterCall = Call<RegisterOp>;

#[cfg(test)]
mod tests;
