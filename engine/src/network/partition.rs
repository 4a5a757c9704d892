//! Partitions: which links are cut, in Jepsen's four shapes.

use crate::message::NodeIndex;
use crate::random::Random;
use glomers_history::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Which links are cut: by receiver, the nodes whose messages it drops.
pub(crate) type Grudge = BTreeMap<NodeIndex, BTreeSet<NodeIndex>>;

/// Most nodes for which a perfect ring of majorities is laid out.
const PERFECT_RING_NODES: usize = 5;

/// A way to cut the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// One node is alone.
    One,
    /// Fewer than a third are split off.
    MinorityThird,
    /// Two halves.
    Majority,
    /// Every node sees a majority, and no two the same one.
    MajoritiesRing,
}

impl Shape {
    pub(crate) const ALL: [Self; 4] =
        [Self::One, Self::MinorityThird, Self::Majority, Self::MajoritiesRing];

    /// The keyword in the history.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::One => "one",
            Self::MinorityThird => "minority-third",
            Self::Majority => "majority",
            Self::MajoritiesRing => "majorities-ring",
        }
    }

    /// Draws the links to cut among that many nodes.
    pub(crate) fn grudge(self, nodes: usize, random: &mut Random) -> Grudge {
        let mut order: Vec<NodeIndex> = (0..nodes).collect();
        match self {
            Self::One => {
                let loner = random.index(nodes);
                order.retain(|node| *node != loner);
                split(&[loner], &order)
            }
            Self::MinorityThird => {
                random.shuffle(&mut order);
                let (minority, rest) = order.split_at(nodes.saturating_sub(1) / 3);
                split(minority, rest)
            }
            Self::Majority => {
                random.shuffle(&mut order);
                let (minority, rest) = order.split_at(nodes / 2);
                split(minority, rest)
            }
            Self::MajoritiesRing if nodes <= PERFECT_RING_NODES => perfect_ring(order, random),
            Self::MajoritiesRing => stochastic_ring(nodes, random),
        }
    }
}

/// Neither side hears the other.
fn split(side: &[NodeIndex], other: &[NodeIndex]) -> Grudge {
    let mut grudge = Grudge::new();
    for (receivers, sources) in [(side, other), (other, side)] {
        for receiver in receivers {
            grudge.insert(*receiver, sources.iter().copied().collect());
        }
    }
    grudge
}

/// Nodes in a ring; each window of a majority is what its middle node can hear.
fn perfect_ring(mut order: Vec<NodeIndex>, random: &mut Random) -> Grudge {
    let nodes = order.len();
    let majority = nodes / 2 + 1;
    random.shuffle(&mut order);
    (0..nodes)
        .map(|start| {
            let window: Vec<NodeIndex> =
                (start..start + majority).map(|place| order[place % nodes]).collect();
            let dropped = order.iter().copied().filter(|node| !window.contains(node)).collect();
            (window[majority / 2], dropped)
        })
        .collect()
}

/// Links the least connected nodes with each other until each hears a majority.
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

/// The grudge as the history shows it: `[:isolated {"n0" #{"n1"}}]`.
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
        let mut cuts = |shape: Shape, nodes| cut_links(&shape.grudge(nodes, &mut random));
        assert_eq!(cuts(Shape::MinorityThird, 3), 0);
        assert_eq!(cuts(Shape::MajoritiesRing, 2), 0);
        // Each link one way.
        assert_eq!(cuts(Shape::MajoritiesRing, 3), 3);
        assert_eq!(cuts(Shape::One, 5), 8);
        assert_eq!(cuts(Shape::Majority, 5), 12);
        for shape in Shape::ALL {
            assert_eq!(cuts(shape, 1), 0);
        }
    }

    proptest! {
        #[test]
        fn rings_leave_everyone_a_majority_and_splits_cut_both_ways(nodes in 1_usize..30, seed: u64) {
            let mut random = Random::stream(seed, "nemesis");
            for shape in Shape::ALL {
                let grudge = shape.grudge(nodes, &mut random);
                for (receiver, sources) in &grudge {
                    prop_assert!(!sources.contains(receiver));
                    if shape == Shape::MajoritiesRing {
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
