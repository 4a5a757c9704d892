//! All checkers of a run, in the reference's order.

use crate::result_map::{always_valid, result_map, valid_entry};
use crate::{availability, exceptions, net, stats, workloads};
use glomers_config::{Availability, ConsistencyModel, Plan, Workload};
use glomers_history::{History, Judgement, Traffic, Validity, Verdict};

/// What a history is judged by.
#[derive(Debug, Clone, PartialEq)]
pub struct Criteria {
    /// What clients asked.
    pub workload: Workload,
    /// Fraction of operations that must succeed.
    pub availability: Option<Availability>,
    /// Consistency models that transactions must satisfy.
    pub consistency_models: Vec<ConsistencyModel>,
}

impl Criteria {
    /// Those of a plan.
    #[must_use]
    pub fn of(plan: &Plan) -> Self {
        Self {
            workload: plan.workload,
            availability: plan.availability,
            consistency_models: plan.consistency_models.clone(),
        }
    }

    /// Those of a workload, with the reference's defaults.
    #[must_use]
    pub fn new(workload: Workload) -> Self {
        let consistency_models = vec![ConsistencyModel::DEFAULT];
        Self { workload, availability: None, consistency_models }
    }
}

/// Judges a history: the whole of results.edn.
///
/// Without `traffic` (a history alone does not have it) there is no `net` entry.
#[must_use]
pub fn judge(criteria: &Criteria, history: &History, traffic: Option<Traffic>) -> Judgement {
    let workload = workloads::rules(criteria.workload).check(history, criteria);
    judgement(criteria, history, traffic, workload)
}

/// The whole, given what the workload's own checker says.
pub(crate) fn judgement(
    criteria: &Criteria,
    history: &History,
    traffic: Option<Traffic>,
    workload: Verdict,
) -> Judgement {
    let mut verdicts = vec![
        ("perf", perf()),
        ("timeline", always_valid()),
        ("exceptions", exceptions(history).into()),
        ("stats", stats(history).into()),
        ("availability", availability(history, criteria.availability).into()),
    ];
    if let Some(traffic) = traffic {
        verdicts.push(("net", net(history, traffic).into()));
    }
    verdicts.push(("workload", workload));
    Judgement { verdicts }
}

/// The reference draws graphs here, and says that it could.
fn perf() -> Verdict {
    let graph = || always_valid().map;
    let map = result_map([("latency-graph", graph()), ("rate-graph", graph()), valid_entry(true)]);
    Verdict { valid: Validity::Valid, map }
}
