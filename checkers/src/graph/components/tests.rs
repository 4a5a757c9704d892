use super::super::CompactGraph;
use super::*;
use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use proptest::prelude::*;

fn graph(nodes: u32, edges: &[(u32, u32)]) -> CompactGraph {
    CompactGraph::of(nodes as usize, || edges.iter().copied())
}

proptest! {
    #[test]
    fn components_are_those_of_petgraph_in_topological_order(
        nodes in 1_u32..40,
        edges in prop::collection::vec((0_u32..40, 0_u32..40), 0..90),
        least in 0_u32..10,
    ) {
        let edges: Vec<_> = edges.iter().map(|(from, to)| (from % nodes, to % nodes)).collect();
        let mut theirs: DiGraph<(), ()> = DiGraph::new();
        (0..nodes).for_each(|_| { theirs.add_node(()); });
        for (from, to) in &edges {
            theirs.add_edge(NodeIndex::new(*from as usize), NodeIndex::new(*to as usize), ());
        }
        let components = Components::of(&graph(nodes, &edges));
        let expected = |counts: &dyn Fn(u32) -> bool| {
            let group = |group: Vec<NodeIndex>| {
                let nodes = group.into_iter().map(|node| number(node.index()));
                let mut nodes: Vec<u32> = nodes.filter(|node| counts(*node)).collect();
                nodes.sort_unstable();
                nodes
            };
            let groups = tarjan_scc(&theirs).into_iter().map(group);
            let mut groups: Vec<_> = groups.filter(|group| group.len() > 1).collect();
            groups.sort_unstable();
            groups
        };
        prop_assert_eq!(components.groups(|_| true), expected(&|_| true));
        prop_assert_eq!(components.groups(|node| node >= least), expected(&|node| node >= least));
        for (from, to) in edges {
            prop_assert!(components.number(from) <= components.number(to));
        }
    }
}

#[test]
fn a_long_chain_needs_no_deep_stack() {
    let nodes = 300_000;
    let edges: Vec<_> = (0..nodes).map(|node| (node, (node + 1) % nodes)).collect();
    assert_eq!(Components::of(&graph(nodes, &edges)).groups(|_| true).len(), 1);
    assert!(Components::of(&graph(nodes, &edges[1..])).groups(|_| true).is_empty());
}
