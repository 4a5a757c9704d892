//! Counters whose reads are not marked as final, as Jepsen's own tests have them: every read must
//! lie between the sum that surely was added when it began and the sum that may have been added
//! when it ended.

use super::Amount;
use super::amount::amount;
use crate::result_map::{result_map, valid_entry};
use crate::{CheckerError, Moment};
use glomers_history::{Function, History, Kind, Process, Validity, Value, Verdict};
use rustc_hash::FxHashMap;

/// A read, and the range of its possible values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BoundedRead {
    /// The least sum.
    pub least: i128,
    /// The value that was read.
    pub value: i128,
    /// The greatest sum.
    pub greatest: i128,
    /// The completion of the read.
    pub read: Moment,
}

impl BoundedRead {
    fn is_right(&self) -> bool {
        (self.least..=self.greatest).contains(&self.value)
    }

    fn to_value(self) -> Value {
        let Self { least, value, greatest, .. } = self;
        Value::Vector([least, value, greatest].map(|sum| Amount(sum).to_value()).to_vec())
    }
}

/// The result of [`bounded_counter`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoundedCounter {
    /// Successful reads, in order.
    pub reads: Vec<BoundedRead>,
}

impl BoundedCounter {
    /// Reads that no order of the adds explains.
    pub fn errors(&self) -> impl Iterator<Item = &BoundedRead> {
        self.reads.iter().filter(|read| !read.is_right())
    }
}

/// The range of sums that the counter may have, or may have had in some period.
#[derive(Debug, Clone, Copy, Default)]
struct Bounds {
    least: i128,
    greatest: i128,
}

impl Bounds {
    /// Takes in an amount that may be added from now on.
    fn may_add(&mut self, amount: i128) {
        self.least = self.least.saturating_add(amount.min(0));
        self.greatest = self.greatest.saturating_add(amount.max(0));
    }

    /// Takes in that an amount that may have been added surely was.
    fn has_added(&mut self, amount: i128) {
        self.least = self.least.saturating_add(amount.max(0));
        self.greatest = self.greatest.saturating_add(amount.min(0));
    }

    /// Widens the range to include another one.
    fn extend(&mut self, other: Self) {
        self.least = self.least.min(other.least);
        self.greatest = self.greatest.max(other.greatest);
    }
}

/// Compares each read with the sums that the adds can have had while it ran. Adds that surely
/// failed never count.
///
/// Fails if an amount is not an integer.
pub fn bounded_counter(history: &History) -> Result<BoundedCounter, CheckerError> {
    let mut bounds = Bounds::default();
    // The bounds since the beginning, and since each read began.
    let mut ever = bounds;
    let mut begun: FxHashMap<Process, Bounds> = FxHashMap::default();
    let mut reads = Vec::new();
    for (position, operation) in history.client_operations() {
        let failed = || history.counterpart(position).is_some_and(|end| end.kind == Kind::Fail);
        match (&operation.f, operation.kind) {
            (Function::Add, Kind::Invoke) if !failed() => {
                bounds.may_add(amount(operation, "an added value")?);
            }
            (Function::Add, Kind::Ok) => {
                let amount = amount(operation, "an added value")?;
                // Without its invocation it may have been added at any time before.
                if history.counterpart(position).is_none() {
                    bounds.may_add(amount);
                }
                bounds.has_added(amount);
            }
            (Function::Read, Kind::Invoke) => {
                begun.insert(operation.process, bounds);
                continue;
            }
            (Function::Read, Kind::Ok) => {
                let Bounds { least, greatest } = begun.remove(&operation.process).unwrap_or(ever);
                let value = amount(operation, "a read")?;
                reads.push(BoundedRead { least, value, greatest, read: operation.into() });
            }
            (_, Kind::Fail | Kind::Info) => {
                begun.remove(&operation.process);
            }
            _ => {}
        }
        ever.extend(bounds);
        for since in begun.values_mut() {
            since.extend(bounds);
        }
    }
    Ok(BoundedCounter { reads })
}

impl From<BoundedCounter> for Verdict {
    fn from(counter: BoundedCounter) -> Self {
        let errors: Vec<Value> = counter.errors().map(|read| read.to_value()).collect();
        let valid = Validity::from(errors.is_empty());
        let reads = counter.reads.iter().map(|read| read.to_value()).collect();
        let map = result_map([
            valid_entry(valid),
            ("reads", Value::Vector(reads)),
            ("errors", Value::Vector(errors)),
        ]);
        Self { valid, map }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{edn, sample};

    fn verdict(lines: &str) -> Verdict {
        bounded_counter(&sample(lines)).unwrap().into()
    }

    #[test]
    fn reads_lie_between_what_was_and_what_may_have_been_added() {
        let lines = "invoke 0 add 1
                     ok 0 add 1
                     invoke 1 read nil
                     invoke 0 add 5
                     invoke 2 add 7
                     fail 2 add 7
                     invoke 3 add -2
                     info 3 add -2
                     ok 1 read VALUE";
        for (value, valid) in [("1", true), ("6", true), ("-1", true), ("-2", false), ("7", false)]
        {
            let verdict = verdict(&lines.replace("VALUE", value));
            assert_eq!(verdict.valid, Validity::from(valid), "{value}: {:?}", verdict.map);
        }
        let map = verdict(&lines.replace("VALUE", "7")).map;
        assert_eq!(map, edn("{:valid? false, :reads [[-1 7 6]], :errors [[-1 7 6]]}"));
        // A subtraction that began before the read may have taken effect while it ran.
        let late = "invoke 3 add -2\n invoke 1 read nil\n ok 1 read -2";
        assert_eq!(verdict(late).valid, Validity::Valid);
    }

    #[test]
    fn what_is_no_integer_cannot_be_judged() {
        let history = sample("invoke 0 read nil\n ok 0 read \"1\"");
        let error = bounded_counter(&history).unwrap_err().to_string();
        assert!(error.contains("a read"), "{error}");
    }
}
