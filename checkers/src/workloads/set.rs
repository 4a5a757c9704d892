//! Set-full as the checker of a workload: for broadcast and g-set.

use super::final_reads::final_reads;
use super::not_judged;
use super::shown_part::shown_part;
use crate::examples::EXAMPLES;
use crate::{CheckerError, Explanation, LostElement, LostExample, set_full};
use glomers_history::{Function, History, Kind, Operation, Validity, Verdict};

/// Why set-full does not return valid.
#[derive(Debug)]
pub(super) enum SetReason {
    /// It does.
    Valid,
    /// No element became stable.
    NothingStable { attempts: usize },
    /// Elements were lost: their number, and the first few.
    Lost { attempts: usize, count: usize, first: Vec<LostElement> },
    /// The history cannot be judged.
    NotJudged(CheckerError),
}

/// Runs set-full over the elements that `add` adds.
pub(super) fn check_set(history: &History, add: &Function) -> (Verdict, SetReason) {
    let set = match set_full(history, add) {
        Ok(set) => set,
        Err(error) => return (error.clone().into(), SetReason::NotJudged(error)),
    };
    let attempts = set.attempt_count;
    let reason = match set.validity() {
        Validity::Valid => SetReason::Valid,
        Validity::Unknown => SetReason::NothingStable { attempts },
        Validity::Invalid => {
            let first = set.lost.iter().take(EXAMPLES).cloned().collect();
            SetReason::Lost { attempts, count: set.lost.len(), first }
        }
    };
    (set.into(), reason)
}

impl SetReason {
    /// The reason with the operations concerned.
    pub(super) fn explanations(&self, history: &History, add: &Function) -> Vec<Explanation> {
        match self {
            Self::Valid => Vec::new(),
            Self::NothingStable { attempts } => {
                vec![Explanation::NothingStable { attempts: *attempts }]
            }
            Self::Lost { attempts, count, first } => {
                let examples = first.iter().map(|lost| lost_example(history, lost)).collect();
                let part = shown_part(history, add);
                let (count, attempts) = (*count, *attempts);
                vec![Explanation::LostElements { count, attempts, examples, part }]
            }
            Self::NotJudged(error) => not_judged(error),
        }
    }
}

/// Counts the final reads that show the element.
fn lost_example(history: &History, lost: &LostElement) -> LostExample {
    let shows = |read: &&Operation| {
        let mut shows = false;
        read.value.each_element(|element| shows |= *element == lost.element);
        shows
    };
    LostExample {
        final_reads_with: final_reads(history, Kind::Ok).filter(shows).count(),
        final_reads: final_reads(history, Kind::Ok).count(),
        lost: lost.clone(),
    }
}
