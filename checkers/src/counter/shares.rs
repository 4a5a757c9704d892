//! Which nodes' adds a final read includes: each node received some adds, and the sum often shows
//! which nodes' adds are missing.

use super::amount::Amount;
use crate::Moment;
use glomers_history::Cluster;
use glomers_history::{Function, History, Kind, Operation, Value};

/// Maximum number of nodes for which every subset is tried.
const MOST_NODES: usize = 12;

/// A final read that no choice of the adds explains.
#[derive(Debug, Clone, PartialEq)]
pub struct WrongSum {
    /// The value that it returned.
    pub value: Value,
    /// Its completion.
    pub read: Moment,
    /// The node that answered, if that is known.
    pub node: Option<String>,
    /// Difference from the nearest possible sum; negative if the value is below it.
    pub excess: i128,
    /// The nodes whose adds sum up to the value, if there is such a subset.
    pub shares: Option<Shares>,
}

/// A subset of nodes whose adds sum up to a value.
#[derive(Debug, Clone, PartialEq)]
pub struct Shares {
    /// Nodes whose adds are included, in their order; empty for a sum of 0.
    pub present: Vec<String>,
    /// Nodes whose adds are missing.
    pub missing: Vec<NodeAdds>,
}

/// The adds that a node acknowledged.
#[derive(Debug, Clone, PartialEq)]
pub struct NodeAdds {
    /// The node.
    pub node: String,
    /// Number of adds.
    pub count: usize,
    /// Sum of the adds.
    pub sum: i128,
    /// Completion of the first add.
    pub first: Moment,
}

impl WrongSum {
    /// Analyses a final read that is not among the acceptable sums. `adds` are the adds by node.
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

    /// Whether it includes the adds of its own node and no others, though there are some.
    pub(crate) fn is_own_only(&self) -> bool {
        let Some(shares) = &self.shares else { return false };
        shares.present.iter().all(|node| Some(node) == self.node.as_ref())
    }
}

/// The acknowledged adds of each node, in the order of their first adds; empty if the nodes are not
/// known.
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

/// The nodes whose adds sum up to the value: the answering node alone, or else the only subset of
/// nodes with that sum.
fn shares(value: i128, adds: &[NodeAdds], own: Option<&str>) -> Option<Shares> {
    let adds: Vec<&NodeAdds> = adds.iter().filter(|adds| adds.sum != 0).collect();
    if adds.len() > MOST_NODES {
        return None;
    }
    let sum = |choice: u32| {
        let chosen = adds.iter().enumerate().filter(|(position, _)| choice >> position & 1 == 1);
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
        adds.iter().enumerate().partition(|(position, _)| choice >> position & 1 == 1);
    Some(Shares {
        present: present.into_iter().map(|(_, adds)| adds.node.clone()).collect(),
        missing: missing.into_iter().map(|(_, adds)| (*adds).clone()).collect(),
    })
}
