//! Numbers for values, so that facts about them are stored in plain lists.

use crate::number::NONE;
use glomers_history::Value;
use rustc_hash::FxHashMap;
use std::hash::Hash;

/// Integers below `FREE` plus this many times the number of values are not hashed: workloads mostly
/// count 0, 1, 2, ...
const SPARSENESS: usize = 2;

/// A value that can be numbered.
pub(crate) trait Intern: Clone + Eq + Hash {
    /// The integer, if it may be an index. Equal values must have the same one.
    fn small(&self) -> Option<usize>;
}

/// Looks up the numbers of values. Integers below `FREE` are never hashed, so the table has at least
/// that size if there are some.
#[derive(Debug)]
pub(crate) struct Interner<V, const FREE: usize> {
    /// By small integer.
    dense: Vec<u32>,
    others: FxHashMap<V, u32>,
    /// Number of values.
    count: usize,
}

impl<V, const FREE: usize> Default for Interner<V, FREE> {
    fn default() -> Self {
        Self { dense: Vec::new(), others: FxHashMap::default(), count: 0 }
    }
}

impl<V: Intern, const FREE: usize> Interner<V, FREE> {
    /// The number of a value that came before.
    #[inline]
    pub(crate) fn get(&self, value: &V) -> Option<u32> {
        match value.small().and_then(|integer| self.dense.get(integer)) {
            Some(&number) if number != NONE => Some(number),
            _ if self.others.is_empty() => None,
            _ => self.get_other(value),
        }
    }

    /// Not inlined, since nearly all values are small integers.
    #[inline(never)]
    fn get_other(&self, value: &V) -> Option<u32> {
        self.others.get(value).copied()
    }

    /// The number of a value: `next` if it did not come before.
    #[inline]
    pub(crate) fn insert(&mut self, value: &V, next: u32) -> u32 {
        if let Some(number) = self.get(value) {
            return number;
        }
        self.add(value, next);
        next
    }

    fn add(&mut self, value: &V, number: u32) {
        self.count += 1;
        let most = FREE + SPARSENESS * self.count;
        match value.small().filter(|integer| *integer < most) {
            Some(integer) => {
                if self.dense.len() <= integer {
                    self.dense.resize(integer + 1, NONE);
                }
                self.dense[integer] = number;
            }
            None => {
                self.others.insert(value.clone(), number);
            }
        }
    }
}

/// Numbers of the elements of sets. Up to 4 MB of them are not hashed.
pub(crate) type ElementNumbers = Interner<Value, { 1 << 20 }>;

impl Intern for Value {
    #[inline]
    fn small(&self) -> Option<usize> {
        match self {
            Self::Int(integer) => usize::try_from(*integer).ok(),
            // Equal to the same integer as `Int`, so it must have the same number.
            Self::BigNumber(text) => text.parse().ok(),
            _ => None,
        }
    }
}

impl Intern for &Value {
    #[inline]
    fn small(&self) -> Option<usize> {
        (**self).small()
    }
}

impl Intern for u64 {
    #[inline]
    fn small(&self) -> Option<usize> {
        usize::try_from(*self).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn equal_values_share_a_number() {
        let values = [
            Value::Int(7),
            Value::str("7"),
            Value::Float(7.0),
            Value::Int(-1),
            Value::Int(i64::MAX),
        ];
        let mut interner = Interner::<Value, 4>::default();
        for (number, value) in (0..).zip(&values) {
            assert_eq!(interner.get(value), None);
            assert_eq!(interner.insert(value, number), number);
            assert_eq!(interner.insert(value, NONE), number);
            assert_eq!(interner.get(value), Some(number));
        }
        assert_eq!(interner.get(&Value::BigNumber("7".into())), Some(0));
        assert_eq!(interner.get(&Value::Int(3)), None);
    }

    proptest! {
        #[test]
        fn numbers_are_those_of_a_map(
            values in prop::collection::vec(prop_oneof![0..40_u64, 0..1_000_000_u64], 0..60),
        ) {
            let mut interner = Interner::<u64, 8>::default();
            let mut expected: FxHashMap<u64, u32> = FxHashMap::default();
            for (next, value) in (0..).zip(values) {
                prop_assert_eq!(interner.get(&value), expected.get(&value).copied());
                let number = *expected.entry(value).or_insert(next);
                prop_assert_eq!(interner.insert(&value, next), number);
            }
            // A great integer makes no great table.
            prop_assert!(interner.dense.len() <= 8 + SPARSENESS * expected.len());
        }
    }
}
