//! The compressed form of a graph: two flat tables.

use super::Rows;
use crate::number::number;
use std::ops::Range;

/// For each node the nodes that its edges lead to (compressed sparse rows).
#[derive(Debug, Clone)]
pub(crate) struct CompactGraph {
    /// By node: the number of its first edge; one more at the end.
    starts: Vec<u32>,
    targets: Vec<u32>,
}

impl CompactGraph {
    /// The graph with these edges, those of each node in the order in which they come. `edges` is
    /// called twice, and must yield the same edges.
    ///
    /// # Panics
    /// With more than 2^32 - 1 edges.
    pub(crate) fn of<I: Iterator<Item = (u32, u32)>>(nodes: usize, edges: impl Fn() -> I) -> Self {
        let mut starts = vec![0_u32; nodes + 1];
        for (from, _) in edges() {
            starts[from as usize] += 1;
        }
        // Where each row starts; while filling, where its next edge goes.
        let mut total = 0_u32;
        for start in &mut starts {
            let count = std::mem::replace(start, total);
            total = total.checked_add(count).expect("fewer than 2^32 edges");
        }
        let mut targets = vec![0_u32; total as usize];
        for (from, to) in edges() {
            let next = &mut starts[from as usize];
            targets[*next as usize] = to;
            *next += 1;
        }
        Self::from_ends(starts, targets)
    }

    /// The graph whose edges `edges` adds, given a node.
    pub(crate) fn by_node(nodes: u32, edges: impl Fn(u32, &mut dyn FnMut(u32))) -> Self {
        let mut starts = Vec::with_capacity(nodes as usize + 1);
        let mut targets = Vec::new();
        for node in 0..nodes {
            starts.push(number(targets.len()));
            edges(node, &mut |target| targets.push(target));
        }
        starts.push(number(targets.len()));
        Self { starts, targets }
    }

    /// The graph with these targets. `ends` is where the row of each node ends, and one more number.
    pub(crate) fn from_ends(mut ends: Vec<u32>, targets: Vec<u32>) -> Self {
        ends.rotate_right(1);
        ends[0] = 0;
        Self { starts: ends, targets }
    }

    /// The same graph with all edges reversed.
    pub(crate) fn reversed(&self) -> Self {
        let nodes = 0..number(self.node_count());
        let edges =
            || nodes.clone().flat_map(|node| self.targets(node).iter().map(move |to| (*to, node)));
        Self::of(self.node_count(), edges)
    }

    /// The nodes that the edges of a node lead to.
    #[inline]
    pub(crate) fn targets(&self, node: u32) -> &[u32] {
        let Range { start, end } = self.row(node);
        &self.targets[start as usize..end as usize]
    }

    /// Number of edges.
    pub(crate) fn edge_count(&self) -> usize {
        self.targets.len()
    }
}

impl Rows for CompactGraph {
    fn node_count(&self) -> usize {
        self.starts.len() - 1
    }

    #[inline]
    fn row(&self, node: u32) -> Range<u32> {
        self.starts[node as usize]..self.starts[node as usize + 1]
    }

    #[inline]
    fn target(&self, edge: u32) -> Option<u32> {
        Some(self.targets[edge as usize])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NODES: u32 = 8;

    proptest! {
        #[test]
        fn rows_are_the_edges_in_order(
            edges in prop::collection::vec((0..NODES, 0..NODES), 0..40),
        ) {
            let graph = CompactGraph::of(NODES as usize, || edges.iter().copied());
            prop_assert_eq!(graph.edge_count(), edges.len());
            let reversed = graph.reversed();
            for node in 0..NODES {
                let row = edges.iter().filter(|(from, _)| *from == node).map(|(_, to)| *to);
                prop_assert_eq!(graph.targets(node), row.collect::<Vec<_>>());
                let before = edges.iter().filter(|(_, to)| *to == node).map(|(from, _)| *from);
                let mut before: Vec<u32> = before.collect();
                before.sort_unstable();
                prop_assert_eq!(reversed.targets(node), before);
            }
            let add = |node: u32, add: &mut dyn FnMut(u32)| {
                graph.targets(node).iter().for_each(|target| add(*target));
            };
            let again = CompactGraph::by_node(NODES, add);
            prop_assert_eq!(again.starts, graph.starts);
            prop_assert_eq!(again.targets, graph.targets);
        }
    }
}
