//! Sends and polls whose order differs from that of the log, or that skip messages.
//!
//! Internal ones are within an operation, external ones between two operations of a process.

use super::logs::Logs;
use super::operations::{Entry, Operations, Role};
use crate::clojure_order::{hash_rank, order_as_map};
use glomers_history::{Kind, Value};
use rustc_hash::{FxHashMap, FxHashSet};
use std::ops::Range;

/// Two successive messages of a key that are not neighbours in its log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Jump {
    /// The first message ...
    pub(super) from: u32,
    /// ... and the next.
    pub(super) to: u32,
    /// Distance between the two in the log; 1 is correct.
    pub(super) delta: i64,
    /// The entry that contains the first ...
    pub(super) earlier: u32,
    /// ... and the one that contains the next.
    pub(super) later: u32,
}

/// Forward jumps, and backward jumps (or repetitions).
#[derive(Debug, Default)]
pub(super) struct Jumps {
    pub(super) skips: Vec<Jump>,
    pub(super) nonmonotonic: Vec<Jump>,
}

impl Jumps {
    fn check(&mut self, logs: &Logs, entries: [u32; 2], messages: [u32; 2]) {
        let [from, to] = messages;
        // Messages without an index are assumed to be in order.
        let delta = logs.distance(from, to).unwrap_or(1);
        let [earlier, later] = entries;
        let jump = Jump { from, to, delta, earlier, later };
        match delta {
            1 => {}
            2.. => self.skips.push(jump),
            _ => self.nonmonotonic.push(jump),
        }
    }
}

/// Jumps between messages of a key that one operation polled.
pub(super) fn within_polls(operations: &Operations<'_>, logs: &Logs) -> Jumps {
    let mut jumps = Jumps::default();
    for (number, entry) in operations.transactions() {
        let groups = operations.groups(&entry.polled);
        let rebalanced =
            if groups.is_empty() { FxHashSet::default() } else { rebalanced(operations, number) };
        for group in groups {
            // After a new assignment of the key, a process may begin anywhere.
            if rebalanced.contains(operations.key(group.key).value) {
                continue;
            }
            for pair in operations.records(group).windows(2) {
                jumps.check(logs, [number; 2], [pair[0].message, pair[1].message]);
            }
        }
    }
    jumps
}

/// Keys in the `:rebalance-log` of an operation, which subscribers have.
fn rebalanced<'h>(operations: &Operations<'h>, entry: u32) -> FxHashSet<&'h Value> {
    let Some(detail) = &operations.operation(entry).detail else { return FxHashSet::default() };
    let logs = detail.other.iter().filter(|(name, _)| name == "rebalance-log");
    let events = logs.flat_map(|(_, log)| log.elements().unwrap_or_default());
    let keys = events.filter_map(|event| event.get("keys")?.elements());
    keys.flatten().collect()
}

/// Jumps between messages that one operation sent to a key.
pub(super) fn within_sends(operations: &Operations<'_>, logs: &Logs) -> Jumps {
    let mut jumps = Jumps::default();
    for (number, entry) in operations.transactions() {
        for group in operations.groups(&entry.sent) {
            for pair in operations.records(group).windows(2) {
                jumps.check(logs, [number; 2], [pair[0].message, pair[1].message]);
            }
        }
    }
    jumps
}

/// Jumps from the last message of one poll to the first of the next, by process.
pub(super) fn between_polls(operations: &Operations<'_>, logs: &Logs) -> Jumps {
    let polls = Succession {
        groups: |entry| &entry.polled,
        is_checked: |_| true,
        is_remembered: |kind| kind == Kind::Ok,
    };
    polls.jumps(operations, logs)
}

/// Jumps back from one send to the next, by process. Sends of others in between are allowed.
pub(super) fn between_sends(operations: &Operations<'_>, logs: &Logs) -> Vec<Jump> {
    let sends = Succession {
        groups: |entry| &entry.sent,
        is_checked: |kind| kind != Kind::Fail,
        is_remembered: |kind| kind != Kind::Fail,
    };
    sends.jumps(operations, logs).nonmonotonic
}

/// Which operations of a process follow each other.
struct Succession {
    groups: fn(&Entry) -> &Range<u32>,
    /// Whether an operation of this kind is compared with the one before.
    is_checked: fn(Kind) -> bool,
    /// Whether the next operation is compared with one of this kind.
    is_remembered: fn(Kind) -> bool,
}

impl Succession {
    fn jumps(&self, operations: &Operations<'_>, logs: &Logs) -> Jumps {
        let mut jumps = Jumps::default();
        // By key: the entry that sent or polled it last, and its last message.
        let mut last: FxHashMap<u32, (u32, Option<u32>)> = FxHashMap::default();
        for process in by_process(operations) {
            last.clear();
            for number in process {
                let entry = &operations.entries[number as usize];
                if entry.role != Role::Transaction {
                    // Keys that stay assigned continue at their position.
                    let assigned = operations.assigned(entry);
                    let kept = assigned.iter().filter_map(|key| Some((*key, *last.get(key)?)));
                    last = kept.collect();
                    continue;
                }
                if !(self.is_checked)(entry.kind) {
                    continue;
                }
                for group in operations.groups((self.groups)(entry)) {
                    let records = operations.records(group);
                    if let (Some((earlier, Some(from))), Some(to)) =
                        (last.get(&group.key), records.first())
                    {
                        jumps.check(logs, [*earlier, number], [*from, to.message]);
                    }
                    if (self.is_remembered)(entry.kind) {
                        let message = records.last().map(|record| record.message);
                        last.insert(group.key, (number, message));
                    }
                }
            }
        }
        jumps
    }
}

/// The entries of each process, in the order in which the reference lists processes.
fn by_process(operations: &Operations<'_>) -> Vec<Vec<u32>> {
    let mut entries: Vec<(u64, Vec<u32>)> = operations
        .processes
        .iter()
        .map(|process| (hash_rank(&Value::from(*process)), Vec::new()))
        .collect();
    for (number, entry) in (0..).zip(&operations.entries) {
        entries[entry.process as usize].1.push(number);
    }
    order_as_map(&mut entries, |(rank, _)| *rank);
    entries.into_iter().map(|(_, entries)| entries).collect()
}
