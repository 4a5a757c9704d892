//! The dependency graph of transactions: which must come before which, and why.
//!
//! Each edge has the set of its reasons. Independent of keys and values.

use super::edge::{Edge, EdgeSet};
use crate::graph::{CompactGraph, Rows};
use crate::number::number;
use std::ops::Range;

/// Collects edges in any order.
#[derive(Debug, Default)]
pub(crate) struct GraphBuilder {
    nodes: usize,
    from: Vec<u32>,
    to: Vec<u32>,
    reasons: Vec<EdgeSet>,
    has_dropped: bool,
}

impl GraphBuilder {
    /// A graph of the nodes 0 to `nodes` - 1, without edges.
    pub(crate) fn new(nodes: usize) -> Self {
        Self { nodes, ..Self::default() }
    }

    /// Adds a reason why `from` comes before `to`. Edges from a node to itself are dropped; but see
    /// [`has_nothing`](Self::has_nothing).
    pub(crate) fn add(&mut self, from: u32, to: u32, edge: Edge) {
        self.add_all(from, to, EdgeSet::of(edge));
    }

    /// Adds reasons why `from` comes before `to`.
    pub(crate) fn add_all(&mut self, from: u32, to: u32, reasons: EdgeSet) {
        debug_assert!((from.max(to) as usize) < self.nodes);
        if from == to {
            self.has_dropped = true;
        } else {
            self.push(from, to, reasons);
        }
    }

    /// Adds a reason why a node comes before itself.
    pub(crate) fn add_loop(&mut self, node: u32, edge: Edge) {
        self.push(node, node, EdgeSet::of(edge));
    }

    fn push(&mut self, from: u32, to: u32, reasons: EdgeSet) {
        self.from.push(from);
        self.to.push(to);
        self.reasons.push(reasons);
    }

    /// Whether no edge was added, not even one that was dropped: the reference drops it, too, and
    /// keeps the node.
    pub(crate) fn has_nothing(&self) -> bool {
        self.from.is_empty() && !self.has_dropped
    }

    /// Sorts the edges into rows, and merges parallel ones.
    ///
    /// # Panics
    /// With more than 2^32 - 1 edges.
    pub(crate) fn build(self) -> Graph {
        let Self { nodes, from, to, reasons, .. } = self;
        let edges = u32::try_from(from.len()).expect("fewer than 2^32 edges");
        // Where each row starts; while filling, where its next edge goes.
        let mut starts = vec![0_u32; nodes + 1];
        for node in &from {
            starts[*node as usize] += 1;
        }
        let mut total = 0;
        for start in &mut starts {
            total += std::mem::replace(start, total);
        }
        debug_assert_eq!(total, edges);
        let mut targets = vec![0_u32; edges as usize];
        let mut sets = vec![EdgeSet::EMPTY; edges as usize];
        for ((node, target), set) in from.iter().zip(&to).zip(&reasons) {
            let next = &mut starts[*node as usize];
            targets[*next as usize] = *target;
            sets[*next as usize] = *set;
            *next += 1;
        }
        drop((from, to, reasons));
        // Each start is now the row's end, which is the next row's start.
        let mut row: Vec<(u32, EdgeSet)> = Vec::new();
        let (mut start, mut kept) = (0, 0);
        for end in &mut starts[..nodes] {
            let range = start..*end as usize;
            start = range.end;
            row.clear();
            row.extend(targets[range.clone()].iter().copied().zip(sets[range].iter().copied()));
            row.sort_unstable_by_key(|(target, _)| *target);
            let row_start = kept;
            for (target, set) in &row {
                if kept > row_start && targets[kept - 1] == *target {
                    sets[kept - 1] = sets[kept - 1].union(*set);
                } else {
                    targets[kept] = *target;
                    sets[kept] = *set;
                    kept += 1;
                }
            }
            *end = number(kept);
        }
        targets.truncate(kept);
        sets.truncate(kept);
        Graph { edges: CompactGraph::from_ends(starts, targets), sets }
    }
}

/// A directed graph whose edges have reasons.
#[derive(Debug, Clone)]
pub(crate) struct Graph {
    edges: CompactGraph,
    /// By edge.
    sets: Vec<EdgeSet>,
}

impl Graph {
    /// Number of nodes.
    pub(crate) fn node_count(&self) -> usize {
        self.edges.node_count()
    }

    /// Number of edges, parallel ones merged.
    pub(crate) fn edge_count(&self) -> usize {
        self.edges.edge_count()
    }

    /// The nodes with an edge to themselves, and why.
    pub(crate) fn loops(&self) -> impl Iterator<Item = (u32, EdgeSet)> {
        let nodes = (0..number(self.node_count())).map(|node| (node, self.reasons(node, node)));
        nodes.filter(|(_, reasons)| !reasons.is_empty())
    }

    /// The edges with one of these reasons.
    pub(crate) fn masked(&self, mask: EdgeSet) -> Masked<'_> {
        Masked { graph: self, mask }
    }

    /// The reasons that some edge has.
    pub(crate) fn all_reasons(&self) -> EdgeSet {
        self.sets.iter().fold(EdgeSet::EMPTY, |all, set| all.union(*set))
    }

    /// The same edges, with other reasons.
    pub(crate) fn map_reasons(&self, reasons: impl Fn(EdgeSet) -> EdgeSet) -> Self {
        let sets = self.sets.iter().map(|set| reasons(*set)).collect();
        Self { edges: self.edges.clone(), sets }
    }

    /// The graph of these nodes alone, numbered in this order, which is ascending. `positions` has
    /// an entry for each node of this graph, with any value, and is kept for the next call.
    pub(crate) fn induced(&self, nodes: &[u32], positions: &mut [u32]) -> Self {
        for (position, node) in (0..).zip(nodes) {
            positions[*node as usize] = position;
        }
        let (mut ends, mut targets, mut sets) = (Vec::new(), Vec::new(), Vec::new());
        for node in nodes {
            for (target, set) in self.successors(*node) {
                let position = positions[target as usize];
                if nodes.get(position as usize) == Some(&target) {
                    targets.push(position);
                    sets.push(set);
                }
            }
            ends.push(number(targets.len()));
        }
        ends.push(number(targets.len()));
        Self { edges: CompactGraph::from_ends(ends, targets), sets }
    }

    /// The nodes that come after `node`, ascending, and why.
    pub(crate) fn successors(&self, node: u32) -> impl Iterator<Item = (u32, EdgeSet)> {
        let Range { start, end } = self.edges.row(node);
        let sets = &self.sets[start as usize..end as usize];
        self.edges.targets(node).iter().copied().zip(sets.iter().copied())
    }

    /// Why `from` comes before `to`; empty if there is no edge.
    pub(crate) fn reasons(&self, from: u32, to: u32) -> EdgeSet {
        let found = self.edges.targets(from).binary_search(&to);
        let edge = |offset| self.edges.row(from).start as usize + offset;
        found.map_or(EdgeSet::EMPTY, |offset| self.sets[edge(offset)])
    }
}

/// A graph restricted to the edges with one of these reasons.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Masked<'a> {
    graph: &'a Graph,
    mask: EdgeSet,
}

impl Rows for Masked<'_> {
    fn node_count(&self) -> usize {
        self.graph.node_count()
    }

    #[inline]
    fn row(&self, node: u32) -> Range<u32> {
        self.graph.edges.row(node)
    }

    #[inline]
    fn target(&self, edge: u32) -> Option<u32> {
        let is_seen = self.graph.sets[edge as usize].intersects(self.mask);
        self.graph.edges.target(edge).filter(|_| is_seen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn a_graph_has_the_edges_that_were_added(
            edges in prop::collection::vec((0_u32..8, 0_u32..8, prop::sample::select(&Edge::ALL[..])), 0..40),
        ) {
            let mut builder = GraphBuilder::new(8);
            let mut expected: BTreeMap<(u32, u32), EdgeSet> = BTreeMap::new();
            for (from, to, edge) in edges {
                if from == to && edge == Edge::Wr {
                    builder.add_loop(from, edge);
                } else {
                    builder.add(from, to, edge);
                }
                if from != to || edge == Edge::Wr {
                    let set = expected.entry((from, to)).or_default();
                    *set = set.with(edge);
                }
            }
            let graph = builder.build();
            prop_assert_eq!(graph.node_count(), 8);
            prop_assert_eq!(graph.edge_count(), expected.len());
            for from in 0..8 {
                for to in 0..8 {
                    let set = expected.get(&(from, to)).copied().unwrap_or_default();
                    prop_assert_eq!(graph.reasons(from, to), set);
                }
                let row: Vec<_> = graph.successors(from).collect();
                let of_node = expected.range((from, 0)..(from + 1, 0));
                let expected: Vec<_> = of_node.map(|((_, to), set)| (*to, *set)).collect();
                prop_assert_eq!(row, expected);
            }
        }
    }
}
