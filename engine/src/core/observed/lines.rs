//! Counts the wrong or odd lines of nodes, by node and kind, with the first of each.

use super::excerpt::excerpt;
use crate::message::NodeIndex;
use std::collections::BTreeMap;

/// How often a node printed a line of one kind, and the first of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineCount {
    /// Number of such lines.
    pub count: u64,
    /// The beginning of the first line, or of its odd part.
    pub excerpt: String,
}

/// Counts by node and kind.
#[derive(Debug)]
pub(super) struct LineCounts<K>(BTreeMap<(NodeIndex, K), LineCount>);

impl<K> Default for LineCounts<K> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Ord> LineCounts<K> {
    /// Counts a line; returns its excerpt if it is the first of its node and kind.
    pub(super) fn add(&mut self, node: NodeIndex, kind: K, line: &[u8]) -> Option<String> {
        let mut first = None;
        let count = self.0.entry((node, kind)).or_insert_with(|| {
            let excerpt = excerpt(line);
            first = Some(excerpt.clone());
            LineCount { count: 0, excerpt }
        });
        count.count += 1;
        first
    }

    pub(super) fn counts(&self) -> &BTreeMap<(NodeIndex, K), LineCount> {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_of_a_node_and_kind_is_quoted() {
        let mut counts = LineCounts::default();
        assert_eq!(counts.add(0, 'a', b"one").as_deref(), Some("one"));
        assert_eq!(counts.add(0, 'a', b"two"), None);
        assert_eq!(counts.add(0, 'b', b"three").as_deref(), Some("three"));
        assert_eq!(counts.add(1, 'a', b"four").as_deref(), Some("four"));
        let first = &counts.counts()[&(0, 'a')];
        assert_eq!((first.count, first.excerpt.as_str()), (2, "one"));
    }
}
