//! Partitions: which links are cut, in Jepsen's four shapes or in one direction only.

use crate::message::NodeIndex;
use crate::random::Random;
use glomers_config::PartitionShape;
use glomers_history::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The links that are cut: for each receiver, the nodes whose messages it drops.
pub(crate) type Grudge = BTreeMap<NodeIndex, BTreeSet<NodeIndex>>;

/// Maximum number of nodes for which the ring of majorities is constructed exactly.
const PERFECT_RING_NODES: usize = 5;

/// Draws the links that a partition of this shape cuts between `nodes` nodes.
pub(crate) fn draw_grudge(shape: PartitionShape, nodes: usize, random: &mut Random) -> Grudge {
    let mut order: Vec<NodeIndex> = (0..nodes).collect();
    match shape {
        PartitionShape::One => {
            let loner = random.index(nodes);
            order.retain(|node| *node != loner);
            split(&[loner], &order)
        }
        PartitionShape::MinorityThird => {
            random.shuffle(&mut order);
            let (minority, rest) = order.split_at(nodes.saturating_sub(1) / 3);
            split(minority, rest)
        }
        PartitionShape::Majority => {
            random.shuffle(&mut order);
            let (minority, rest) = order.split_at(nodes / 2);
            split(minority, rest)
        }
        PartitionShape::MajoritiesRing if nodes <= PERFECT_RING_NODES => {
            perfect_ring(order, random)
        }
        PartitionShape::MajoritiesRing => stochastic_ring(nodes, random),
        PartitionShape::OneWay => {
            random.shuffle(&mut order);
            let (deaf, heard) = order.split_at(nodes / 2);
            // Either half may be the one that does not receive.
            let (deaf, heard) = if random.below(2) == 0 { (deaf, heard) } else { (heard, deaf) };
            deaf.iter().map(|receiver| (*receiver, heard.iter().copied().collect())).collect()
        }
    }
}

/// Cuts all links between the two sides, in both directions.
fn split(side: &[NodeIndex], other: &[NodeIndex]) -> Grudge {
    let mut grudge = Grudge::new();
    for (receivers, sources) in [(side, other), (other, side)] {
        for receiver in receivers {
            grudge.insert(*receiver, sources.iter().copied().collect());
        }
    }
    grudge
}

/// Nodes in a ring; each window of a majority is the set of nodes that its middle node can hear.
fn perfect_ring(mut order: Vec<NodeIndex>, random: &mut Random) -> Grudge {
    let nodes = order.len();
    let majority = nodes / 2 + 1;
    random.shuffle(&mut order);
    (0..nodes)
        .map(|start| {
            let window: Vec<NodeIndex> =
                (start..start + majority).map(|position| order[position % nodes]).collect();
            let dropped = order.iter().copied().filter(|node| !window.contains(node)).collect();
            (window[majority / 2], dropped)
        })
        .collect()
}

/// Links the least connected nodes with each other until each can hear a majority.
fn stochastic_ring(nodes: usize, random: &mut Random) -> Grudge {
    let majority = nodes / 2 + 1;
    let mut heard: Vec<BTreeSet<NodeIndex>> =
        (0..nodes).map(|node| BTreeSet::from([node])).collect();
    loop {
        let mut by_degree: Vec<NodeIndex> = (0..nodes).collect();
        random.shuffle(&mut by_degree);
        by_degree.sort_by_key(|node| heard[*node].len());
        let least = by_degree[0];
        if heard[least].len() >= majority {
            break;
        }
        let Some(partner) = by_degree.into_iter().find(|node| !heard[least].contains(node)) else {
            break;
        };
        heard[least].insert(partner);
        heard[partner].insert(least);
    }
    heard
        .iter()
        .enumerate()
        .map(|(node, heard)| (node, (0..nodes).filter(|other| !heard.contains(other)).collect()))
        .collect()
}

/// The grudge in the form of the history: `[:isolated {"n0" #{"n1"}}]`.
pub(crate) fn grudge_value(grudge: &Grudge, names: &[String]) -> Value {
    let name = |node: &NodeIndex| Value::str(&names[*node]);
    let entries = grudge
        .iter()
        .map(|(receiver, sources)| (name(receiver), Value::Set(sources.iter().map(name).collect())))
        .collect();
    Value::Vector(vec![Value::keyword("isolated"), Value::Map(entries)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cut_links(grudge: &Grudge) -> usize {
        grudge.values().map(BTreeSet::len).sum()
    }

    #[test]
    fn small_clusters_are_cut_as_the_reference_cuts_them() {
        let mut random = Random::stream(3, "nemesis");
        let mut cuts = |shape, nodes| cut_links(&draw_grudge(shape, nodes, &mut random));
        assert_eq!(cuts(PartitionShape::MinorityThird, 3), 0);
        assert_eq!(cuts(PartitionShape::MajoritiesRing, 2), 0);
        // Each link is cut in one direction.
        assert_eq!(cuts(PartitionShape::MajoritiesRing, 3), 3);
        assert_eq!(cuts(PartitionShape::One, 5), 8);
        assert_eq!(cuts(PartitionShape::Majority, 5), 12);
        assert_eq!(cuts(PartitionShape::OneWay, 5), 6);
        for shape in PartitionShape::ALL {
            assert_eq!(cuts(*shape, 1), 0);
        }
    }

    proptest! {
        #[test]
        fn rings_leave_everyone_a_majority_and_splits_cut_both_ways(nodes in 1_usize..30, seed: u64) {
            let mut random = Random::stream(seed, "nemesis");
            for shape in PartitionShape::JEPSEN {
                let grudge = draw_grudge(shape, nodes, &mut random);
                for (receiver, sources) in &grudge {
                    prop_assert!(!sources.contains(receiver));
                    if shape == PartitionShape::MajoritiesRing {
                        prop_assert!(nodes - sources.len() > nodes / 2);
                    } else {
                        for source in sources {
                            prop_assert!(grudge[source].contains(receiver));
                        }
                    }
                }
            }
        }
    }
}
