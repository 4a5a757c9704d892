//! Both transactional workloads, which differ in their data types.

use super::{WorkloadFindings, WorkloadResult};
use crate::{
    Criteria, Datatype, Explanation, Stats, TransactionHistory, TransactionResult, Warning,
};
use glomers_history::{History, Traffic};

#[derive(Debug)]
struct Transactions<'h> {
    history: &'h History,
    criteria: &'h Criteria,
    result: TransactionResult,
}

/// Runs the checker.
pub(super) fn check<'h>(
    history: &'h History,
    criteria: &'h Criteria,
    datatype: Datatype,
) -> WorkloadResult<'h> {
    let transactions = TransactionHistory::from_operations(datatype, history.operations());
    let result = transactions.judge_within(
        &criteria.consistency_models,
        criteria.referee,
        criteria.search_budget,
    );
    let verdict = result.verdict(history);
    WorkloadResult::new(verdict, Transactions { history, criteria, result })
}

impl WorkloadFindings for Transactions<'_> {
    fn explanations(&self) -> Vec<Explanation> {
        self.result.explanations(self.history)
    }

    fn warnings(&self, stats: &Stats, traffic: Option<&Traffic>) -> Vec<Warning> {
        let mut warnings = Warning::unsuccessful(self.history, stats);
        warnings.extend(self.result.warnings(self.history));
        warnings.extend(Warning::silent(traffic, &self.criteria.cluster));
        warnings
    }
}
