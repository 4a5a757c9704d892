//! Sorting values that may have no order.

use crate::CheckerError;
use crate::excerpt::edn;
use glomers_history::Value;
use std::cmp::Ordering;

/// Sorts by the value of each item; different values that compare as equal (`1` and `1.0`) end up
/// next to each other. `what` names the values in the error.
///
/// Fails where the reference's sort throws: if two values cannot be compared. A single value is
/// never compared.
pub(crate) fn sort_by_value<T>(
    items: &mut [T],
    value: impl Fn(&T) -> &Value,
    what: &'static str,
) -> Result<(), CheckerError> {
    // By a total order, since a sort must not encounter two values that cannot be compared.
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

/// The error that two of `what` cannot be compared.
pub(crate) fn incomparable(a: &Value, b: &Value, what: &'static str) -> CheckerError {
    CheckerError::Incomparable { what, first: edn(a), second: edn(b) }
}
