//! How each workload is judged: one file each, and one line in [`check`].

mod broadcast;
mod counter;
mod echo;
mod final_reads;
mod g_set;
mod kafka;
mod lin_kv;
mod set;
mod shown_part;
mod strays;
mod transactions;
mod unique_ids;

pub use shown_part::ShownPart;

use crate::{CheckerError, Criteria, Datatype, Explanation, Stats, Warning};
use glomers_config::Workload;
use glomers_history::{History, Traffic, Verdict};
use std::fmt::Debug;

/// A history that the checker of its workload has seen.
#[derive(Debug)]
pub(crate) struct WorkloadResult<'h> {
    /// The `:workload` result.
    pub(crate) verdict: Verdict,
    /// What stands beside it.
    pub(crate) findings: Box<dyn WorkloadFindings + 'h>,
}

impl<'h> WorkloadResult<'h> {
    fn new(verdict: Verdict, findings: impl WorkloadFindings + 'h) -> Self {
        Self { verdict, findings: Box::new(findings) }
    }
}

/// What a checker found in a history, as far as texts need it.
pub(crate) trait WorkloadFindings: Debug {
    /// Why the verdict is not valid; empty if it is.
    fn explanations(&self) -> Vec<Explanation>;

    /// Warnings, which do not affect the verdict. `stats` are those of the history, `traffic` is
    /// that of a run of its nodes.
    fn warnings(&self, stats: &Stats, traffic: Option<&Traffic>) -> Vec<Warning>;
}

/// Runs the checker of a workload.
pub(crate) fn check<'h>(history: &'h History, criteria: &'h Criteria) -> WorkloadResult<'h> {
    match criteria.workload {
        Workload::Broadcast => broadcast::check(history, criteria),
        Workload::Echo => echo::check(history),
        Workload::GCounter | Workload::PnCounter => counter::check(history, criteria),
        Workload::GSet => g_set::check(history, criteria),
        Workload::Kafka => kafka::check(history, criteria),
        Workload::LinKv => lin_kv::check(history, criteria),
        Workload::TxnListAppend => transactions::check(history, criteria, Datatype::ListAppend),
        Workload::TxnRwRegister => transactions::check(history, criteria, Datatype::Register),
        Workload::UniqueIds => unique_ids::check(history),
    }
}

/// The only explanation of a history that the checker could not judge.
fn not_judged(error: &CheckerError) -> Vec<Explanation> {
    vec![Explanation::NotJudged(error.clone())]
}
