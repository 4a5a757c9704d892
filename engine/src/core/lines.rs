//! Counts the wrong or odd lines of nodes, by node and kind, with the first of each.

use super::Core;
use super::deafness::DeafCause;
use crate::event::{Event, Phase};
use crate::message::{BadLine, NodeIndex, OddLine};
use crate::time::Time;
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
    fn add(&mut self, node: NodeIndex, kind: K, line: &[u8]) -> Option<String> {
        let mut first = None;
        let count = self.0.entry((node, kind)).or_insert_with(|| {
            let excerpt = super::excerpt(line);
            first = Some(excerpt.clone());
            LineCount { count: 0, excerpt }
        });
        count.count += 1;
        first
    }
}

impl Core {
    /// Records that a node printed a line that cannot be delivered.
    pub fn bad_line(&mut self, now: Time, node: NodeIndex, kind: BadLine, line: &[u8]) {
        if let Some(excerpt) = self.bad_lines.add(node, kind, line) {
            let node = self.plan.nodes[node].clone();
            self.events.push((now, Event::BadLine { node, kind, excerpt }));
        }
        if kind.deafens() {
            self.deafen(now, node, DeafCause::BadLine(kind), line);
        }
    }

    /// Records that a node printed a line that is accepted although it is odd.
    pub(super) fn odd_line(&mut self, now: Time, node: NodeIndex, kind: OddLine, shown: &[u8]) {
        if let Some(excerpt) = self.odd_lines.add(node, kind, shown) {
            let node = self.plan.nodes[node].clone();
            self.events.push((now, Event::OddLine { node, kind, excerpt }));
        }
    }

    /// Records that a node printed this text and has not ended the line for a while.
    pub fn unfinished(&mut self, now: Time, node: NodeIndex, text: &[u8]) {
        if self.phase != Phase::Done && !self.node_states.is_dead(node) {
            self.odd_line(now, node, OddLine::Unfinished, text);
        }
    }

    /// Rejected lines, by node and kind.
    #[must_use]
    pub fn bad_lines(&self) -> &BTreeMap<(NodeIndex, BadLine), LineCount> {
        &self.bad_lines.0
    }

    /// Odd lines that were accepted, by node and kind.
    #[must_use]
    pub fn odd_lines(&self) -> &BTreeMap<(NodeIndex, OddLine), LineCount> {
        &self.odd_lines.0
    }
}
