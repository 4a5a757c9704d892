//! The common code of both transactional workloads, which judges them over different data types.

use crate::{
    CheckerError, Cluster, Criteria, Datatype, Explanation, TransactionHistory, TransactionResult,
    Warning,
};
use glomers_history::{History, Traffic, Validity, Verdict};

fn result(
    history: &History,
    criteria: &Criteria,
    datatype: Datatype,
) -> Result<TransactionResult, CheckerError> {
    let transactions = TransactionHistory::from_operations(datatype, history.operations());
    transactions.judge_within(
        &criteria.consistency_models,
        criteria.referee,
        criteria.search_budget,
    )
}

/// The `:workload` result.
pub(super) fn check(history: &History, criteria: &Criteria, datatype: Datatype) -> Verdict {
    match result(history, criteria, datatype) {
        Ok(result) => result.verdict(history),
        Err(error) => error.into(),
    }
}

/// Why [`check`] does not return valid.
pub(super) fn explain(
    history: &History,
    criteria: &Criteria,
    datatype: Datatype,
) -> Vec<Explanation> {
    match result(history, criteria, datatype) {
        Ok(result) if result.validity() == Validity::Valid => Vec::new(),
        Ok(result) => result.explanations(history),
        Err(error) => vec![Explanation::NotJudged(error)],
    }
}

/// Warnings, which do not affect the verdict.
pub(super) fn warn(
    history: &History,
    traffic: Option<&Traffic>,
    cluster: &Cluster,
    datatype: Datatype,
) -> Vec<Warning> {
    let mut warnings = Warning::unsuccessful(history);
    let transactions = TransactionHistory::from_operations(datatype, history.operations());
    warnings.extend(transactions.unlike_requests(history));
    warnings.extend(transactions.stray_reads(history));
    warnings.extend(transactions.unread_writes(history));
    warnings.extend(Warning::silent(traffic, cluster));
    warnings
}
