//! Why a run is not valid, in terms of its operations.

mod advice;
mod conflict_text;
mod text;

use crate::failure::failures;
use crate::{
    AvailabilityResult, BoundedRead, CheckerError, Conflict, Counts, EchoMismatch, Failure,
    KafkaProblem, LostElement, Moment, ShownPart, Stats, WrongSum,
};
use glomers_history::{Function, History, Value};
use std::time::Duration;

/// One reason why a run is invalid or unknown. Its text is a line, and one more line, indented by
/// two spaces, for each example.
#[derive(Debug, Clone, PartialEq)]
pub enum Explanation {
    /// Every operation of a function failed.
    NeverSucceeded {
        /// The function.
        f: Function,
        /// Its completions by kind.
        counts: Counts,
        /// The first of them to end.
        first: Failure,
    },
    /// Fewer operations succeeded than were wanted.
    Unavailable {
        /// The measured availability.
        result: AvailabilityResult,
        /// The first operation that did not succeed.
        first: Option<Failure>,
    },
    /// Replies with another payload than their request.
    WrongEchoes {
        /// Number of wrong replies.
        count: usize,
        /// The first few.
        examples: Vec<EchoMismatch>,
    },
    /// Echo operations that failed, which count as wrong echoes.
    FailedEchoes {
        /// Number of failed operations.
        count: usize,
        /// The first few.
        examples: Vec<Failure>,
    },
    /// Ids that were given out more than once.
    DuplicatedIds {
        /// Number of distinct ids.
        count: usize,
        /// The most frequent few.
        examples: Vec<RepeatedId>,
    },
    /// Elements that were known, and then missing from every later read.
    LostElements {
        /// Number of lost elements.
        count: usize,
        /// Number of elements that clients tried to add.
        attempts: usize,
        /// The first few.
        examples: Vec<LostExample>,
        /// The part of the values that reads show, and its largest size, if it is always the same
        /// part.
        part: Option<(ShownPart, usize)>,
    },
    /// No element was in the last reads, and none was lost: the history proves nothing.
    NothingStable {
        /// Number of elements that clients tried to add.
        attempts: usize,
    },
    /// Final reads that are not a possible sum of the adds.
    WrongSums {
        /// Number of wrong reads.
        count: usize,
        /// Number of final reads.
        reads: usize,
        /// The possible sums of the adds, as ranges with both ends included.
        acceptable: Vec<(i128, i128)>,
        /// The first few.
        examples: Vec<WrongSum>,
    },
    /// Reads of a counter outside the range that the adds allow at that time.
    ReadsOutOfBounds {
        /// Number of reads out of bounds.
        count: usize,
        /// Number of successful reads.
        reads: usize,
        /// The first few.
        examples: Vec<BoundedRead>,
    },
    /// Registers whose operations have no valid order.
    NotLinearizable {
        /// Number of registers that are not linearizable.
        count: usize,
        /// Number of registers.
        keys: usize,
        /// Keys of the first few, and their conflicting operations.
        examples: Vec<(Option<Value>, Conflict)>,
    },
    /// Registers for which the search for an order was given up.
    Undecided {
        /// Number of undecided registers.
        count: usize,
        /// Their keys.
        keys: Vec<Option<Value>>,
        /// Time budget of the search in each register.
        budget: Duration,
    },
    /// Transactions that a requested model forbids, or that prove nothing.
    Anomaly {
        /// The reference's name for it.
        name: &'static str,
        /// A description of it.
        meaning: &'static str,
        /// Number of findings.
        count: usize,
        /// The lines of each example: the first few, and of cycles a shortest one.
        examples: Vec<Vec<String>>,
    },
    /// Some keys of a history of independent keys are not valid.
    Keys {
        /// Number of invalid keys.
        invalid: usize,
        /// Number of keys with an unknown verdict.
        unknown: usize,
        /// Number of all keys.
        keys: usize,
    },
    /// A reason that concerns a single key.
    OfKey {
        /// The key.
        key: Value,
        /// The reason; its values do not include the key.
        explanation: Box<Explanation>,
    },
    /// An anomaly of a kafka history.
    Kafka(KafkaProblem),
    /// The checker could not judge the history.
    NotJudged(CheckerError),
}

/// An id that was given out more than once.
#[derive(Debug, Clone, PartialEq)]
pub struct RepeatedId {
    /// The id.
    pub id: Value,
    /// Number of times that it was given out.
    pub times: u64,
    /// The first two completions that gave it out.
    pub first_two: [Moment; 2],
}

/// A lost element, and the number of final reads that show it.
#[derive(Debug, Clone, PartialEq)]
pub struct LostExample {
    /// The element.
    pub lost: LostElement,
    /// Number of successful final reads that show it.
    pub final_reads_with: usize,
    /// Number of successful final reads.
    pub final_reads: usize,
}

/// Functions of which no operation succeeded.
pub(crate) fn never_succeeded(history: &History, stats: &Stats) -> Vec<Explanation> {
    let explain = |(f, counts): &(Function, Counts)| {
        let first = failures(history).find(|failure| failure.f == *f)?;
        Some(Explanation::NeverSucceeded { f: f.clone(), counts: *counts, first })
    };
    stats.never_succeeded().filter_map(explain).collect()
}

/// Too few operations succeeded.
pub(crate) fn unavailable(history: &History, result: AvailabilityResult) -> Option<Explanation> {
    (!result.is_enough())
        .then(|| Explanation::Unavailable { result, first: failures(history).next() })
}

#[cfg(test)]
mod tests;
