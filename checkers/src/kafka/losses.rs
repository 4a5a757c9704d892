//! Messages that should have been polled.

use super::error::KafkaError;
use super::logs::Logs;
use super::operations::Operations;
use crate::CheckerError;
use crate::clojure_order::{hash_rank, order_as_map};
use crate::excerpt::json;
use crate::number::NONE;
use crate::value_order::sort_by_value;
use glomers_history::{Kind, Value};
use rustc_hash::FxHashSet;
use std::collections::BTreeSet;

/// Maximum number of unseen messages of a key that a result lists.
const LISTED: usize = 32;

/// A message that no poll returned, though one returned a later message of that key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LostWrite {
    pub(super) message: u32,
    /// The highest index of the key that was polled.
    pub(super) highest: u32,
    /// The first entry that polled it.
    pub(super) max_read: Option<u32>,
}

/// Goes through the log of each polled key, up to the highest index that was polled.
pub(super) fn lost_writes(
    operations: &Operations<'_>,
    logs: &Logs,
) -> Result<Vec<LostWrite>, KafkaError> {
    let mut lost = Vec::new();
    let mut keys = operations.polled_keys.clone();
    order_as_map(&mut keys, |key| operations.key(*key).rank);
    for key in keys {
        let slots = logs.slots(key);
        let seen = slots.iter().flat_map(|slot| logs.seen(slot));
        let polled = seen.filter(|message| operations.message(**message).polled);
        // A message may be at many indices: only the first is certain.
        let Some(highest) = polled.map(|message| logs.position(*message).first).max() else {
            return Err(KafkaError::NoMessages { key: json(operations.key(key).value) });
        };
        // A message that is missed is missed at all its indices: it counts at the last one.
        let is_lost = |message: u32| {
            let message = operations.message(message);
            !message.polled && operations.committed(&operations.entries[message.writer as usize])
        };
        let last_of = |message: u32| logs.position(message).last;
        if !slots
            .iter()
            .flat_map(|slot| logs.seen(slot))
            .any(|&m| last_of(m) <= highest && is_lost(m))
        {
            continue;
        }
        let by_last_index = by_last_index(operations, logs, key);
        let expected = &by_last_index[..=highest as usize];
        let max_read = expected.last().and_then(|at_highest| at_highest.first());
        let max_read = max_read
            .map(|&message| operations.message(message).first_reader)
            .filter(|reader| *reader != NONE);
        let missed = expected.iter().flatten().copied().filter(|&message| is_lost(message));
        lost.extend(missed.map(|message| LostWrite { message, highest, max_read }));
    }
    Ok(lost)
}

/// The messages of a key by the index at which they were seen last, in the order of the reference.
///
/// The reference iterates over a map of messages, and adds each to a set at its index. If a higher
/// index came before, there is no set yet: it creates a list instead, which grows at its front.
fn by_last_index(operations: &Operations<'_>, logs: &Logs, key: u32) -> Vec<Vec<u32>> {
    let rank = |message: &u32| hash_rank(operations.message(*message).value);
    let slots = (0..).zip(logs.slots(key));
    let seen = slots.flat_map(|(index, slot)| logs.seen(slot).iter().map(move |&m| (index, m)));
    let first_seen = seen.filter(|&(index, message)| logs.position(message).first == index);
    let mut messages: Vec<u32> = first_seen.map(|(_, message)| message).collect();
    order_as_map(&mut messages, rank);
    let mut sets: Vec<Vec<u32>> = Vec::new();
    let mut lists: BTreeSet<usize> = BTreeSet::new();
    for message in messages {
        let index = logs.position(message).last as usize;
        if sets.len() <= index {
            lists.extend(sets.len()..index);
            sets.resize(index + 1, Vec::new());
        }
        sets[index].push(message);
    }
    for (index, set) in sets.iter_mut().enumerate() {
        if lists.contains(&index) {
            set.reverse();
        } else {
            set.sort_by_key(rank);
        }
    }
    sets
}

/// Acknowledged messages that no successful poll returned.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Unseen {
    /// Time of the last successful send or poll, in ns.
    pub(super) time: i64,
    /// The keys, sorted.
    pub(super) keys: Vec<UnseenKey>,
}

/// The unseen messages of a key.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct UnseenKey {
    pub(super) key: u32,
    pub(super) count: usize,
    /// The least unseen messages, sorted.
    pub(super) messages: Vec<u32>,
}

/// The messages that are unseen at the end; `None` if all were polled.
pub(super) fn unseen(operations: &Operations<'_>) -> Result<Option<Unseen>, CheckerError> {
    let last = operations.transactions().filter(|(_, entry)| entry.kind == Kind::Ok).last();
    let Some((last, last_entry)) = last else { return Ok(None) };
    let mut by_key: Vec<Vec<u32>> = vec![Vec::new(); operations.keys.len()];
    for (number, message) in (0..).zip(&operations.messages) {
        if message.acknowledged && !message.polled {
            by_key[message.key as usize].push(number);
        }
    }
    // A key that the very last operation polls, and that was neither sent nor polled before, counts
    // as unseen in the reference: it updates the unseen messages after each operation.
    let sent = operations.groups(&last_entry.sent);
    for group in operations.groups(&last_entry.polled) {
        let is_new = operations.key(group.key).first_ok == last;
        if is_new && sent.iter().all(|sent| sent.key != group.key) {
            let unseen = &mut by_key[group.key as usize];
            unseen.extend(operations.records(group).iter().map(|record| record.message));
            unseen.sort_unstable();
            unseen.dedup();
        }
    }
    let mut keys: Vec<(&Value, UnseenKey)> = Vec::new();
    for (key, mut messages) in (0..).zip(by_key).filter(|(_, messages)| !messages.is_empty()) {
        operations.sort_messages(&mut messages)?;
        let count = messages.len();
        messages.truncate(LISTED);
        keys.push((operations.key(key).value, UnseenKey { key, count, messages }));
    }
    sort_by_value(&mut keys, |(value, _)| value, "keys")?;
    let keys: Vec<UnseenKey> = keys.into_iter().map(|(_, unseen)| unseen).collect();
    let time = operations.operation(last).time;
    Ok((!keys.is_empty()).then_some(Unseen { time, keys }))
}

/// A message of a failed send that a successful poll returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AbortedRead {
    pub(super) message: u32,
    pub(super) reader: u32,
}

/// All aborted reads, one for each time that a message was polled.
pub(super) fn aborted_reads(operations: &Operations<'_>) -> Vec<AbortedRead> {
    let ok = operations.transactions().filter(|(_, entry)| entry.kind == Kind::Ok);
    ok.flat_map(|(reader, entry)| {
        let groups = operations.groups(&entry.polled).iter();
        let messages = groups.flat_map(|group| operations.records(group)).map(|r| r.message);
        let failed = messages.filter(|message| operations.message(*message).failed);
        failed.map(move |message| AbortedRead { message, reader })
    })
    .collect()
}

/// An operation that polled a message that it sent itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PrecommittedRead {
    pub(super) entry: u32,
    pub(super) message: u32,
}

/// The precommitted reads, at most one for each operation.
pub(super) fn precommitted_reads(operations: &Operations<'_>) -> Vec<PrecommittedRead> {
    let both =
        operations.transactions().filter(|(_, e)| !e.sent.is_empty() && !e.polled.is_empty());
    let own = both.filter_map(|(number, entry)| {
        let polled = operations.groups(&entry.polled).iter();
        let polled: FxHashSet<u32> =
            polled.flat_map(|group| operations.records(group)).map(|r| r.message).collect();
        let message = operations.groups(&entry.sent).iter().find_map(|group| {
            let sent = operations.records(group).iter().map(|record| record.message);
            let own = sent.filter(|message| polled.contains(message));
            own.min_by_key(|message| hash_rank(operations.message(*message).value))
        })?;
        Some(PrecommittedRead { entry: number, message })
    });
    own.collect()
}
