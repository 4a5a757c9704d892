//! How much a node has, as one count per origin.

use glomers_node::NodeId;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;

/// Where values come from: a node, with a number drawn at its start, since a node that was
/// restarted counts from 0 again. A durable node keeps the values of its old names, too.
pub(super) type Origin = NodeId;

/// The first `n` values of each origin. On the wire a list of pairs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
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
        // Both are sorted, and mostly have the same origins.
        let mut others = other.0.iter().peekable();
        for (origin, count) in &mut self.0 {
            while others.next_if(|(theirs, _)| *theirs < origin).is_some() {}
            let theirs = others.next_if(|(theirs, _)| *theirs == origin);
            *count = theirs.map_or(0, |(_, theirs)| *theirs).min(*count);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Versions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(&self.0)
    }
}

impl<'de> Deserialize<'de> for Versions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let pairs = Vec::<(Origin, u64)>::deserialize(deserializer)?;
        Ok(Self(pairs.into_iter().collect()))
    }
}
