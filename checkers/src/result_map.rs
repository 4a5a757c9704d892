//! Builds the maps of results.edn, in the order given.

use glomers_history::{Validity, Value, Verdict};

/// A map from keywords to values.
pub(crate) fn result_map(entries: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    Value::Map(entries.into_iter().map(|(key, value)| (Value::keyword(key), value)).collect())
}

/// The key and value of `:valid?`.
pub(crate) fn valid_entry(valid: impl Into<Validity>) -> (&'static str, Value) {
    ("valid?", valid.into().to_value())
}

/// The verdict of a checker that only says that all is well.
pub(crate) fn always_valid() -> Verdict {
    Verdict { valid: Validity::Valid, map: result_map([valid_entry(true)]) }
}
