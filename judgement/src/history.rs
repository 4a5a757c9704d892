//! What a history shows by itself.

use glomers_checkers::{Checked, Criteria, Streamed, check, duplicates};
use glomers_config::{Metric, Workload};
use glomers_history::{History, Traffic};
use glomers_results::{Metrics, op_latencies};

/// The metrics that need nothing but the history: latencies of operations, and in broadcast the number
/// of elements that some read shows more than once (the reference writes 0 and never looks).
#[must_use]
pub fn history_metrics(workload: Workload, history: &History) -> Metrics {
    let mut metrics = op_latencies(history);
    if workload == Workload::Broadcast {
        metrics.put_count(Metric::DuplicatedCount, Some(duplicates(history).len() as u64));
    }
    metrics
}

/// Judges a history that is in memory; [`glomers_checkers::judge_transactions`] streams one.
#[must_use]
pub fn judge_history(criteria: &Criteria, history: History, traffic: Option<Traffic>) -> Streamed {
    let Checked { judgement, findings } = check(criteria, &history, traffic);
    let (explanations, warnings) = (findings.explanations(), findings.warnings());
    drop(findings);
    Streamed { judgement, explanations, warnings, outline: history }
}
