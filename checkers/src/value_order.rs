//! Sorting values that may have no order.

use crate::CheckerError;
use crate::excerpt::edn;
use glomers_history::Value;
use std::cmp::Ordering;

/// Sorts by the value of each item; different values of one place (`1` and `1.0`) end up side by
/// side. `what` names the values in the error.
///
/// Fails where the reference's sort throws: when two values have no order. A single one needs none.
pub(crate) fn sort_by_value<T>(
    items: &mut [T],
    value: impl Fn(&T) -> &Value,
    what: &'static str,
) -> Result<(), CheckerError> {
    // By a total order, since a sort must not meet two values that have none.
    items.sort_by(|a, b| value(a).cmp(value(b)));
    for pair in items.windows(2) {
        compare(value(&pair[0]), value(&pair[1]), what)?;
    }
    Ok(())
}

/// Compares two of `what`.
pub(crate) fn compare(a: &Value, b: &Value, what: &'static str) -> Result<Ordering, CheckerError> {
    a.compare(b).map_err(|_| incomparable(a, b, what))
}

/// Says that two of `what` have no order.
pub(crate) fn incomparable(a: &Value, b: &Value, what: &'static str) -> CheckerError {
    CheckerError::Incomparable { what, first: edn(a), second: edn(b) }
}
