//! All checkers of a run, in the reference's order.

use crate::result_map::{always_valid, result_map, valid_entry};
use crate::{Cluster, availability, exceptions, independent, net, stats};
use glomers_config::{Availability, ConsistencyModel, Plan, Workload};
use glomers_history::{History, Judgement, Traffic, Validity, Verdict};
use std::time::Duration;

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
    /// How long a search may take, as of [`Plan::search_budget`].
    pub search_budget: Duration,
    /// Which nodes there were. It decides no verdict: texts name the nodes.
    pub cluster: Cluster,
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

/// How long a search may take when nobody says it.
pub(crate) const DEFAULT_SEARCH_BUDGET: Duration = Duration::from_secs(5);

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
            search_budget: plan.search_budget,
            cluster: Cluster::of(plan),
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
            search_budget: DEFAULT_SEARCH_BUDGET,
            cluster: Cluster::default(),
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
