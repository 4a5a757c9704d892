//! Graphs derived from the dependency graph, whose nodes also encode how they were reached.

use super::components::Rows;
use super::graph::{Edge, EdgeSet, Graph, number};
use std::ops::Range;

/// A graph without reasons.
#[derive(Debug)]
pub(super) struct StepRows {
    starts: Vec<u32>,
    targets: Vec<u32>,
}

impl StepRows {
    /// The graph of `nodes` nodes whose edges `edges` adds, given a node.
    pub(super) fn new(nodes: u32, edges: impl Fn(u32, &mut dyn FnMut(u32))) -> Self {
        let mut starts = Vec::with_capacity(nodes as usize + 1);
        let mut targets = Vec::new();
        for node in 0..nodes {
            starts.push(number(targets.len()));
            edges(node, &mut |target| targets.push(target));
        }
        starts.push(number(targets.len()));
        Self { starts, targets }
    }

    /// The same graph with all edges reversed.
    pub(super) fn reversed(&self) -> Self {
        let nodes = self.starts.len() - 1;
        let mut starts = vec![0_u32; nodes + 2];
        for target in &self.targets {
            starts[*target as usize + 2] += 1;
        }
        for node in 2..starts.len() {
            starts[node] += starts[node - 1];
        }
        let mut targets = vec![0_u32; self.targets.len()];
        for node in 0..number(nodes) {
            for position in self.row(node) {
                let next = &mut starts[self.targets[position as usize] as usize + 1];
                targets[*next as usize] = node;
                *next += 1;
            }
        }
        starts.pop();
        Self { starts, targets }
    }
}

impl Rows for StepRows {
    fn node_count(&self) -> usize {
        self.starts.len() - 1
    }

    fn row(&self, node: u32) -> Range<u32> {
        self.starts[node as usize]..self.starts[node as usize + 1]
    }

    fn target(&self, position: u32) -> Option<u32> {
        Some(self.targets[position as usize])
    }
}

/// The graph of walks that never take two anti-dependencies in a row, nor an edge from a node to
/// itself. Node `i` of `graph` occurs twice here: as `i`, reached by an edge of `mask`, and as `i`
/// plus the node count, reached by an anti-dependency.
pub(super) fn nonadjacent(graph: &Graph, mask: EdgeSet) -> StepRows {
    let nodes = number(graph.node_count());
    StepRows::new(2 * nodes, |position, add| {
        let node = position % nodes;
        for (next, reasons) in graph.successors(node).filter(|(next, _)| *next != node) {
            if reasons.intersects(mask) {
                add(next);
            }
            if position == node && reasons.contains(Edge::Rw) {
                add(next + nodes);
            }
        }
    })
}
