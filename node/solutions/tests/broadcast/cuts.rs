//! Shapes of partitions.

use crate::network::Network;
use rand::RngExt;

/// The partitions of Maelstrom's nemesis, an isolated hub, and a hub that can send but not receive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// The hub alone.
    Hub,
    /// Messages to the hub are lost, messages from it arrive.
    DeafHub,
    /// Any other node alone.
    One,
    /// Two halves.
    Majority,
    /// A third, and the rest.
    MinorityThird,
    /// Each node reaches its neighbours on a ring: just a majority.
    MajoritiesRing,
}

impl Cut {
    pub(crate) const ALL: [Self; 6] = [
        Self::Hub,
        Self::DeafHub,
        Self::One,
        Self::Majority,
        Self::MinorityThird,
        Self::MajoritiesRing,
    ];

    /// Cuts links. Returns each node's side; nodes of one side can reach each other, possibly
    /// through other nodes.
    pub(crate) fn make(self, network: &mut Network) -> Vec<usize> {
        let nodes = network.size();
        // Each node's index in a random order.
        let mut positions: Vec<_> = (0..nodes).collect();
        for last in (1..nodes).rev() {
            positions.swap(last, network.random.random_range(0..=last));
        }
        let side = |node: usize| match self {
            Self::Hub | Self::DeafHub => usize::from(node == 0),
            Self::One => usize::from(node == nodes - 1),
            Self::Majority => usize::from(positions[node] < nodes / 2),
            Self::MinorityThird => usize::from(positions[node] < nodes / 3),
            Self::MajoritiesRing => 0,
        };
        for (to, from) in (0..nodes).flat_map(|to| (0..nodes).map(move |from| (to, from))) {
            let apart = positions[to].abs_diff(positions[from]);
            let cut = match self {
                Self::DeafHub => to == 0 && from != 0,
                Self::MajoritiesRing => apart.min(nodes - apart) > nodes / 4,
                _ => side(to) != side(from),
            };
            if cut {
                network.cut.insert((to, from));
            }
        }
        (0..nodes).map(side).collect()
    }
}
