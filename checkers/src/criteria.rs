//! The criteria for judging a history.

use glomers_config::{Availability, ConsistencyModel, Plan, Workload};
use glomers_history::Cluster;
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
            cluster: Cluster::new(plan.nodes.clone(), plan.workers.into()),
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
