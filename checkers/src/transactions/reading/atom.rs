//! Keys and values of transactions as 64-bit numbers, equal when the values are.

use crate::interner::Intern;
use glomers_history::Value;
use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

/// A key, or a value that is written or read. Small integers, which nearly all are, need no table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Atom(u64);

impl Atom {
    /// `nil`
    pub(crate) const NIL: Self = Self(u64::MAX);
    /// `false`
    const FALSE: Self = Self(u64::MAX - 2);

    /// Whether it is false for Clojure's `if`, so that the reference treats it as absent.
    pub(crate) fn is_falsy(self) -> bool {
        self == Self::NIL || self == Self::FALSE
    }
}

impl Intern for Atom {
    #[inline]
    fn small(&self) -> Option<usize> {
        let is_integer = self.0 & 1 == 0;
        u32::try_from(self.0 >> 1).ok().filter(|_| is_integer).map(|small| small as usize)
    }
}

/// The values that are not small integers.
#[derive(Debug, Default)]
pub(crate) struct Atoms {
    others: IndexSet<Value, FxBuildHasher>,
}

impl Atoms {
    /// The number of a value.
    #[inline]
    pub(crate) fn atom(&mut self, value: &Value) -> Atom {
        match value {
            // Not beyond 62 bits, so that doubling loses nothing.
            Value::Int(number) if number.unsigned_abs() >> 62 == 0 => {
                Atom(number.cast_unsigned() << 1)
            }
            other => self.other(other),
        }
    }

    fn other(&mut self, value: &Value) -> Atom {
        match value {
            Value::Nil => Atom::NIL,
            Value::Bool(false) => Atom::FALSE,
            _ => {
                let index = match self.others.get_index_of(value) {
                    Some(index) => index,
                    None => self.others.insert_full(value.clone()).0,
                };
                Atom((index as u64) << 1 | 1)
            }
        }
    }

    /// The value of a number.
    pub(crate) fn value(&self, atom: Atom) -> Value {
        match atom {
            Atom::NIL => Value::Nil,
            Atom::FALSE => Value::Bool(false),
            Atom(number) if number & 1 == 0 => Value::Int(number.cast_signed() >> 1),
            Atom(number) => {
                self.others.get_index((number >> 1) as usize).cloned().unwrap_or(Value::Nil)
            }
        }
    }

    /// A vector of values.
    pub(crate) fn vector(&self, atoms: &[Atom]) -> Value {
        Value::Vector(atoms.iter().map(|&atom| self.value(atom)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_comes_back_and_equal_ones_are_one() {
        let mut atoms = Atoms::default();
        let big = |text: &str| Value::BigNumber(text.into());
        let values = [
            Value::Nil,
            Value::Bool(false),
            Value::Bool(true),
            Value::Int(0),
            Value::Int(-1),
            Value::Int(1 << 62),
            Value::Int(i64::MIN),
            Value::Int(i64::MAX),
            Value::Float(1.0),
            Value::Int(1),
            Value::str("1"),
            big("18446744073709551616"),
            Value::Vector(vec![Value::Int(1)]),
        ];
        let numbers: Vec<Atom> = values.iter().map(|value| atoms.atom(value)).collect();
        for (value, &number) in values.iter().zip(&numbers) {
            assert_eq!(atoms.value(number), *value);
            assert_eq!(atoms.atom(value), number);
        }
        let different: std::collections::BTreeSet<Atom> = numbers.iter().copied().collect();
        assert_eq!(different.len(), values.len());
        assert_eq!(atoms.atom(&Value::List(vec![Value::Int(1)])), numbers[12]);
    }
}
