//! Graphs derived from the dependency graph, whose nodes also encode how they were reached.

use crate::graph::CompactGraph;
use crate::number::number;
use crate::transactions::dependency_graph::{Edge, EdgeSet, Graph};

/// The graph of walks that never take two anti-dependencies in a row, nor an edge from a node to
/// itself. Node `i` of `graph` occurs twice here: as `i`, reached by an edge of `mask`, and as `i`
/// plus the node count, reached by an anti-dependency.
pub(super) fn nonadjacent(graph: &Graph, mask: EdgeSet) -> CompactGraph {
    let nodes = number(graph.node_count());
    CompactGraph::by_node(2 * nodes, |position, add| {
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
