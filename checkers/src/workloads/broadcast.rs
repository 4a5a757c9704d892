//! The broadcast workload: set-full, with `broadcast` as the name of adds.

mod late;

use super::final_reads::missing_final_reads;
use super::set::{SetReason, check_set};
use super::{WorkloadFindings, WorkloadResult, strays};
use crate::{Criteria, Explanation, Stats, Warning, duplicates};
use glomers_history::{Function, History, Traffic};

#[derive(Debug)]
struct Broadcast<'h> {
    history: &'h History,
    criteria: &'h Criteria,
    reason: SetReason,
}

/// Runs the checker.
pub(super) fn check<'h>(history: &'h History, criteria: &'h Criteria) -> WorkloadResult<'h> {
    let (verdict, reason) = check_set(history, &Function::Broadcast);
    WorkloadResult::new(verdict, Broadcast { history, criteria, reason })
}

impl WorkloadFindings for Broadcast<'_> {
    fn explanations(&self) -> Vec<Explanation> {
        self.reason.explanations(self.history, &Function::Broadcast)
    }

    fn warnings(&self, stats: &Stats, traffic: Option<&Traffic>) -> Vec<Warning> {
        let history = self.history;
        let mut warnings = Warning::unsuccessful(history, stats);
        warnings.extend(missing_final_reads(history));
        warnings.extend(Warning::duplicated(duplicates(history)));
        warnings.extend(strays::warnings(history, &Function::Broadcast));
        warnings.extend(Warning::silent(traffic, &self.criteria.cluster));
        warnings.extend(late::warning(history));
        warnings
    }
}
