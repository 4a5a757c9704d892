//! Fewer workers.
//!
//! A worker talks to the node of its number, modulo their count; the lane is how many workers of
//! that node come before it.

use super::candidate::Candidate;
use super::search::Search;
use std::collections::BTreeMap;

/// The position of a worker: its node and its lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct WorkerPosition {
    pub(super) node: usize,
    pub(super) lane: usize,
}

impl WorkerPosition {
    /// The position of a worker with this number of nodes.
    pub(super) fn of(worker: u32, nodes: usize) -> Self {
        let worker = worker as usize;
        Self { node: worker % nodes, lane: worker / nodes }
    }

    /// The worker at this position.
    pub(super) fn worker(self, nodes: usize) -> u32 {
        u32::try_from(self.lane * nodes + self.node).unwrap_or(u32::MAX)
    }
}

/// The candidate with workers moved; operations of those without a new position are left out.
pub(super) fn moved(
    candidate: &Candidate,
    nodes: usize,
    position: impl Fn(WorkerPosition) -> Option<WorkerPosition>,
) -> Candidate {
    let before = candidate.plan.nodes.len();
    let mut operations = candidate.operations();
    operations.retain_mut(|(_, operation)| {
        let Some(position) = position(WorkerPosition::of(operation.worker, before)) else {
            return false;
        };
        operation.worker = position.worker(nodes);
        true
    });
    candidate.with_operations(&operations)
}

/// Closes gaps between lanes.
pub(super) fn renumber(search: &mut Search<'_>) {
    let best = search.best();
    let nodes = best.plan.nodes.len();
    let mut lanes: BTreeMap<WorkerPosition, WorkerPosition> = BTreeMap::new();
    let mut counts = vec![0; nodes];
    let mut positions: Vec<WorkerPosition> = best
        .operations()
        .iter()
        .map(|(_, operation)| WorkerPosition::of(operation.worker, nodes))
        .collect();
    positions.sort_unstable();
    positions.dedup();
    for position in positions {
        lanes.insert(position, WorkerPosition { lane: counts[position.node], ..position });
        counts[position.node] += 1;
    }
    let candidate = moved(best, nodes, |position| lanes.get(&position).copied());
    search.attempt(candidate);
}

/// Tries to merge two workers into one.
pub(super) fn merge(search: &mut Search<'_>) {
    let nodes = search.best().plan.nodes.len();
    for node in 0..nodes {
        let lanes = |candidate: &Candidate| {
            let operations = candidate.operations();
            let positions =
                operations.iter().map(|(_, operation)| WorkerPosition::of(operation.worker, nodes));
            positions
                .filter(|position| position.node == node)
                .map(|position| position.lane + 1)
                .max()
                .unwrap_or(0)
        };
        let mut lane = lanes(search.best());
        while lane > 1 && !search.is_over() {
            lane -= 1;
            for target in 0..lane {
                let candidate = moved(search.best(), nodes, |position| {
                    let is_it = position == WorkerPosition { node, lane };
                    Some(if is_it { WorkerPosition { node, lane: target } } else { position })
                });
                if search.attempt(candidate) {
                    break;
                }
            }
        }
    }
}
