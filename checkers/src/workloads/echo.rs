//! The echo workload.

use super::Rules;
use crate::explanation::{EXAMPLES, failures};
use crate::{Cluster, Criteria, Explanation, Warning, echo};
use glomers_history::{History, Kind, Traffic, Verdict};

pub(super) struct Echo;

impl Rules for Echo {
    fn check(&self, history: &History, _: &Criteria) -> Verdict {
        echo(history).into()
    }

    fn explain(&self, history: &History, _: &Criteria) -> Vec<Explanation> {
        let (failed, mut wrong): (Vec<_>, Vec<_>) =
            echo(history).mismatches.into_iter().partition(|mismatch| mismatch.failed);
        let mut explanations = Vec::new();
        if !wrong.is_empty() {
            let count = wrong.len();
            wrong.truncate(EXAMPLES);
            explanations.push(Explanation::WrongEchoes { count, examples: wrong });
        }
        // When nothing succeeded, the statistics say so already.
        let some_succeeded = history.operations().iter().any(|o| o.kind == Kind::Ok);
        if !failed.is_empty() && some_succeeded {
            let examples = failures(history).filter(|failure| failure.kind == Kind::Fail);
            explanations.push(Explanation::FailedEchoes {
                count: failed.len(),
                examples: examples.take(EXAMPLES).collect(),
            });
        }
        explanations
    }

    fn warn(&self, history: &History, _: Option<&Traffic>, _: &Cluster) -> Vec<Warning> {
        Warning::unsuccessful(history)
    }
}
