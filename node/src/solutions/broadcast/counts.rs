//! How much a node has, as one count per origin.

use crate::NodeId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where values come from: a node, with a number drawn at its start, since a node that was
/// restarted counts from 0 again.
pub(super) type Origin = NodeId;

/// The first `n` values of each origin.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Versions(BTreeMap<Origin, u64>);

impl Versions {
    /// How many values of that origin.
    pub(super) fn of(&self, origin: &Origin) -> u64 {
        self.0.get(origin).copied().unwrap_or(0)
    }

    pub(super) fn set(&mut self, origin: &Origin, count: u64) {
        // Mostly there already: no clone of the key.
        match self.0.get_mut(origin) {
            Some(old) => *old = count,
            None => drop(self.0.insert(origin.clone(), count)),
        }
    }

    /// Whether these are all of the other's, or more.
    pub(super) fn cover(&self, other: &Self) -> bool {
        other.0.iter().all(|(origin, count)| self.of(origin) >= *count)
    }

    /// Adds what the other has.
    pub(super) fn join(&mut self, other: &Self) {
        for (origin, count) in &other.0 {
            self.set(origin, self.of(origin).max(*count));
        }
    }

    /// Keeps what the other has too.
    pub(super) fn meet(&mut self, other: &Self) {
        for (origin, count) in &mut self.0 {
            *count = other.of(origin).min(*count);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
