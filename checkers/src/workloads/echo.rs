//! The echo workload.

use super::{WorkloadFindings, WorkloadResult};
use crate::examples::EXAMPLES;
use crate::failure::failures;
use crate::{EchoMismatch, Explanation, Stats, Warning, echo};
use glomers_history::{History, Kind, Traffic};

#[derive(Debug)]
struct EchoFindings<'h> {
    history: &'h History,
    /// Number of replies with another payload, and the first few.
    wrong: (usize, Vec<EchoMismatch>),
    /// Number of failed operations.
    failed: usize,
}

/// Runs the checker.
pub(super) fn check(history: &History) -> WorkloadResult<'_> {
    let echo = echo(history);
    let wrong = || echo.mismatches.iter().filter(|mismatch| !mismatch.failed);
    let count = wrong().count();
    let failed = echo.mismatches.len() - count;
    let wrong = (count, wrong().take(EXAMPLES).cloned().collect());
    WorkloadResult::new(echo.into(), EchoFindings { history, wrong, failed })
}

impl WorkloadFindings for EchoFindings<'_> {
    fn explanations(&self) -> Vec<Explanation> {
        let mut explanations = Vec::new();
        let (count, examples) = &self.wrong;
        if *count > 0 {
            let examples = examples.clone();
            explanations.push(Explanation::WrongEchoes { count: *count, examples });
        }
        // When nothing succeeded, the statistics say so already.
        let some_succeeded = self.history.operations().iter().any(|o| o.kind == Kind::Ok);
        if self.failed > 0 && some_succeeded {
            let examples = failures(self.history).filter(|failure| failure.kind == Kind::Fail);
            explanations.push(Explanation::FailedEchoes {
                count: self.failed,
                examples: examples.take(EXAMPLES).collect(),
            });
        }
        explanations
    }

    fn warnings(&self, stats: &Stats, _: Option<&Traffic>) -> Vec<Warning> {
        Warning::unsuccessful(self.history, stats)
    }
}
