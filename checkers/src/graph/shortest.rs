//! Shortest paths from some nodes to another, breadth first.

use super::{Budget, Components, Rows};

/// A search for paths. Its tables are reused by the next search.
#[derive(Debug, Default)]
pub(crate) struct PathSearch {
    /// By node: the search that saw it last.
    seen: Vec<u32>,
    /// By node, if this search saw it: its predecessor.
    parents: Vec<u32>,
    search: u32,
    /// Nodes that count, in the order in which they were seen.
    queue: Vec<u32>,
    /// Nodes that do not count: these come before the rest of the queue.
    between: Vec<u32>,
}

/// The node was a source.
const NONE: u32 = u32::MAX;

/// The result of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    /// The nodes of a path, both ends included; also those that do not count.
    Path(Vec<u32>),
    /// There is no path, or none that is short enough.
    Nothing,
    /// The budget was spent.
    Spent,
}

impl PathSearch {
    /// A shortest path from one of `sources` to `target`, of at most `most` nodes that
    /// [count](Rows::counts), both ends included. `components` are those of `rows`: a path never
    /// leads to a higher number than the target's.
    pub(crate) fn shortest(
        &mut self,
        rows: &impl Rows,
        components: &Components,
        sources: impl IntoIterator<Item = u32>,
        target: u32,
        most: usize,
        budget: &mut Budget,
    ) -> Found {
        if self.seen.len() < rows.node_count() || self.search == u32::MAX {
            self.seen = vec![0; rows.node_count()];
            self.parents.resize(rows.node_count(), NONE);
            self.search = 0;
        }
        self.search += 1;
        let Self { seen, parents, search, queue, between } = self;
        let highest = components.number(target);
        queue.clear();
        between.clear();
        for source in sources {
            if components.number(source) <= highest && seen[source as usize] != *search {
                seen[source as usize] = *search;
                parents[source as usize] = NONE;
                if source == target {
                    return Found::Path(vec![target]);
                }
                if rows.counts(source) { &mut *queue } else { &mut *between }.push(source);
            }
        }
        // The number of nodes of the path to the current node, and the index in the queue from which
        // on paths are longer.
        let mut length = 0;
        let mut shell_end = 0;
        let mut next = 0;
        loop {
            let node = if let Some(node) = between.pop() {
                node
            } else if let Some(node) = queue.get(next) {
                if next == shell_end {
                    length += 1;
                    shell_end = queue.len();
                }
                next += 1;
                *node
            } else {
                return Found::Nothing;
            };
            if length >= most {
                return Found::Nothing;
            }
            let row = rows.row(node);
            if !budget.spend(row.len() as u64 + 1) {
                return Found::Spent;
            }
            for to in row.filter_map(|edge| rows.target(edge)) {
                if seen[to as usize] == *search || components.number(to) > highest {
                    continue;
                }
                seen[to as usize] = *search;
                parents[to as usize] = node;
                if to == target {
                    return Found::Path(path(parents, target));
                }
                if rows.counts(to) { &mut *queue } else { &mut *between }.push(to);
            }
        }
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

#[cfg(test)]
mod tests {
    use super::super::CompactGraph;
    use super::*;
    use proptest::prelude::*;
    use std::ops::Range;

    const NODES: u32 = 12;

    /// A graph whose nodes from `counted` on do not count.
    struct Partly {
        graph: CompactGraph,
        counted: u32,
    }

    impl Rows for Partly {
        fn node_count(&self) -> usize {
            self.graph.node_count()
        }

        fn row(&self, node: u32) -> Range<u32> {
            self.graph.row(node)
        }

        fn target(&self, edge: u32) -> Option<u32> {
            self.graph.target(edge)
        }

        fn counts(&self, node: u32) -> bool {
            node < self.counted
        }
    }

    /// The least number of nodes that count on a path: relaxes all edges until nothing changes.
    fn expected(edges: &[(u32, u32)], counted: u32, sources: &[u32], target: u32) -> Option<usize> {
        let cost = |node: u32| usize::from(node < counted);
        let mut least = vec![None; NODES as usize];
        for source in sources {
            least[*source as usize] = Some(cost(*source));
        }
        for _ in 0..NODES {
            for (from, to) in edges {
                let Some(from) = least[*from as usize] else { continue };
                let to_cost = from + cost(*to);
                let known = &mut least[*to as usize];
                *known = Some(known.map_or(to_cost, |known: usize| known.min(to_cost)));
            }
        }
        least[target as usize]
    }

    proptest! {
        #[test]
        fn paths_are_as_short_as_they_can_be(
            edges in prop::collection::vec((0..NODES, 0..NODES), 0..40),
            counted in 1..=NODES,
            sources in prop::collection::vec(0..NODES, 1..3),
            targets in prop::collection::vec(0..NODES, 1..4),
        ) {
            let rows = Partly {
                graph: CompactGraph::of(NODES as usize, || edges.iter().copied()),
                counted,
            };
            let components = Components::of(&rows);
            let mut search = PathSearch::default();
            for target in targets.into_iter().map(|target| target % counted) {
                let expected = expected(&edges, counted, &sources, target);
                let mut find = |most: usize, budget: u64| {
                    let sources = sources.iter().copied();
                    let mut budget = Budget::new(budget);
                    search.shortest(&rows, &components, sources, target, most, &mut budget)
                };
                let Found::Path(path) = find(usize::MAX, u64::MAX) else {
                    prop_assert_eq!(expected, None);
                    continue;
                };
                let length = path.iter().filter(|node| rows.counts(**node)).count();
                prop_assert_eq!(Some(length), expected);
                prop_assert!(sources.contains(&path[0]));
                prop_assert_eq!(path.last(), Some(&target));
                prop_assert!(path.windows(2).all(|pair| edges.contains(&(pair[0], pair[1]))));
                prop_assert_eq!(find(length, u64::MAX), Found::Path(path.clone()));
                if path.len() > 1 {
                    prop_assert_eq!(find(length - 1, u64::MAX), Found::Nothing);
                    prop_assert_eq!(find(usize::MAX, 0), Found::Spent);
                }
            }
        }
    }
}
