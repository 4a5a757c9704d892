//! Shortest paths from some nodes to another, breadth first.

use super::budget::Budget;
use super::components::{Components, Rows};

/// Arrays that searches reuse.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    /// By node: the search that saw it last.
    seen: Vec<u32>,
    /// By node, if this search saw it: its predecessor.
    parents: Vec<u32>,
    search: u32,
    queue: Vec<u32>,
}

/// The node was a source.
const NONE: u32 = u32::MAX;

/// The result of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    /// The nodes of a path, both ends included.
    Path(Vec<u32>),
    /// There is no path, or none that is short enough.
    Nothing,
    /// The budget was spent.
    Spent,
}

impl Scratch {
    /// The shortest path from one of `sources` to `target`, of at most `longest` edges.
    /// `components` are those of `rows`: a path never leads to a higher number than the target's.
    pub(super) fn shortest(
        &mut self,
        rows: &impl Rows,
        components: &Components,
        sources: impl IntoIterator<Item = u32>,
        target: u32,
        longest: usize,
        budget: &mut Budget,
    ) -> Found {
        if self.seen.len() < rows.node_count() || self.search == u32::MAX {
            self.seen = vec![0; rows.node_count()];
            self.parents.resize(rows.node_count(), NONE);
            self.search = 0;
        }
        self.search += 1;
        let Self { seen, parents, search, queue } = self;
        let highest = components.number(target);
        queue.clear();
        for source in sources {
            if components.number(source) <= highest && seen[source as usize] != *search {
                seen[source as usize] = *search;
                parents[source as usize] = NONE;
                if source == target {
                    return Found::Path(vec![target]);
                }
                queue.push(source);
            }
        }
        let mut length = 0;
        let mut shell_end = queue.len();
        let mut next = 0;
        while next < queue.len() && length < longest {
            let node = queue[next];
            let row = rows.row(node);
            if !budget.spend(row.len() as u64 + 1) {
                return Found::Spent;
            }
            for to in row.filter_map(|position| rows.target(position)) {
                if seen[to as usize] == *search || components.number(to) > highest {
                    continue;
                }
                seen[to as usize] = *search;
                parents[to as usize] = node;
                if to == target {
                    return Found::Path(path(parents, target));
                }
                queue.push(to);
            }
            next += 1;
            if next == shell_end {
                length += 1;
                shell_end = queue.len();
            }
        }
        Found::Nothing
    }
}

fn path(parents: &[u32], target: u32) -> Vec<u32> {
    let mut nodes = vec![target];
    let mut node = target;
    while parents[node as usize] != NONE {
        node = parents[node as usize];
        nodes.push(node);
    }
    nodes.reverse();
    nodes
}
