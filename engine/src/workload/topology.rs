//! The neighbours that the broadcast workload suggests to each node.

use crate::NodeIndex;
use glomers_config::{Plan, Topology};

/// The neighbours that each node of a broadcast is sent, by node.
#[must_use]
pub fn neighbours(plan: &Plan) -> Vec<Vec<NodeIndex>> {
    let mut all = vec![Vec::new(); plan.nodes.len()];
    for (node, neighbours) in topology(plan.topology, plan.nodes.len()) {
        all[node] = neighbours;
    }
    all
}

/// Each node with its neighbours, in the order of the reference.
pub(crate) fn topology(topology: Topology, nodes: usize) -> Vec<(usize, Vec<usize>)> {
    match topology {
        Topology::Grid => grid(nodes),
        Topology::Line => line(nodes),
        Topology::Total => (0..nodes)
            .map(|node| (node, (0..nodes).filter(|other| *other != node).collect()))
            .collect(),
        Topology::Tree | Topology::Tree2 => tree(2, nodes),
        Topology::Tree3 => tree(3, nodes),
        Topology::Tree4 => tree(4, nodes),
    }
}

/// Rows of a square that is just large enough; neighbours below, above, right, left.
fn grid(nodes: usize) -> Vec<(usize, Vec<usize>)> {
    let side = (1..=nodes).find(|side| side * side >= nodes).unwrap_or(1);
    (0..nodes)
        .map(|node| {
            let below = Some(node + side);
            let above = node.checked_sub(side);
            let right = (node % side + 1 < side).then_some(node + 1);
            let left = (!node.is_multiple_of(side)).then(|| node - 1);
            let neighbours = [below, above, right, left].into_iter().flatten();
            (node, neighbours.filter(|neighbour| *neighbour < nodes).collect())
        })
        .collect()
}

/// A line; a single node has no entry, as in the reference.
fn line(nodes: usize) -> Vec<(usize, Vec<usize>)> {
    if nodes < 2 {
        return Vec::new();
    }
    (0..nodes)
        .map(|node| {
            let neighbours = [node.checked_sub(1), Some(node + 1)].into_iter().flatten();
            (node, neighbours.filter(|neighbour| *neighbour < nodes).collect())
        })
        .collect()
}

/// Levels of 1, b, b^2, ... nodes; the parent comes first, then the children.
fn tree(branching: usize, nodes: usize) -> Vec<(usize, Vec<usize>)> {
    (0..nodes)
        .map(|node| {
            let parent = node.checked_sub(1).map(|before| before / branching);
            let children = node * branching + 1..=node * branching + branching;
            let neighbours = parent.into_iter().chain(children);
            (node, neighbours.filter(|neighbour| *neighbour < nodes).collect())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn neighbours(shape: Topology, nodes: usize) -> BTreeMap<usize, Vec<usize>> {
        topology(shape, nodes).into_iter().collect()
    }

    #[test]
    fn shapes_are_those_of_the_reference() {
        let grid = neighbours(Topology::Grid, 5);
        assert_eq!(grid[&0], [3, 1]);
        assert_eq!(grid[&1], [4, 2, 0]);
        assert_eq!(grid[&4], [1, 3]);
        assert_eq!(neighbours(Topology::Line, 3)[&1], [0, 2]);
        assert!(neighbours(Topology::Line, 1).is_empty());
        let tree = neighbours(Topology::Tree4, 25);
        assert_eq!(tree[&0], [1, 2, 3, 4]);
        assert_eq!(tree[&1], [0, 5, 6, 7, 8]);
        assert_eq!(tree[&24], [5]);
        assert_eq!(neighbours(Topology::Total, 3)[&1], [0, 2]);
    }

    #[test]
    fn neighbours_know_each_other() {
        for shape in Topology::ALL {
            for nodes in 1..30 {
                let shape = neighbours(*shape, nodes);
                for (node, others) in &shape {
                    assert!(others.iter().all(|other| shape[other].contains(node)));
                }
            }
        }
    }
}
