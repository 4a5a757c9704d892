//! Integers in histories of counters, of up to 128 bits.

use crate::CheckerError;
use crate::excerpt::edn;
use glomers_history::{Operation, Value};

/// An integer that was added or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Amount(pub(crate) i128);

impl Amount {
    /// Reads an integer; `None` for anything else, or beyond 128 bits.
    pub(crate) fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Int(number) => Some(Self(i128::from(*number))),
            Value::BigNumber(text) => text.parse().ok().map(Self),
            _ => None,
        }
    }

    /// As a value: a big number only beyond 64 bits.
    pub(crate) fn to_value(self) -> Value {
        let big = |_| Value::BigNumber(self.0.to_string().into());
        i64::try_from(self.0).map_or_else(big, Value::Int)
    }
}

/// The value of an operation, which must be an integer. `what` names it in an error.
pub(super) fn amount(operation: &Operation, what: &'static str) -> Result<i128, CheckerError> {
    Amount::of(&operation.value).map(|amount| amount.0).ok_or_else(|| CheckerError::NotAnInteger {
        index: operation.index,
        what,
        value: edn(&operation.value),
    })
}
