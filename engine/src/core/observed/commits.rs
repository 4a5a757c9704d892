//! Kafka: checks whether nodes list the offsets that they acknowledged as committed. The reference
//! requests the list and ignores the reply.

use crate::NodeIndex;
use glomers_history::Value;
use smol_str::SmolStr;
use std::collections::{BTreeMap, VecDeque};

/// Number of acknowledged commits per key that a node may list, including the last. Clients commit
/// concurrently, so it need not be the last.
const RECENT: usize = 8;

/// Committed offsets that a node acknowledged and then did not list.
#[derive(Debug, Clone, PartialEq)]
pub struct ForgottenCommits {
    /// How often a node was asked about a key for which it had acknowledged a commit.
    pub asked: u64,
    /// How often it listed no offset, or an older one.
    pub forgotten: u64,
    /// The first node that did.
    pub node: NodeIndex,
    /// The key.
    pub key: SmolStr,
    /// The latest offset that it had acknowledged.
    pub committed: i64,
    /// The offset that it listed; `None` if it listed none.
    pub listed: Option<i64>,
    /// When it answered, in nanoseconds since the test began.
    pub time: i64,
}

/// Offsets that nodes acknowledged as committed.
#[derive(Debug, Default)]
pub(super) struct Commits {
    /// By node and key: the most recent offsets, the latest last.
    acknowledged: BTreeMap<(NodeIndex, SmolStr), VecDeque<i64>>,
    /// By worker: the offsets of its open commit.
    open: BTreeMap<u32, Value>,
    /// By worker: the keys of its open request, each with the latest offset that its node had
    /// acknowledged.
    asking: BTreeMap<u32, Vec<(SmolStr, i64)>>,
    asked: u64,
    first: Option<ForgottenCommits>,
    forgotten: u64,
}

impl Commits {
    /// Records that a worker sends a commit.
    pub(super) fn committing(&mut self, worker: u32, offsets: &Value) {
        self.open.insert(worker, offsets.clone());
    }

    /// Records that the node acknowledged the worker's commit.
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

    /// Records that a worker requests the committed offsets of these keys.
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

    /// Records the committed offsets that the node listed for the worker.
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

    /// The forgotten commits; `None` if there are none.
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
        // Another node may not have received it yet.
        commits.asks(2, 1, &Value::Vector(vec![Value::str("k")]));
        commits.listed(9, 2, 1, &offsets(&[]));
        assert_eq!(commits.forgotten(), None);
        commits.asks(1, 0, &Value::Vector(vec![Value::str("k")]));
        commits.listed(9, 1, 0, &offsets(&[]));
        assert_eq!(commits.forgotten().map(|it| it.asked), Some(1));
    }
}
