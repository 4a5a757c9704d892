//! Fewer workers.
//!
//! A worker talks to the node of its number, modulo their count; the lane is how many workers of
//! that node come before it.

use super::candidate::Candidate;
use super::laboratory::Laboratory;
use std::collections::BTreeMap;

/// Where a worker is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) node: usize,
    pub(super) lane: usize,
}

impl Place {
    /// That of a worker among so many nodes.
    pub(super) fn of(worker: u32, nodes: usize) -> Self {
        let worker = worker as usize;
        Self { node: worker % nodes, lane: worker / nodes }
    }

    /// The worker there.
    pub(super) fn worker(self, nodes: usize) -> u32 {
        u32::try_from(self.lane * nodes + self.node).unwrap_or(u32::MAX)
    }
}

/// The same with workers elsewhere; operations of those that go nowhere are left out.
pub(super) fn moved(
    candidate: &Candidate,
    nodes: usize,
    place: impl Fn(Place) -> Option<Place>,
) -> Candidate {
    let before = candidate.plan.nodes.len();
    let mut operations = candidate.operations();
    operations.retain_mut(|(_, operation)| {
        let Some(place) = place(Place::of(operation.worker, before)) else { return false };
        operation.worker = place.worker(nodes);
        true
    });
    candidate.with_operations(&operations)
}

/// Leaves no lane empty.
pub(super) fn renumber(laboratory: &mut Laboratory<'_>) {
    let best = laboratory.best();
    let nodes = best.plan.nodes.len();
    let mut lanes: BTreeMap<Place, Place> = BTreeMap::new();
    let mut counts = vec![0; nodes];
    let mut places: Vec<Place> =
        best.operations().iter().map(|(_, operation)| Place::of(operation.worker, nodes)).collect();
    places.sort_unstable();
    places.dedup();
    for place in places {
        lanes.insert(place, Place { lane: counts[place.node], ..place });
        counts[place.node] += 1;
    }
    let candidate = moved(best, nodes, |place| lanes.get(&place).copied());
    laboratory.attempt(candidate);
}

/// Lets one worker do what two did.
pub(super) fn merge(laboratory: &mut Laboratory<'_>) {
    let nodes = laboratory.best().plan.nodes.len();
    for node in 0..nodes {
        let lanes = |candidate: &Candidate| {
            let operations = candidate.operations();
            let places = operations.iter().map(|(_, operation)| Place::of(operation.worker, nodes));
            places.filter(|place| place.node == node).map(|place| place.lane + 1).max().unwrap_or(0)
        };
        let mut lane = lanes(laboratory.best());
        while lane > 1 && !laboratory.is_over() {
            lane -= 1;
            for target in 0..lane {
                let candidate = moved(laboratory.best(), nodes, |place| {
                    let is_it = place == Place { node, lane };
                    Some(if is_it { Place { node, lane: target } } else { place })
                });
                if laboratory.attempt(candidate) {
                    break;
                }
            }
        }
    }
}
