//! Numbers for values, so that facts about them are stored in plain lists.

use glomers_history::Value;
use rustc_hash::FxHashMap;

/// Integers from 0 up to this are looked up without hashing: workloads use 0, 1, 2, ...
const SMALL: i64 = 1 << 20;
/// No number yet.
const NONE: u32 = u32::MAX;

/// Gives each distinct value a number, from 0 in the order of appearance.
#[derive(Debug, Default)]
pub(crate) struct ValueIndex {
    /// The number of each small integer.
    small: Vec<u32>,
    others: FxHashMap<Value, u32>,
    count: u32,
}

impl ValueIndex {
    /// The number of a value that came before.
    pub(crate) fn get(&self, value: &Value) -> Option<usize> {
        let number = match small(value) {
            Some(integer) => self.small.get(integer).copied().filter(|number| *number != NONE),
            None => self.others.get(value).copied(),
        };
        number.map(|number| number as usize)
    }

    /// The number of the value, and whether it is new.
    pub(crate) fn insert(&mut self, value: &Value) -> (usize, bool) {
        let number = if let Some(integer) = small(value) {
            if integer >= self.small.len() {
                self.small.resize(integer + 1, NONE);
            }
            let number = &mut self.small[integer];
            if *number != NONE {
                return (*number as usize, false);
            }
            *number = self.count;
            self.count
        } else {
            if let Some(number) = self.others.get(value) {
                return (*number as usize, false);
            }
            self.others.insert(value.clone(), self.count);
            self.count
        };
        self.count += 1;
        (number as usize, true)
    }
}

#[inline]
fn small(value: &Value) -> Option<usize> {
    let integer = match value {
        Value::Int(integer) => *integer,
        // Equal to the same integer as `Int`, so it must have the same number.
        Value::BigNumber(text) => text.parse().ok()?,
        _ => return None,
    };
    usize::try_from(integer).ok().filter(|_| integer < SMALL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_share_a_number() {
        let values = [
            Value::Int(7),
            Value::str("7"),
            Value::Float(7.0),
            Value::Int(-1),
            Value::Int(i64::MAX),
        ];
        let mut index = ValueIndex::default();
        for (number, value) in values.iter().enumerate() {
            assert_eq!(index.get(value), None);
            assert_eq!(index.insert(value), (number, true));
            assert_eq!(index.insert(value), (number, false));
            assert_eq!(index.get(value), Some(number));
        }
        assert_eq!(index.get(&Value::BigNumber("7".into())), Some(0));
        assert_eq!(index.get(&Value::Int(3)), None);
    }
}
