//! All checkers of a run, in the reference's order.

use crate::result_map::{always_valid, result_map, valid_entry};
use crate::{Cluster, availability, exceptions, independent, net, stats};
use glomers_config::{Availability, ConsistencyModel, Plan, Workload};
use glomers_history::{History, Judgement, Traffic, Validity, Verdict};
use std::time::Duration;

/// The criteria for judging a history.
#[derive(Debug, Clone, PartialEq)]
pub struct Criteria {
    /// The workload of the clients.
    pub workload: Workload,
    /// Fraction of operations that must succeed.
    pub availability: Option<Availability>,
    /// Consistency models that transactions must satisfy.
    pub consistency_models: Vec<ConsistencyModel>,
    /// The rules that the verdict follows.
    pub referee: Referee,
    /// Whether every read of a counter counts if none is marked as final: true for Jepsen's
    /// counters, and not for Maelstrom's, which have no verdict without final reads.
    pub every_read: bool,
    /// Time budget of a search, as in [`Plan::search_budget`].
    pub search_budget: Duration,
    /// The nodes of the run. They do not affect the verdict, but texts name them.
    pub cluster: Cluster,
}

/// The rules by which a history is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Referee {
    /// Maelstrom's: every function must succeed once, and transactions on registers that do not
    /// depend on each other are invalid.
    #[default]
    Maelstrom,
    /// The rules of the workload's checker alone (Elle's, Knossos', Jepsen's), as other tests use
    /// it.
    Checker,
}

/// Time budget of a search if none is given.
pub(crate) const DEFAULT_SEARCH_BUDGET: Duration = Duration::from_secs(5);

impl Criteria {
    /// The criteria of a plan.
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

    /// The criteria of a workload, with the reference's defaults.
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

/// The complete judgement, given the verdict of the workload's own checker.
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

/// The reference draws graphs here, and reports success.
fn perf() -> Verdict {
    let graph = || always_valid().map;
    let map = result_map([("latency-graph", graph()), ("rate-graph", graph()), valid_entry(true)]);
    Verdict { valid: Validity::Valid, map }
}
