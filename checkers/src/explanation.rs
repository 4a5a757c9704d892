//! Why a run is not valid, in terms of its operations.

use crate::excerpt::edn;
use crate::{
    AvailabilityResult, CheckerError, Counts, EchoMismatch, Failure, LostElement, Moment,
    availability, stats, workloads,
};
use glomers_config::{Availability, Workload};
use glomers_history::{Function, History, Kind, Value};
use std::fmt;

/// Most examples that an explanation gives.
pub(crate) const EXAMPLES: usize = 5;

/// One reason why a run is invalid or unknown. Its text is a line, and one more line, indented by
/// two spaces, for each example.
#[derive(Debug, Clone, PartialEq)]
pub enum Explanation {
    /// Every operation of a function failed.
    NeverSucceeded {
        /// The function.
        f: Function,
        /// What became of its operations.
        counts: Counts,
        /// The first of them to end.
        first: Failure,
    },
    /// Fewer operations succeeded than were wanted.
    Unavailable {
        /// What was counted.
        result: AvailabilityResult,
        /// The first operation that did not succeed.
        first: Option<Failure>,
    },
    /// Replies with another payload than their request.
    WrongEchoes {
        /// How many.
        count: usize,
        /// The first few.
        examples: Vec<EchoMismatch>,
    },
    /// Echo operations that failed, which count as wrong echoes.
    FailedEchoes {
        /// How many.
        count: usize,
        /// The first few.
        examples: Vec<Failure>,
    },
    /// Ids that were given out more than once.
    DuplicatedIds {
        /// How many different ones.
        count: usize,
        /// The most frequent few.
        examples: Vec<RepeatedId>,
    },
    /// Elements that were known, and then in no later read.
    LostElements {
        /// How many.
        count: usize,
        /// Of how many that were added.
        attempts: usize,
        /// The first few.
        examples: Vec<LostExample>,
    },
    /// No element was in the last reads, nor lost: nothing is shown either way.
    NothingStable {
        /// How many elements clients tried to add.
        attempts: usize,
    },
    /// The checker could not judge the history.
    NotJudged(CheckerError),
}

/// An id that was given out more than once.
#[derive(Debug, Clone, PartialEq)]
pub struct RepeatedId {
    /// The id.
    pub id: Value,
    /// How often it was given out.
    pub times: u64,
    /// The first two completions that gave it out.
    pub first_two: [Moment; 2],
}

/// A lost element and what made it known.
#[derive(Debug, Clone, PartialEq)]
pub struct LostExample(pub LostElement);

/// Why [`judge`](crate::judge) finds this history invalid or unknown; empty when it is valid.
#[must_use]
pub fn explain(
    workload: Workload,
    history: &History,
    wanted: Option<Availability>,
) -> Vec<Explanation> {
    let mut explanations = Vec::new();
    for (f, counts) in stats(history).never_succeeded() {
        let first = failures(history).find(|failure| failure.f == *f);
        let never = |first| Explanation::NeverSucceeded { f: f.clone(), counts: *counts, first };
        explanations.extend(first.map(never));
    }
    let result = availability(history, wanted);
    if !result.is_enough() {
        let first = failures(history).next();
        explanations.push(Explanation::Unavailable { result, first });
    }
    if let Some(rules) = workloads::rules(workload) {
        explanations.extend(rules.explain(history));
    }
    explanations
}

/// Completions of clients that are not `:ok`, in order.
pub(crate) fn failures(history: &History) -> impl Iterator<Item = Failure> {
    history
        .client_operations()
        .filter(|(_, operation)| matches!(operation.kind, Kind::Fail | Kind::Info))
        .map(|(_, operation)| operation.into())
}

impl fmt::Display for Explanation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NeverSucceeded { f, counts, first } => {
                write!(out, "no {f} operation succeeded: {counts}. The first: {first}")
            }
            Self::Unavailable { result, first } => {
                write!(out, "{result}")?;
                first.iter().try_for_each(|first| write!(out, ". The first that did not: {first}"))
            }
            Self::WrongEchoes { count, examples } => {
                write!(out, "{count} echo replies differ from their request")?;
                write_examples(out, *count, examples)
            }
            Self::FailedEchoes { count, examples } => {
                write!(out, "{count} echo operations failed, and a failed one echoes nothing")?;
                write_examples(out, *count, examples)
            }
            Self::DuplicatedIds { count, examples } => {
                write!(out, "{count} different ids were given out more than once")?;
                write_examples(out, *count, examples)
            }
            Self::LostElements { count, attempts, examples } => {
                write!(out, "{count} of {attempts} values were lost: known, but in no later read")?;
                write_examples(out, *count, examples)
            }
            Self::NothingStable { attempts: 0 } => {
                write!(out, "nothing is shown: no value was ever sent, so none could be read")
            }
            Self::NothingStable { attempts } => write!(
                out,
                "nothing is shown: none of the {attempts} values was in a read that began after \
                 it was known"
            ),
            Self::NotJudged(error) => write!(out, "the history cannot be judged: {error}"),
        }
    }
}

fn write_examples<T: fmt::Display>(
    out: &mut fmt::Formatter<'_>,
    count: usize,
    examples: &[T],
) -> fmt::Result {
    for example in examples {
        write!(out, "\n  {example}")?;
    }
    match count.saturating_sub(examples.len()) {
        0 => Ok(()),
        more => write!(out, "\n  and {more} more"),
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = self.total();
        let Self { ok, fail, info } = self;
        write!(out, "{ok} of {total} ok, {fail} failed, {info} with unknown outcome")
    }
}

impl fmt::Display for AvailabilityResult {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { ok, invoked, .. } = self;
        write!(out, "{ok} of {invoked} operations succeeded")?;
        if let Some(fraction) = self.ok_fraction() {
            write!(out, " (ok-fraction {fraction})")?;
        }
        match self.wanted {
            None => Ok(()),
            Some(Availability::Total) => write!(out, ", but all of them should"),
            Some(Availability::AtLeast(wanted)) => write!(out, ", but {wanted} of them should"),
        }
    }
}

impl fmt::Display for EchoMismatch {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sent, received, at, .. } = self;
        write!(out, "sent {}, received {} ({at})", edn(sent), edn(received))
    }
}

impl fmt::Display for RepeatedId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second] = self.first_two;
        write!(out, "{} {} times: to {first}; to {second}", edn(&self.id), self.times)
    }
}

impl fmt::Display for LostExample {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let LostElement { element, known, last_present, last_absent, .. } = &self.0;
        write!(out, "{}: known to {known}; ", edn(element))?;
        match last_present {
            None => write!(out, "never read")?,
            Some(read) => write!(out, "last in the read of {read}")?,
        }
        write!(out, "; missing from the read of {last_absent}")
    }
}
