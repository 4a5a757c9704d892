//! A map and a set with the same order in every run.
//!
//! The standard library's `HashMap` and `HashSet` have a different order in each run, even with the
//! same seed: a node that sends, answers or evicts in that order is not reproducible. These types
//! are as fast, and keep the order of insertion. For sorted data, `BTreeMap` and `BTreeSet` are
//! equally suitable.

use indexmap::{IndexMap, IndexSet, map, set};
use serde::{Deserialize, Serialize};
use std::hash::Hash;
use std::ops::{Deref, DerefMut};

/// A hash map in the order of insertion: an [`IndexMap`], with a `remove` like that of `HashMap`.
///
/// ```
/// let mut seen = glomers_node::Map::new();
/// seen.insert("n2", 7);
/// *seen.entry("n1").or_insert(0) += 1;
/// assert_eq!(seen.iter().collect::<Vec<_>>(), [(&"n2", &7), (&"n1", &1)]);
/// assert_eq!(seen.remove("n2"), Some(7));
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
#[serde(bound(
    serialize = "K: Serialize, V: Serialize",
    deserialize = "K: Deserialize<'de> + Eq + Hash, V: Deserialize<'de>"
))]
pub struct Map<K, V>(IndexMap<K, V>);

/// A hash set in the order of insertion: an [`IndexSet`], with a `remove` like that of `HashSet`.
///
/// ```
/// let mut values: glomers_node::Set<i64> = [3, 1, 2].into();
/// assert!(!values.insert(1));
/// assert!(values.remove(&1));
/// assert_eq!(values.iter().sum::<i64>(), 5);
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
#[serde(bound(serialize = "T: Serialize", deserialize = "T: Deserialize<'de> + Eq + Hash"))]
pub struct Set<T>(IndexSet<T>);

impl<K, V> Map<K, V> {
    /// An empty map.
    #[must_use]
    pub fn new() -> Self {
        Self(IndexMap::new())
    }
}

impl<K: Eq + Hash, V> Map<K, V> {
    /// Removes an entry. The last entry moves to its index.
    pub fn remove<Q: ?Sized + Hash + indexmap::Equivalent<K>>(&mut self, key: &Q) -> Option<V> {
        self.0.swap_remove(key)
    }
}

impl<T> Set<T> {
    /// An empty set.
    #[must_use]
    pub fn new() -> Self {
        Self(IndexSet::new())
    }
}

impl<T: Eq + Hash> Set<T> {
    /// Removes a value; returns whether it was present. The last value moves to its index.
    pub fn remove<Q: ?Sized + Hash + indexmap::Equivalent<T>>(&mut self, value: &Q) -> bool {
        self.0.swap_remove(value)
    }
}

impl<K, V> Default for Map<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Default for Set<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K, V> Deref for Map<K, V> {
    type Target = IndexMap<K, V>;

    fn deref(&self) -> &IndexMap<K, V> {
        &self.0
    }
}

impl<K, V> DerefMut for Map<K, V> {
    fn deref_mut(&mut self) -> &mut IndexMap<K, V> {
        &mut self.0
    }
}

impl<T> Deref for Set<T> {
    type Target = IndexSet<T>;

    fn deref(&self) -> &IndexSet<T> {
        &self.0
    }
}

impl<T> DerefMut for Set<T> {
    fn deref_mut(&mut self) -> &mut IndexSet<T> {
        &mut self.0
    }
}

impl<K: Eq + Hash, V: PartialEq> PartialEq for Map<K, V> {
    /// Independent of the order.
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<K: Eq + Hash, V: Eq> Eq for Map<K, V> {}

impl<T: Eq + Hash> PartialEq for Set<T> {
    /// Independent of the order.
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<T: Eq + Hash> Eq for Set<T> {}

impl<K: Eq + Hash, V> FromIterator<(K, V)> for Map<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        Self(entries.into_iter().collect())
    }
}

impl<T: Eq + Hash> FromIterator<T> for Set<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        Self(values.into_iter().collect())
    }
}

impl<K: Eq + Hash, V, const N: usize> From<[(K, V); N]> for Map<K, V> {
    fn from(entries: [(K, V); N]) -> Self {
        entries.into_iter().collect()
    }
}

impl<T: Eq + Hash, const N: usize> From<[T; N]> for Set<T> {
    fn from(values: [T; N]) -> Self {
        values.into_iter().collect()
    }
}

impl<K: Eq + Hash, V> Extend<(K, V)> for Map<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        self.0.extend(entries);
    }
}

impl<T: Eq + Hash> Extend<T> for Set<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, values: I) {
        self.0.extend(values);
    }
}

impl<K, V> IntoIterator for Map<K, V> {
    type Item = (K, V);
    type IntoIter = map::IntoIter<K, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a, K, V> IntoIterator for &'a Map<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = map::Iter<'a, K, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<'a, K, V> IntoIterator for &'a mut Map<K, V> {
    type Item = (&'a K, &'a mut V);
    type IntoIter = map::IterMut<'a, K, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter_mut()
    }
}

impl<T> IntoIterator for Set<T> {
    type Item = T;
    type IntoIter = set::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a Set<T> {
    type Item = &'a T;
    type IntoIter = set::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_that_of_insertion_in_every_run() {
        let keys: Vec<i64> = (0..100).map(|number| number * 37 % 101).collect();
        let set: Set<i64> = keys.iter().copied().collect();
        assert!(set.iter().eq(&keys));
        let map: Map<i64, ()> = keys.iter().map(|key| (*key, ())).collect();
        assert!(map.keys().eq(&keys));
        let mut seen = Vec::new();
        for value in &set {
            seen.push(*value);
        }
        assert_eq!(seen, keys);
    }

    #[test]
    fn what_is_removed_makes_room_for_the_last() {
        let mut set = Set::from(["a", "b", "c"]);
        assert!(set.remove("a") && !set.remove("a"));
        assert!(set.into_iter().eq(["c", "b"]));
        let mut map = Map::from([(1, "a"), (2, "b"), (3, "c")]);
        assert_eq!(map.remove(&1), Some("a"));
        assert_eq!(map, Map::from([(2, "b"), (3, "c")]));
    }

    #[test]
    fn they_are_json_as_maps_and_lists() {
        let set: Set<u8> = serde_json::from_str("[3,1,3]").unwrap();
        assert_eq!(serde_json::to_string(&set).unwrap(), "[3,1]");
        let map: Map<String, u8> = serde_json::from_str("{\"b\":1,\"a\":2}").unwrap();
        assert_eq!(serde_json::to_string(&map).unwrap(), "{\"b\":1,\"a\":2}");
    }
}
