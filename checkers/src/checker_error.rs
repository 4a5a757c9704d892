//! Why a checker could not judge a history.

use crate::result_map::{result_map, valid_entry};
use glomers_history::{Validity, Value, Verdict};

/// A history that a checker cannot judge. The verdict is then `:unknown`, as it is in the reference
/// when a checker throws.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckerError {
    /// Values must be sorted, and have no order.
    #[error(
        "{what} {first} and {second} cannot be compared: give all {what} one type that has an \
         order, such as strings or numbers"
    )]
    Incomparable {
        /// `ids` or `elements`.
        what: &'static str,
        /// One of them, as EDN.
        first: String,
        /// The other, as EDN.
        second: String,
    },
    /// An add completed, but its element was never added before.
    #[error("entry {index} completes an add of {element}, which no earlier entry began")]
    AddNeverBegan {
        /// Index of the completion.
        index: u64,
        /// The element, as EDN.
        element: String,
    },
    /// A read completed, but its process had begun none.
    #[error("entry {index} completes a read, which no earlier entry began")]
    ReadNeverBegan {
        /// Index of the completion.
        index: u64,
    },
    /// A read whose value has no elements.
    #[error("entry {index} is a read of {value}, which is no list of elements")]
    NotACollection {
        /// Index of the completion.
        index: u64,
        /// What it returned, as EDN.
        value: String,
    },
}

impl From<CheckerError> for Verdict {
    fn from(error: CheckerError) -> Self {
        let map =
            result_map([valid_entry(Validity::Unknown), ("error", Value::str(&error.to_string()))]);
        Self { valid: Validity::Unknown, map }
    }
}

/// The verdict of a checker that may have failed.
pub(crate) fn verdict_of<T: Into<Verdict>>(result: Result<T, CheckerError>) -> Verdict {
    result.map_or_else(Verdict::from, Into::into)
}
