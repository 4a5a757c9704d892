//! Counters: every final read must be a possible sum of the adds.
//!
//! Successful adds always count; those with an unknown outcome may or may not. Reads that are not
//! marked final are not judged.

mod amount;
mod bounds;
mod ranges;
mod shares;

pub(crate) use amount::Amount;
pub use bounds::{BoundedCounter, BoundedRead, bounded_counter};
use ranges::Ranges;
pub(crate) use shares::adds_by_node;
pub use shares::{NodeAdds, Shares, WrongSum};
use std::collections::BTreeMap;

use crate::CheckerError;
use crate::result_map::{result_map, valid_entry};
use amount::amount;
use glomers_history::{Function, History, Kind, Operation, Validity, Value, Verdict};

/// The result of [`counter`].
#[derive(Debug, Clone, PartialEq)]
pub struct Counter {
    /// Final reads whose value no choice of the uncertain adds explains.
    pub errors: Vec<Operation>,
    /// The values of the final reads, in order.
    pub final_reads: Vec<i128>,
    /// The possible sums of the adds, as ascending ranges with both ends included.
    pub acceptable: Vec<(i128, i128)>,
}

/// Compares the final reads with the possible sums of the adds.
///
/// Fails if a value is not an integer, or if the possible sums form too many ranges.
pub fn counter(history: &History) -> Result<Counter, CheckerError> {
    let mut sure: i128 = 0;
    // By absolute amount: how often it may have been added, and subtracted.
    let mut unsure: BTreeMap<u128, (u64, u64)> = BTreeMap::new();
    let mut reads = Vec::new();
    for operation in history.operations() {
        match operation.kind {
            Kind::Ok if operation.f == Function::Add => {
                let index = operation.index;
                let sum = sure.checked_add(amount(operation, "an added value")?);
                sure = sum.ok_or(CheckerError::SumTooLarge { index })?;
            }
            Kind::Info if operation.f == Function::Add => {
                let delta = amount(operation, "an added value")?;
                let (added, subtracted) = unsure.entry(delta.unsigned_abs()).or_default();
                *if delta < 0 { subtracted } else { added } += 1;
            }
            _ => {}
        }
        if operation.is_final && operation.kind == Kind::Ok {
            reads.push((operation, amount(operation, "a final read")?));
        }
    }
    let mut sums = Ranges::single(sure);
    // From the smallest on, so that ranges touch and merge as soon as they can.
    for (size, (added, subtracted)) in unsure {
        sums = sums.with_multiples(size, added, subtracted)?;
    }
    let wrong = reads.iter().filter(|(_, value)| !sums.contains(*value));
    Ok(Counter {
        errors: wrong.map(|(read, _)| (*read).clone()).collect(),
        final_reads: reads.iter().map(|(_, value)| *value).collect(),
        acceptable: sums.into_pairs(),
    })
}

impl From<Counter> for Verdict {
    fn from(counter: Counter) -> Self {
        let valid = Validity::from(counter.errors.is_empty());
        let errors: Vec<Value> = counter.errors.iter().map(Operation::to_value).collect();
        let range = |(least, greatest)| {
            Value::Vector(vec![Amount(least).to_value(), Amount(greatest).to_value()])
        };
        let reads = counter.final_reads.into_iter().map(|value| Amount(value).to_value());
        let map = result_map([
            valid_entry(valid),
            ("errors", if errors.is_empty() { Value::Nil } else { Value::List(errors) }),
            ("final-reads", Value::List(reads.collect())),
            ("acceptable", Value::List(counter.acceptable.into_iter().map(range).collect())),
        ]);
        Self { valid, map }
    }
}

#[cfg(test)]
mod tests;
