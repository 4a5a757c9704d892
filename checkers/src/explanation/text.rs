//! Explanations in words.

use super::{Explanation, LostExample, RepeatedId};
use crate::excerpt::edn;
use crate::plural::plural;
use crate::{AvailabilityResult, Counts, EchoMismatch, LostElement};
use glomers_config::Availability;
use std::fmt;

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
                let replies = plural(*count, "echo reply differs", "echo replies differ");
                write!(out, "{replies} from what was sent")?;
                write_examples(out, *count, examples)
            }
            Self::FailedEchoes { count, examples } => {
                let operations = plural(*count, "echo operation", "echo operations");
                write!(out, "{operations} failed, and what fails echoes nothing")?;
                write_examples(out, *count, examples)
            }
            Self::DuplicatedIds { count, examples } => {
                write!(out, "{} given out more than once", plural(*count, "id was", "ids were"))?;
                write_examples(out, *count, examples)
            }
            Self::LostElements { count, attempts, examples } => {
                write!(
                    out,
                    "{count} of {attempts} values were lost: known, but not in the last read"
                )?;
                write_examples(out, *count, examples)
            }
            Self::NothingStable { attempts: 0 } => {
                write!(out, "nothing is shown: no value was ever sent, so none could be read")
            }
            Self::NothingStable { attempts } => write!(
                out,
                "nothing is shown: {} sent, and none was in a read that began after it was known",
                plural(*attempts, "value was", "values were")
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
        let LostElement { element, known, last_present, last_absent, .. } = &self.lost;
        write!(out, "{}: known to {known}; ", edn(element))?;
        match last_present {
            None => write!(out, "never read")?,
            Some(read) => write!(out, "last in the read of {read}")?,
        }
        write!(out, "; missing from that of {last_absent}")?;
        match (self.final_reads_with, self.final_reads) {
            (_, 0) => Ok(()),
            (with, all) => write!(out, "; in {with} of {all} final reads"),
        }
    }
}
