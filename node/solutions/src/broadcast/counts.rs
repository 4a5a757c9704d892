//! Version vectors: the values that a node has, as one count per origin.

use glomers_node::NodeId;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;

/// The origin of values: a node's name with a number drawn at its start, since a restarted node
/// counts from 0 again. A durable node also keeps the values of its earlier origins.
pub(super) type Origin = NodeId;

/// For each origin, the number `n` of its first values. On the wire a list of pairs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Versions(BTreeMap<Origin, u64>);

impl Versions {
    /// The count of an origin.
    pub(super) fn of(&self, origin: &Origin) -> u64 {
        self.0.get(origin).copied().unwrap_or(0)
    }

    pub(super) fn set(&mut self, origin: &Origin, count: u64) {
        // Usually present already: avoids a clone of the key.
        match self.0.get_mut(origin) {
            Some(old) => *old = count,
            None => drop(self.0.insert(origin.clone(), count)),
        }
    }

    /// Whether these include all values of `other`.
    pub(super) fn cover(&self, other: &Self) -> bool {
        other.0.iter().all(|(origin, count)| self.of(origin) >= *count)
    }

    /// Adds the values of `other`.
    pub(super) fn join(&mut self, other: &Self) {
        for (origin, count) in &other.0 {
            self.set(origin, self.of(origin).max(*count));
        }
    }

    /// Keeps only values that `other` has, too.
    pub(super) fn meet(&mut self, other: &Self) {
        // Both are sorted, and usually have the same origins.
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
