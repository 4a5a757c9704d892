use super::super::graph::{Edge, GraphBuilder};
use super::*;
use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use proptest::prelude::*;

proptest! {
    #[test]
    fn components_are_those_of_petgraph_in_topological_order(
        nodes in 1_u32..40,
        edges in prop::collection::vec((0_u32..40, 0_u32..40), 0..90),
    ) {
        let mut builder = GraphBuilder::new(nodes as usize);
        let mut theirs: DiGraph<(), ()> = DiGraph::new();
        (0..nodes).for_each(|_| { theirs.add_node(()); });
        for (from, to) in edges {
            let (from, to) = (from % nodes, to % nodes);
            builder.add(from, to, Edge::Ww);
            theirs.add_edge(NodeIndex::new(from as usize), NodeIndex::new(to as usize), ());
        }
        let graph = builder.build();
        let components = Components::of(&Masked { graph: &graph, mask: EdgeSet::ALL });
        let mut expected: Vec<Vec<u32>> = tarjan_scc(&theirs)
            .into_iter()
            .filter(|group| group.len() > 1)
            .map(|group| group.into_iter().map(|node| number(node.index())).collect())
            .collect();
        for group in &mut expected {
            group.sort_unstable();
        }
        expected.sort_unstable();
        prop_assert_eq!(components.groups(|_| true), expected);
        for from in 0..nodes {
            for (to, _) in graph.successors(from) {
                prop_assert!(components.number(from) <= components.number(to));
            }
        }
    }
}

#[test]
fn a_long_chain_needs_no_deep_stack() {
    let nodes = 300_000;
    let mut builder = GraphBuilder::new(nodes as usize);
    for node in 0..nodes {
        builder.add(node, (node + 1) % nodes, Edge::Rw);
    }
    let graph = builder.build();
    let components = Components::of(&Masked { graph: &graph, mask: EdgeSet::ALL });
    assert_eq!(components.groups(|_| true).len(), 1);
    let hidden = Masked { graph: &graph, mask: EdgeSet::of(Edge::Ww) };
    assert!(Components::of(&hidden).groups(|_| true).is_empty());
}
