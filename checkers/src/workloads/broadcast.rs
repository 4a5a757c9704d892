//! The broadcast workload: set-full, where adds are called `broadcast`.

mod late;
mod strays;

use super::Rules;
use crate::checker_error::verdict_of;
use crate::explanation::EXAMPLES;
use crate::{Explanation, LostExample, Warning, duplicates, set_full};
use glomers_history::{Function, History, Kind, Traffic, Validity, Verdict};

pub(super) struct Broadcast;

impl Rules for Broadcast {
    fn check(&self, history: &History) -> Verdict {
        verdict_of(set_full(history, &Function::Broadcast))
    }

    fn explain(&self, history: &History) -> Vec<Explanation> {
        let set = match set_full(history, &Function::Broadcast) {
            Ok(set) => set,
            Err(error) => return vec![Explanation::NotJudged(error)],
        };
        match set.validity() {
            Validity::Valid => Vec::new(),
            Validity::Unknown => {
                vec![Explanation::NothingStable { attempts: set.attempt_count }]
            }
            Validity::Invalid => vec![Explanation::LostElements {
                count: set.lost.len(),
                attempts: set.attempt_count,
                examples: set.lost.into_iter().take(EXAMPLES).map(LostExample).collect(),
            }],
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

/// Final reads show whether all nodes agree in the end, but none has to succeed.
fn missing_final_reads(history: &History) -> Option<Warning> {
    let finals = |kind| {
        let of_kind = history.client_operations().filter(|(_, o)| o.is_final && o.kind == kind);
        of_kind.count()
    };
    let total = finals(Kind::Invoke);
    let missing = total.saturating_sub(finals(Kind::Ok));
    (missing > 0).then_some(Warning::MissingFinalReads { missing, total })
}
