//! All checkers of a run, in the reference's order.

use crate::result_map::{always_valid, result_map, valid_entry};
use crate::{availability, exceptions, independent, net, stats};
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
    /// Whose rules the verdict follows.
    pub referee: Referee,
    /// Whether every read of a counter counts where none is marked as final: Jepsen's counters, and
    /// not Maelstrom's, which have no verdict without final reads.
    pub every_read: bool,
}

/// Whose rules a history is judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Referee {
    /// Maelstrom's: every function must succeed once, and transactions on registers that do not
    /// depend on each other are invalid.
    #[default]
    Maelstrom,
    /// Those of the workload's checker alone (Elle's, Knossos', Jepsen's), as other tests ask them.
    Checker,
}

impl Criteria {
    /// Those of a plan.
    #[must_use]
    pub fn of(plan: &Plan) -> Self {
        Self {
            workload: plan.workload,
            availability: plan.availability,
            consistency_models: plan.consistency_models.clone(),
            referee: Referee::Maelstrom,
            every_read: false,
        }
    }

    /// Those of a workload, with the reference's defaults.
    #[must_use]
    pub fn new(workload: Workload) -> Self {
        let consistency_models = vec![ConsistencyModel::DEFAULT];
        Self {
            workload,
            availability: None,
            consistency_models,
            referee: Referee::Maelstrom,
            every_read: false,
        }
    }
}

/// Judges a history: the whole of results.edn.
///
/// Without `traffic` (a history alone does not have it) there is no `net` entry.
#[must_use]
pub fn judge(criteria: &Criteria, history: &History, traffic: Option<Traffic>) -> Judgement {
    let workload = independent::check(history, criteria);
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
    let uncounted = match criteria.referee {
        Referee::Maelstrom => Vec::new(),
        Referee::Checker => vec!["stats"],
    };
    Judgement { verdicts, uncounted }
}

/// The reference draws graphs here, and says that it could.
fn perf() -> Verdict {
    let graph = || always_valid().map;
    let map = result_map([("latency-graph", graph()), ("rate-graph", graph()), valid_entry(true)]);
    Verdict { valid: Validity::Valid, map }
}
