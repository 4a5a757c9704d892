//! A run that may be smaller: a plan and a scenario that fit each other.

use glomers_config::{Concurrency, Faults, Plan, Workload};
use glomers_engine::{PlannedFault, PlannedOperation, Scenario};
use std::collections::BTreeSet;
use std::time::Duration;

/// Time by which the plan's time limit exceeds the load.
const AFTER_LOAD: Duration = Duration::from_millis(1);
/// Workers of lin-kv come in groups of this size for each node.
const LIN_KV_WORKERS_PER_NODE: u32 = 2;

/// A plan and a scenario. Changes go through [`settled`](Self::settled).
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Candidate {
    pub(super) plan: Plan,
    pub(super) scenario: Scenario,
}

/// An operation and whether it is one of the final ones.
pub(super) type Placed = (bool, PlannedOperation);

/// The size of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Number of operations of clients, final ones included.
    pub operations: usize,
    /// Number of faults that begin.
    pub faults: usize,
    /// Number of nodes.
    pub nodes: usize,
    /// Number of workers that have operations.
    pub workers: usize,
    /// Duration of the load.
    pub load: Duration,
}

impl Candidate {
    /// Adapts the plan to the scenario.
    pub(super) fn settled(mut self) -> Self {
        let Self { plan, scenario } = &mut self;
        let operations = scenario.operations.iter().chain(&scenario.final_operations);
        let workers = operations.map(|operation| operation.worker + 1).max().unwrap_or(1);
        let workers = match plan.workload {
            Workload::LinKv => {
                let nodes = u32::try_from(plan.nodes.len()).unwrap_or(u32::MAX);
                workers.next_multiple_of(LIN_KV_WORKERS_PER_NODE * nodes)
            }
            _ => workers,
        };
        plan.workers = workers;
        plan.concurrency = Concurrency::Workers(workers);
        let kinds = scenario.faults.iter().map(|fault| fault.injected.fault());
        plan.faults = Faults::new(kinds.collect());
        // Seconds in run.json must convert to the same nanoseconds.
        if let Some(end) = scenario.load_end {
            let ms = Duration::from_nanos(end).as_millis();
            plan.time_limit =
                Duration::from_millis(u64::try_from(ms).unwrap_or(u64::MAX)) + AFTER_LOAD;
        }
        self
    }

    /// All operations, in their order.
    pub(super) fn operations(&self) -> Vec<Placed> {
        let Scenario { operations, final_operations, .. } = &self.scenario;
        let load = operations.iter().map(|operation| (false, operation.clone()));
        load.chain(final_operations.iter().map(|operation| (true, operation.clone()))).collect()
    }

    /// The candidate with these operations instead.
    pub(super) fn with_operations(&self, operations: &[Placed]) -> Self {
        let part = |wanted: bool| {
            let part = operations.iter().filter(|(is_last, _)| *is_last == wanted);
            part.map(|(_, operation)| operation.clone()).collect()
        };
        let scenario = Scenario {
            operations: part(false),
            final_operations: part(true),
            faults: self.scenario.faults.clone(),
            load_end: self.scenario.load_end,
        };
        Self { plan: self.plan.clone(), scenario }.settled()
    }

    /// The candidate with these faults instead.
    pub(super) fn with_faults(&self, faults: &[PlannedFault]) -> Self {
        let mut changed = self.clone();
        changed.scenario.faults = faults.to_vec();
        changed.scenario.faults.sort_by_key(|fault| fault.from);
        changed.settled()
    }

    /// The candidate with another seed.
    pub(super) fn with_seed(&self, seed: u64) -> Self {
        let mut changed = self.clone();
        changed.plan.seed = seed;
        changed
    }

    /// When the load ends, in nanoseconds.
    pub(super) fn load_end(&self) -> u64 {
        let limit = u64::try_from(self.plan.time_limit.as_nanos()).unwrap_or(u64::MAX);
        self.scenario.load_end.map_or(limit, |end| end.min(limit))
    }

    /// Its size.
    pub(super) fn size(&self) -> Size {
        let Scenario { operations, final_operations, faults, .. } = &self.scenario;
        let workers: BTreeSet<u32> =
            operations.iter().chain(final_operations).map(|operation| operation.worker).collect();
        Size {
            operations: operations.len() + final_operations.len(),
            faults: faults.len(),
            nodes: self.plan.nodes.len(),
            workers: workers.len(),
            load: Duration::from_nanos(self.load_end()),
        }
    }
}
