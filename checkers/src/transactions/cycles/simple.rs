//! Closed walks that visit each node once and never take two anti-dependencies in a row.
//!
//! The shortest closed walk is not always one of these, and finding one is hard in general: this
//! tries all paths of increasing length, as far as the budget goes.

use super::search::{Spent, anti_dependencies};
use crate::graph::{Budget, CompactGraph, Components, Rows};
use crate::number::number;
use std::ops::Range;

/// The graph of [nonadjacent](super::steps::nonadjacent) walks.
pub(super) struct Closed<'a> {
    pub(super) rows: &'a CompactGraph,
    pub(super) components: &'a Components,
    /// Number of nodes of the dependency graph.
    pub(super) nodes: u32,
}

/// A shortest closed walk of this kind that begins with an anti-dependency of one of `starts`: its
/// nodes, the last of which leads back to the first. `None` if there is no such walk.
pub(super) fn simple_cycle(
    closed: &Closed<'_>,
    starts: &[u32],
    budget: &mut Budget,
) -> Result<Option<Vec<u32>>, Spent> {
    let backward = closed.rows.reversed();
    let mut is_on_path = vec![false; closed.nodes as usize];
    let mut starts = starts.to_vec();
    for steps in EFFORTS {
        let mut left = Vec::new();
        for start in starts {
            let result = budget.at_most(steps, |budget| {
                let distances = distances(closed, &backward, start, budget)?;
                path_through(closed, &distances, start, &mut is_on_path, budget)
            });
            match result {
                Ok(None) => {}
                Ok(found) => return Ok(found),
                Err(Spent) => left.push(start),
            }
        }
        starts = left;
    }
    if starts.is_empty() { Ok(None) } else { Err(Spent) }
}

/// Numbers of steps that each start may take, in turn: a start with an easy search must not wait
/// for one whose search never ends.
const EFFORTS: [u64; 3] = [20_000, 1_000_000, u64::MAX];

/// A shortest closed walk of this kind through one node: each round allows one more edge.
fn path_through(
    closed: &Closed<'_>,
    distances: &[u32],
    start: u32,
    is_on_path: &mut [bool],
    budget: &mut Budget,
) -> Result<Option<Vec<u32>>, Spent> {
    for longest in 2..=closed.nodes {
        let mut search = Search { closed, distances, longest, is_on_path, was_cut: false };
        let found = search.run(start, budget)?;
        if found.is_some() || !search.was_cut {
            return Ok(found);
        }
    }
    Ok(None)
}

/// Cannot be reached.
const FAR: u32 = u32::MAX;

/// The number of edges from each node to `target`.
fn distances(
    closed: &Closed<'_>,
    backward: &CompactGraph,
    target: u32,
    budget: &mut Budget,
) -> Result<Vec<u32>, Spent> {
    let mut distances = vec![FAR; closed.rows.node_count()];
    distances[target as usize] = 0;
    let mut queue = vec![target];
    let mut next = 0;
    while let Some(position) = queue.get(next).copied() {
        next += 1;
        let row = backward.row(position);
        if !budget.spend(row.len() as u64 + 1) {
            return Err(Spent);
        }
        for before in row.filter_map(|edge| backward.target(edge)) {
            let is_new = distances[before as usize] == FAR;
            // A closed walk stays within its component.
            if is_new && closed.components.number(before) == closed.components.number(target) {
                distances[before as usize] = distances[position as usize] + 1;
                queue.push(before);
            }
        }
    }
    Ok(distances)
}

struct Search<'a> {
    closed: &'a Closed<'a>,
    distances: &'a [u32],
    longest: u32,
    is_on_path: &'a mut [bool],
    was_cut: bool,
}

impl Search<'_> {
    fn run(&mut self, start: u32, budget: &mut Budget) -> Result<Option<Vec<u32>>, Spent> {
        let Closed { rows, nodes, .. } = *self.closed;
        let mut result = Ok(None);
        let mut path: Vec<(u32, Range<u32>)> = Vec::new();
        self.is_on_path[start as usize] = true;
        'sources: for source in anti_dependencies(rows, start, nodes) {
            if !self.may_reach(source, 1) {
                continue;
            }
            path.push((source, rows.row(source)));
            self.is_on_path[(source % nodes) as usize] = true;
            while let Some((position, edges)) = path.last_mut() {
                let Some(edge) = edges.next() else {
                    self.is_on_path[(*position % nodes) as usize] = false;
                    path.pop();
                    continue;
                };
                if !budget.spend(1) {
                    result = Err(Spent);
                    break 'sources;
                }
                let Some(next) = rows.target(edge) else { continue };
                if next == start {
                    let positions = path.iter().map(|(position, _)| position % nodes);
                    result = Ok(Some([start].into_iter().chain(positions).collect()));
                    break 'sources;
                }
                let node = (next % nodes) as usize;
                if !self.is_on_path[node] && self.may_reach(next, number(path.len()) + 1) {
                    self.is_on_path[node] = true;
                    path.push((next, rows.row(next)));
                }
            }
        }
        self.is_on_path[start as usize] = false;
        for (position, _) in path {
            self.is_on_path[(position % nodes) as usize] = false;
        }
        result
    }

    /// Whether a path with this number of edges at this node may come back in time.
    fn may_reach(&mut self, position: u32, edges: u32) -> bool {
        let distance = self.distances[position as usize];
        let is_near = distance != FAR && edges + distance <= self.longest;
        self.was_cut |= distance != FAR && !is_near;
        is_near
    }
}
