//! Whose adds a final read has: each node was asked for some, and a sum often shows whose are
//! missing.

use super::amount::Amount;
use crate::{Cluster, Moment};
use glomers_history::{Function, History, Kind, Operation, Value};

/// Most nodes of which every choice is tried.
const MOST_NODES: usize = 12;

/// A final read that no choice of the adds explains.
#[derive(Debug, Clone, PartialEq)]
pub struct WrongSum {
    /// What it returned.
    pub value: Value,
    /// Its completion.
    pub read: Moment,
    /// The node that answered, where that is known.
    pub node: Option<String>,
    /// By how much it is above the nearest sum that is possible; below, if negative.
    pub excess: i128,
    /// Whose adds it has, if it is the sum of those of some nodes.
    pub shares: Option<Shares>,
}

/// A choice of nodes whose adds make a sum.
#[derive(Debug, Clone, PartialEq)]
pub struct Shares {
    /// Nodes whose adds it has, in their order; none for a sum of 0.
    pub present: Vec<String>,
    /// Nodes whose adds it lacks.
    pub missing: Vec<NodeAdds>,
}

/// Adds that a node was asked for and acknowledged.
#[derive(Debug, Clone, PartialEq)]
pub struct NodeAdds {
    /// The node.
    pub node: String,
    /// How many.
    pub count: usize,
    /// What they make.
    pub sum: i128,
    /// The completion of the first.
    pub first: Moment,
}

impl WrongSum {
    /// Looks at a final read that is not among the acceptable sums. `adds` are those of the nodes.
    pub(crate) fn of(
        read: &Operation,
        acceptable: &[(i128, i128)],
        adds: &[NodeAdds],
        cluster: &Cluster,
    ) -> Self {
        let value = Amount::of(&read.value).map_or(0, |amount| amount.0);
        let excess = acceptable
            .iter()
            .map(|(least, greatest)| value.saturating_sub(value.clamp(*least, *greatest)))
            .min_by_key(|excess| excess.unsigned_abs());
        let node = cluster.node_of(read.process);
        Self {
            value: read.value.clone(),
            read: read.into(),
            node: node.map(str::to_owned),
            excess: excess.unwrap_or(0),
            shares: shares(value, adds, node),
        }
    }

    /// Whether it has the adds of its own node and no others, though there are some.
    pub(crate) fn is_own_only(&self) -> bool {
        let Some(shares) = &self.shares else { return false };
        shares.present.iter().all(|node| Some(node) == self.node.as_ref())
    }
}

/// What each node was asked to add and acknowledged, in the order of their first adds; nothing where
/// nodes are not known.
pub(crate) fn adds_by_node(history: &History, cluster: &Cluster) -> Vec<NodeAdds> {
    let mut all: Vec<NodeAdds> = Vec::new();
    for (_, add) in history.client_operations() {
        if add.kind != Kind::Ok || add.f != Function::Add {
            continue;
        }
        let (Some(node), Some(Amount(amount))) =
            (cluster.node_of(add.process), Amount::of(&add.value))
        else {
            return Vec::new();
        };
        let known = all.iter().position(|adds| adds.node == node);
        let index = known.unwrap_or_else(|| {
            let first = add.into();
            all.push(NodeAdds { node: node.to_owned(), count: 0, sum: 0, first });
            all.len() - 1
        });
        all[index].count += 1;
        all[index].sum = all[index].sum.saturating_add(amount);
    }
    all.sort_by(|a, b| a.node.cmp(&b.node));
    all
}

/// The nodes whose adds make that value: the own one alone, else the only choice of nodes that does.
fn shares(value: i128, adds: &[NodeAdds], own: Option<&str>) -> Option<Shares> {
    let adds: Vec<&NodeAdds> = adds.iter().filter(|adds| adds.sum != 0).collect();
    if adds.len() > MOST_NODES {
        return None;
    }
    let sum = |choice: u32| {
        let chosen = adds.iter().enumerate().filter(|(place, _)| choice >> place & 1 == 1);
        chosen.map(|(_, adds)| adds.sum).fold(0_i128, i128::saturating_add)
    };
    let is_own = |choice: &u32| {
        let own = adds.iter().position(|adds| Some(adds.node.as_str()) == own);
        own.map_or(*choice == 0, |own| *choice == 1 << own)
    };
    let choices: Vec<u32> =
        (0..1_u32 << adds.len()).filter(|choice| sum(*choice) == value).collect();
    let choice = match choices.as_slice() {
        [only] => *only,
        several => *several.iter().find(|choice| is_own(choice))?,
    };
    let (present, missing): (Vec<_>, Vec<_>) =
        adds.iter().enumerate().partition(|(place, _)| choice >> place & 1 == 1);
    Some(Shares {
        present: present.into_iter().map(|(_, adds)| adds.node.clone()).collect(),
        missing: missing.into_iter().map(|(_, adds)| (*adds).clone()).collect(),
    })
}
