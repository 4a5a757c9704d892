//! Counts the messages to clients that answer none of their requests, with the first of each kind.

use crate::message::NodeIndex;
use crate::time::Time;
use crate::unmatched::{UnmatchedCount, UnmatchedKind, UnmatchedReply};
use std::collections::BTreeMap;
use std::time::Duration;

/// Messages that answer no request, by node and reason.
#[derive(Debug)]
pub(super) struct Unmatched {
    counts: BTreeMap<(NodeIndex, UnmatchedKind), UnmatchedCount>,
    /// By node: the first message to the client of `init` that did not answer its request, and when
    /// it arrived.
    first_to_init: Vec<Option<(Time, String)>>,
}

/// A message that was intended as an answer and can never be accepted as one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mistake {
    /// What is wrong with the node's first message of that kind, as a sentence about the node.
    pub(super) text: String,
    /// Whether no node sent a message of that kind before.
    pub(super) is_first_of_kind: bool,
}

impl Unmatched {
    pub(super) fn new(nodes: usize) -> Self {
        Self { counts: BTreeMap::new(), first_to_init: vec![None; nodes] }
    }

    pub(super) fn counts(&self) -> &BTreeMap<(NodeIndex, UnmatchedKind), UnmatchedCount> {
        &self.counts
    }

    /// Counts a message; `None` if it may be the answer to an earlier request.
    pub(super) fn add(
        &mut self,
        node: NodeIndex,
        kind: UnmatchedKind,
        first: impl FnOnce() -> UnmatchedReply,
    ) -> Option<Mistake> {
        let is_first_of_kind = !self.counts.keys().any(|(_, known)| *known == kind);
        let count = self
            .counts
            .entry((node, kind))
            .or_insert_with(|| UnmatchedCount { count: 0, first: first() });
        count.count += 1;
        kind.is_mistake().then(|| {
            let text = format!("{}: {}", count.first, count.first.body);
            Mistake { text, is_first_of_kind }
        })
    }

    /// Records a mistake instead of the answer to `init`.
    pub(super) fn instead_of_init(&mut self, time: Time, node: NodeIndex, text: String) {
        self.first_to_init[node].get_or_insert((time, text));
    }

    /// What the node first sent instead of the answer to `init`.
    pub(super) fn sent_to_init(&self, node: NodeIndex) -> Option<&str> {
        self.first_to_init[node].as_ref().map(|(_, text)| text.as_str())
    }

    /// A node that sent something else instead of the answer to `init`, at least this long ago.
    pub(super) fn misanswered_init(
        &self,
        now: Time,
        patience: Duration,
    ) -> Option<(NodeIndex, &str)> {
        self.first_to_init.iter().enumerate().find_map(|(node, first)| {
            let (time, text) = first.as_ref()?;
            (now.since(*time) >= patience).then_some((node, text.as_str()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(kind: UnmatchedKind, body: &str) -> UnmatchedReply {
        let (client, found) = ("c0".to_owned(), String::new());
        UnmatchedReply { kind, client, found, open: None, body: body.to_owned() }
    }

    #[test]
    fn mistakes_quote_the_first_of_their_node_and_kind() {
        let mut unmatched = Unmatched::new(2);
        let missing = UnmatchedKind::Missing;
        let mut add = |node, body| unmatched.add(node, missing, || reply(missing, body)).unwrap();
        let (first, again, other) = (add(0, "{\"a\":1}"), add(0, "{\"a\":2}"), add(1, "{}"));
        assert!(first.is_first_of_kind && !again.is_first_of_kind && !other.is_first_of_kind);
        assert!(first.text.ends_with(": {\"a\":1}"), "{}", first.text);
        assert_eq!(first.text, again.text);
        assert_eq!(unmatched.counts()[&(0, missing)].count, 2);
        let late = UnmatchedKind::TooLate;
        assert_eq!(unmatched.add(0, late, || reply(late, "{}")), None);
    }

    #[test]
    fn the_first_message_instead_of_init_counts() {
        let at = Time::from_nanos;
        let mut unmatched = Unmatched::new(2);
        unmatched.instead_of_init(at(5), 1, "first".to_owned());
        unmatched.instead_of_init(at(6), 1, "second".to_owned());
        assert_eq!((unmatched.sent_to_init(0), unmatched.sent_to_init(1)), (None, Some("first")));
        let patience = Duration::from_nanos(10);
        assert_eq!(unmatched.misanswered_init(at(14), patience), None);
        assert_eq!(unmatched.misanswered_init(at(15), patience), Some((1, "first")));
    }
}
