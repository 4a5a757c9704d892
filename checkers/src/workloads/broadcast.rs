//! The broadcast workload: set-full, where adds are called `broadcast`.

mod late;
mod strays;

use super::Rules;
use crate::checker_error::verdict_of;
use crate::explanation::EXAMPLES;
use crate::{Criteria, Explanation, LostElement, LostExample, Warning, duplicates, set_full};
use glomers_history::{Function, History, Kind, Operation, Traffic, Validity, Verdict};

pub(super) struct Broadcast;

impl Rules for Broadcast {
    fn check(&self, history: &History, _: &Criteria) -> Verdict {
        verdict_of(set_full(history, &Function::Broadcast))
    }

    fn explain(&self, history: &History, _: &Criteria) -> Vec<Explanation> {
        let set = match set_full(history, &Function::Broadcast) {
            Ok(set) => set,
            Err(error) => return vec![Explanation::NotJudged(error)],
        };
        match set.validity() {
            Validity::Valid => Vec::new(),
            Validity::Unknown => {
                vec![Explanation::NothingStable { attempts: set.attempt_count }]
            }
            Validity::Invalid => {
                let count = set.lost.len();
                let lost = set.lost.into_iter().take(EXAMPLES);
                let examples = lost.map(|lost| lost_example(history, lost)).collect();
                vec![Explanation::LostElements { count, attempts: set.attempt_count, examples }]
            }
        }
    }

    fn warn(
        &self,
        history: &History,
        traffic: Option<&Traffic>,
        node_count: usize,
    ) -> Vec<Warning> {
        let mut warnings = Warning::unsuccessful(history);
        warnings.extend(missing_final_reads(history));
        warnings.extend(Warning::duplicated(duplicates(history)));
        warnings.extend(strays::warnings(history));
        let silent = traffic.is_some_and(|traffic| traffic.servers.sent == 0);
        if silent && node_count > 1 && !history.is_empty() {
            warnings.push(Warning::NoServerMessages { node_count });
        }
        warnings.extend(late::warning(history));
        warnings
    }
}

/// Entries of final reads of that kind.
fn final_reads(history: &History, kind: Kind) -> impl Iterator<Item = &Operation> {
    let entries = history.client_operations().map(|(_, operation)| operation);
    entries.filter(move |operation| operation.is_final && operation.kind == kind)
}

/// Counts the final reads that show the element.
fn lost_example(history: &History, lost: LostElement) -> LostExample {
    let shows = |read: &&Operation| {
        read.value.elements().is_some_and(|elements| elements.contains(&lost.element))
    };
    LostExample {
        final_reads_with: final_reads(history, Kind::Ok).filter(shows).count(),
        final_reads: final_reads(history, Kind::Ok).count(),
        lost,
    }
}

/// Final reads show whether all nodes agree in the end, but none has to succeed. When no read does
/// at all, the statistics say so.
fn missing_final_reads(history: &History) -> Option<Warning> {
    let total = final_reads(history, Kind::Invoke).count();
    let missing = total.saturating_sub(final_reads(history, Kind::Ok).count());
    let is_read =
        |operation: &Operation| operation.kind == Kind::Ok && operation.f == Function::Read;
    let some_read = history.operations().iter().any(is_read);
    (missing > 0 && some_read).then_some(Warning::MissingFinalReads { missing, total })
}
