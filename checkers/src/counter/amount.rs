//! Integers of any size that a counter may meet.

use crate::CheckerError;
use crate::excerpt::edn;
use glomers_history::{Operation, Value};

/// An amount, as a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Amount(pub(crate) i128);

impl Amount {
    /// Reads an integer; none of anything else, or beyond 128 bits.
    pub(crate) fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Int(number) => Some(Self(i128::from(*number))),
            Value::BigNumber(text) => text.parse().ok().map(Self),
            _ => None,
        }
    }

    /// As a value: a big one only where it must be.
    pub(crate) fn to_value(self) -> Value {
        let big = |_| Value::BigNumber(self.0.to_string().into());
        i64::try_from(self.0).map_or_else(big, Value::Int)
    }
}

/// The value of an operation, which must be an integer. `what` says what it is, in an error.
pub(super) fn amount(operation: &Operation, what: &'static str) -> Result<i128, CheckerError> {
    Amount::of(&operation.value).map(|amount| amount.0).ok_or_else(|| CheckerError::NotAnInteger {
        index: operation.index,
        what,
        value: edn(&operation.value),
    })
}
