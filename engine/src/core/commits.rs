//! Kafka: whether nodes list the offsets that they acknowledged as committed. The reference asks,
//! and overlooks the answer.

use crate::NodeIndex;
use glomers_history::Value;
use smol_str::SmolStr;
use std::collections::{BTreeMap, VecDeque};

/// Commits of a key that a node acknowledged and may still list, the last included: clients commit
/// side by side.
const RECENT: usize = 8;

/// Committed offsets that a node acknowledged and then did not list.
#[derive(Debug, Clone, PartialEq)]
pub struct ForgottenCommits {
    /// Keys that a node was asked about after it had acknowledged a commit for them: how often.
    pub asked: u64,
    /// How often it listed none, or an older offset.
    pub forgotten: u64,
    /// The node that was the first.
    pub node: NodeIndex,
    /// The key.
    pub key: SmolStr,
    /// The offset that it had acknowledged last.
    pub committed: i64,
    /// What it listed; None if nothing.
    pub listed: Option<i64>,
    /// When it did: nanoseconds since the test began.
    pub time: i64,
}

/// What nodes acknowledged.
#[derive(Debug, Default)]
pub(super) struct Commits {
    /// By node and key, the latest offsets, the last at the end.
    acknowledged: BTreeMap<(NodeIndex, SmolStr), VecDeque<i64>>,
    /// Offsets that a worker is committing.
    open: BTreeMap<u32, Value>,
    /// Keys that a worker asks for, with the offset that its node had acknowledged last.
    asking: BTreeMap<u32, Vec<(SmolStr, i64)>>,
    asked: u64,
    first: Option<ForgottenCommits>,
    forgotten: u64,
}

impl Commits {
    /// A worker sends a commit.
    pub(super) fn committing(&mut self, worker: u32, offsets: &Value) {
        self.open.insert(worker, offsets.clone());
    }

    /// The node acknowledged the commit of the worker.
    pub(super) fn committed(&mut self, worker: u32, node: NodeIndex) {
        let Some(Value::Map(offsets)) = self.open.remove(&worker) else { return };
        for (key, offset) in offsets {
            let (Value::Str(key), Some(offset)) = (key, offset.as_int()) else { continue };
            let recent = self.acknowledged.entry((node, key)).or_default();
            if recent.len() == RECENT {
                recent.pop_front();
            }
            recent.push_back(offset);
        }
    }

    /// A worker asks its node for the committed offsets of these keys.
    pub(super) fn asks(&mut self, worker: u32, node: NodeIndex, keys: &Value) {
        let keys = keys.elements().unwrap_or_default().iter();
        let last = |key: &Value| {
            let Value::Str(key) = key else { return None };
            let recent = self.acknowledged.get(&(node, key.clone()))?;
            Some((key.clone(), *recent.back()?))
        };
        let asked = keys.filter_map(last).collect();
        self.asking.insert(worker, asked);
    }

    /// The node listed committed offsets for the worker.
    pub(super) fn listed(&mut self, time: i64, worker: u32, node: NodeIndex, offsets: &Value) {
        for (key, committed) in self.asking.remove(&worker).unwrap_or_default() {
            self.asked += 1;
            let listed = match offsets {
                Value::Map(entries) => {
                    let entry = entries.iter().find(|(name, _)| *name == Value::Str(key.clone()));
                    entry.and_then(|(_, offset)| offset.as_int())
                }
                _ => None,
            };
            let recent = self.acknowledged.get(&(node, key.clone()));
            let is_known = listed.is_some_and(|listed| {
                listed >= committed || recent.is_some_and(|recent| recent.contains(&listed))
            });
            if is_known {
                continue;
            }
            self.forgotten += 1;
            let (asked, forgotten) = (0, 0);
            self.first.get_or_insert(ForgottenCommits {
                asked,
                forgotten,
                node,
                key,
                committed,
                listed,
                time,
            });
        }
    }

    /// What was forgotten; None if nothing was.
    pub(super) fn forgotten(&self) -> Option<ForgottenCommits> {
        let first = self.first.clone()?;
        Some(ForgottenCommits { asked: self.asked, forgotten: self.forgotten, ..first })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offsets(entries: &[(&str, i64)]) -> Value {
        let entry = |(key, offset): &(&str, i64)| (Value::str(key), Value::Int(*offset));
        Value::Map(entries.iter().map(entry).collect())
    }

    fn commits() -> Commits {
        let mut commits = Commits::default();
        for offset in [3, 5] {
            commits.committing(0, &offsets(&[("k", offset), ("l", 1)]));
            commits.committed(0, 0);
        }
        commits
    }

    fn after(listed: &[(&str, i64)]) -> Option<ForgottenCommits> {
        let mut commits = commits();
        commits.asks(1, 0, &Value::Vector(vec![Value::str("k"), Value::str("new")]));
        commits.listed(9, 1, 0, &offsets(listed));
        commits.forgotten()
    }

    #[test]
    fn what_was_acknowledged_must_be_listed_or_what_came_just_before() {
        for listed in [3, 5, 7] {
            assert_eq!(after(&[("k", listed)]), None);
        }
        let forgotten = after(&[("l", 1)]).unwrap();
        assert_eq!((forgotten.asked, forgotten.forgotten, forgotten.listed), (1, 1, None));
        assert_eq!((forgotten.key.as_str(), forgotten.committed, forgotten.time), ("k", 5, 9));
        assert_eq!(after(&[("k", 0)]).unwrap().listed, Some(0));
    }

    #[test]
    fn a_commit_that_was_acknowledged_after_the_question_counts_for_the_next() {
        let mut commits = Commits::default();
        commits.asks(1, 0, &Value::Vector(vec![Value::str("k")]));
        commits.committing(0, &offsets(&[("k", 2)]));
        commits.committed(0, 0);
        commits.listed(9, 1, 0, &offsets(&[]));
        assert_eq!(commits.forgotten(), None);
        // Another node may not know of it yet.
        commits.asks(2, 1, &Value::Vector(vec![Value::str("k")]));
        commits.listed(9, 2, 1, &offsets(&[]));
        assert_eq!(commits.forgotten(), None);
        commits.asks(1, 0, &Value::Vector(vec![Value::str("k")]));
        commits.listed(9, 1, 0, &offsets(&[]));
        assert_eq!(commits.forgotten().map(|it| it.asked), Some(1));
    }
}
