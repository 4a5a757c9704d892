//! Why a checker could not judge a history.

use crate::KafkaError;
use crate::result_map::{result_map, valid_entry};
use glomers_history::{Function, History, Mispaired, Validity, Value, Verdict};

/// A history that a checker cannot judge. The verdict is then `:unknown`, as it is in the reference
/// when a checker throws.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckerError {
    /// Values that must be sorted cannot be compared.
    #[error(
        "{what} {first} and {second} cannot be compared: give all {what} one type that has an \
         order, such as strings or numbers"
    )]
    Incomparable {
        /// The kind of values: `ids` or `elements`, for example.
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
    /// A read completed that its process had not begun.
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
        /// The value that it returned, as EDN.
        value: String,
    },
    /// An amount that is not an integer.
    #[error("entry {index} has {value} as {what}, which is no integer of at most 128 bits")]
    NotAnInteger {
        /// Index of the completion.
        index: u64,
        /// What the value stands for.
        what: &'static str,
        /// The value, as EDN.
        value: String,
    },
    /// Added values whose sum overflows 128 bits.
    #[error("the sum of the added values is beyond 128 bits from entry {index} on")]
    SumTooLarge {
        /// Index of the add.
        index: u64,
    },
    /// Adds with unknown outcomes that may have too many different sums.
    #[error(
        "the adds with an unknown outcome may have more than {most} different ranges of sums: \
         find out why that many adds were not answered"
    )]
    TooManySums {
        /// The limit on the number of ranges.
        most: usize,
    },
    /// An operation of a process that still runs another one.
    #[error(
        "entry {index} begins an operation, though that of entry {running} by the same process is \
         not over"
    )]
    StillRunning {
        /// Index of the invocation.
        index: u64,
        /// Index of the invocation that is still open.
        running: u64,
    },
    /// A failure whose value differs from that of its invocation.
    #[error("entry {index} fails an operation with another value than it was begun with")]
    FailedDifferently {
        /// Index of the completion.
        index: u64,
    },
    /// Two entries with one index.
    #[error("entry {index} has the index of an earlier entry: indices must be unique")]
    IndexTwice {
        /// The index.
        index: u64,
    },
    /// An operation completed that its process had not begun.
    #[error("entry {index} completes an operation, which no earlier entry began")]
    NeverBegan {
        /// Index of the completion.
        index: u64,
    },
    /// An operation that a register does not have.
    #[error("entry {index} calls {f}, and a register only has read, write and cas")]
    NotOfARegister {
        /// Index of the completion.
        index: u64,
        /// The function of the entry.
        f: Function,
    },
    /// An operation that a set does not have.
    #[error("entry {index} calls {f}, and a set only has read and {add}")]
    NotOfASet {
        /// Index of the entry.
        index: u64,
        /// The function of the entry.
        f: Function,
        /// The workload's name for adding.
        add: Function,
    },
    /// A compare-and-set without its two values.
    #[error(
        "entry {index} is a cas of {value}, which does not hold two values, the old and the new"
    )]
    NotAPair {
        /// Index of the entry.
        index: u64,
        /// The value, as EDN.
        value: String,
    },
    /// An entry whose value is not a transaction.
    #[error(
        "entry {index} has the value {value}, which is no transaction: a list of operations such \
         as [:r 5 nil] is expected"
    )]
    NotATransaction {
        /// Index of the entry.
        index: u64,
        /// Its value, as EDN.
        value: String,
    },
    /// A transaction with an operation that its workload does not have.
    #[error(
        "entry {index} has the operation {part}, and only [:r key value] and [:{write} key value] are known"
    )]
    UnexpectedMicroOperation {
        /// Index of the entry.
        index: u64,
        /// The operation, as EDN.
        part: String,
        /// The workload's keyword for writes, without the colon.
        write: &'static str,
    },
    /// Two appends of an element to a key.
    #[error(
        "entry {index} appends {value} to key {key}, to which an earlier entry appended it: elements must be unique, or reads do not show which append came first"
    )]
    AppendedTwice {
        /// Index of the second append.
        index: u64,
        /// The key, as EDN.
        key: String,
        /// The element, as EDN.
        value: String,
    },
    /// A read of an element that no completed transaction appended.
    #[error("key {key} was read with {value} in it, which no transaction appended")]
    NeverAppended {
        /// The key, as EDN.
        key: String,
        /// The element, as EDN.
        value: String,
    },
    /// A read of a value that two transactions wrote.
    #[error(
        "key {key} was read as {value}, which two transactions wrote (entries {first} and {second} \
         in order): values must be unique, or reads do not show whose they are"
    )]
    WrittenTwice {
        /// The key, as EDN.
        key: String,
        /// The value, as EDN.
        value: String,
        /// Position of one of the entries in the history, from 0.
        first: u64,
        /// Position of the other entry.
        second: u64,
    },
    /// Keys of different types.
    #[error("keys {first} and {second} are of different types: give all keys one type")]
    MixedKeys {
        /// One of them, as EDN.
        first: String,
        /// The other, as EDN.
        second: String,
    },
    /// A kafka history that cannot be judged.
    #[error(transparent)]
    Kafka(#[from] KafkaError),
}

impl From<Mispaired> for CheckerError {
    fn from(mispaired: Mispaired) -> Self {
        match mispaired {
            Mispaired::StillRunning { index, running } => Self::StillRunning { index, running },
            Mispaired::NeverBegan { index } => Self::NeverBegan { index },
        }
    }
}

impl From<CheckerError> for Verdict {
    fn from(error: CheckerError) -> Self {
        let map =
            result_map([valid_entry(Validity::Unknown), ("error", Value::str(&error.to_string()))]);
        Self { valid: Validity::Unknown, map }
    }
}

/// Fails if an entry has no counterpart: for checkers that match completions to invocations.
pub(crate) fn require_pairs(history: &History) -> Result<(), CheckerError> {
    history.first_mispaired().map_or(Ok(()), |mispaired| Err(mispaired.into()))
}

/// The verdict of a checker that may have failed.
pub(crate) fn verdict_of<T: Into<Verdict>>(result: Result<T, CheckerError>) -> Verdict {
    result.map_or_else(Verdict::from, Into::into)
}
