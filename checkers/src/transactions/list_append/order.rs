//! The order in which elements were appended to each key, as far as reads show it.

use super::key_order::key_positions;
use super::read_order::{Contradicted, contradicted};
use crate::number::{NONE, number};
use crate::transactions::finding::Finding;
use crate::transactions::reading::{Atom, TransactionHistory};
use rustc_hash::FxHashSet;

/// The appends of all keys, in order: the longest list that was read of each, without repetitions.
/// For contradicting lists, see [`contradicted`].
#[derive(Debug)]
pub(crate) struct Orders {
    /// By key: where its elements begin in `elements`; one more at the end.
    starts: Vec<usize>,
    elements: Vec<Atom>,
    /// The version of each element; [`NONE`] if it was never appended.
    versions: Vec<u32>,
    /// By version: its index among the elements of its key.
    positions: Vec<u32>,
    contradicted: Vec<Contradicted>,
}

impl Orders {
    /// Derives the orders from reads, and from keys with a single append.
    pub(crate) fn of(history: &TransactionHistory) -> Self {
        let keys = history.versions.key_count();
        let only = single_appends(history);
        let mut orders = Self {
            starts: Vec::with_capacity(keys + 1),
            elements: Vec::new(),
            versions: Vec::new(),
            positions: vec![NONE; history.versions.count()],
            contradicted: contradicted(history),
        };
        orders.starts.push(0);
        let mut unknown = FxHashSet::default();
        for (key, &only) in (0..).zip(&only) {
            unknown.clear();
            let longest = orders.longest(history, key);
            let single =
                (longest.is_empty() && only < MANY).then(|| history.versions.atom_of(only));
            for &element in longest.iter().chain(&single) {
                let version = history.versions.get(key, element);
                let is_new = match version {
                    Some(version) => orders.positions[version as usize] == NONE,
                    None => unknown.insert(element),
                };
                if !is_new {
                    continue;
                }
                if let Some(version) = version {
                    let position = orders.elements.len() - orders.starts[key as usize];
                    orders.positions[version as usize] = number(position);
                }
                orders.elements.push(element);
                orders.versions.push(version.unwrap_or(NONE));
            }
            orders.starts.push(orders.elements.len());
        }
        orders
    }

    /// The longest list that was read of a key.
    fn longest<'h>(&self, history: &'h TransactionHistory, key: u32) -> &'h [Atom] {
        let known = self.contradicted.binary_search_by_key(&key, |it| it.key).ok();
        match known.and_then(|index| self.contradicted[index].lists.last()) {
            Some(&list) => history.lists.elements(key, list),
            None => history.lists.spine(key),
        }
    }

    /// The elements of a key in order.
    pub(crate) fn elements(&self, key: u32) -> &[Atom] {
        &self.elements[self.range(key)]
    }

    /// The versions of the elements of a key.
    pub(crate) fn versions(&self, key: u32) -> &[u32] {
        &self.versions[self.range(key)]
    }

    fn range(&self, key: u32) -> std::ops::Range<usize> {
        self.starts[key as usize]..self.starts[key as usize + 1]
    }

    /// The index of a version among those of its key; `None` if no read shows it.
    pub(crate) fn position(&self, version: u32) -> Option<usize> {
        let position = self.positions[version as usize];
        (position != NONE).then_some(position as usize)
    }

    /// The version before this one. One that was never read comes after all that were.
    pub(crate) fn previous(&self, key: u32, version: u32) -> Previous {
        let versions = self.versions(key);
        let known = self.position(version).map_or(versions, |position| &versions[..position]);
        known.last().map_or(Previous::Initial, |&version| Previous::Version(version))
    }
}

/// The state before an append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Previous {
    /// The initial state.
    Initial,
    /// A version, [`NONE`] for one that was never appended.
    Version(u32),
}

/// Several appends, or none.
const MANY: u32 = NONE - 1;

/// By key: the version, if exactly one append may have happened.
fn single_appends(history: &TransactionHistory) -> Vec<u32> {
    let mut only = vec![NONE; history.versions.key_count()];
    for (_, micro_ops) in history.possible() {
        for append in micro_ops.iter().filter(|micro_op| micro_op.is_write()) {
            let slot = &mut only[append.key() as usize];
            *slot = if *slot == NONE { append.version() } else { MANY };
        }
    }
    only
}

/// Lists of a key that contradict each other: for each key the first list, in their order, that is
/// not a prefix of the next.
pub(super) fn incompatible(history: &TransactionHistory, orders: &Orders) -> Vec<Finding> {
    let pair = |Contradicted { key, lists }: &Contradicted| {
        let lists: Vec<&[Atom]> =
            lists.iter().map(|&list| history.lists.elements(*key, list)).collect();
        let pair = lists.windows(2).find(|pair| !pair[1].starts_with(pair[0]))?;
        let values = [pair[0].to_vec(), pair[1].to_vec()];
        Some(Finding::IncompatibleOrder { key: *key, values })
    };
    let mut contradicted: Vec<&Contradicted> = orders.contradicted.iter().collect();
    if contradicted.len() > 1 {
        let positions = key_positions(history);
        contradicted.sort_by_key(|it| positions.get(&it.key));
    }
    contradicted.into_iter().filter_map(pair).collect()
}
