//! The log of each key: which messages were seen at which offset.
//!
//! Offsets may have gaps. The index of a message is its position in the log without the gaps; of
//! several messages at one offset, the first represents all.

use super::operations::Operations;
use crate::bifurcan_order::order_as_set;
use crate::clojure_order::{hash_rank, order_as_map};
use crate::java_hash::hash_code;
use crate::number::{NONE, number};
use glomers_history::Kind;
use std::ops::Range;

/// The messages seen at one offset of a key.
#[derive(Debug, Clone)]
pub(super) struct Slot {
    pub(super) offset: i64,
    /// A range of [`Logs::seen`], never empty, in the order of a hash set.
    seen: Range<u32>,
}

/// The indices of a message in the log of its key; [`NONE`] if it has none.
#[derive(Debug, Clone, Copy)]
pub(super) struct LogPosition {
    /// The last index that it represents.
    pub(super) index: u32,
    /// The first index at which it was seen.
    pub(super) first: u32,
    /// The last index at which it was seen.
    pub(super) last: u32,
    /// Number of indices at which it was seen.
    pub(super) count: u32,
}

/// The logs of all keys.
#[derive(Debug)]
pub(super) struct Logs {
    /// By key: a range of slots.
    keys: Vec<Range<u32>>,
    slots: Vec<Slot>,
    seen: Vec<u32>,
    positions: Vec<LogPosition>,
    /// Keys that have a log, in the reference's order.
    pub(super) order: Vec<u32>,
}

impl Logs {
    /// Builds the logs from all polls, whatever their outcome, and the sends that surely happened.
    pub(super) fn of(operations: &Operations<'_>) -> Self {
        let mut sightings = sightings(operations);
        sightings.sort_unstable();
        sightings.dedup();
        let nowhere = LogPosition { index: NONE, first: NONE, last: NONE, count: 0 };
        let mut logs = Self {
            keys: vec![0..0; operations.keys.len()],
            slots: Vec::new(),
            seen: Vec::with_capacity(sightings.len()),
            positions: vec![nowhere; operations.messages.len()],
            order: Vec::new(),
        };
        for of_key in sightings.chunk_by(|a, b| a.0 == b.0) {
            logs.add_key(operations, of_key);
        }
        // The reference keeps the logs in a Bifurcan map before it moves them to one of Clojure.
        let hash = |key: u32| hash_code(operations.key(key).value);
        logs.order = order_as_set(logs.order.iter().map(|&key| (hash(key), key)));
        order_as_map(&mut logs.order, |key| operations.key(*key).rank);
        logs
    }

    fn add_key(&mut self, operations: &Operations<'_>, of_key: &[(u32, i64, u32)]) {
        let key = of_key[0].0;
        let first_slot = number(self.slots.len());
        // The reference's logs begin at offset 0.
        let from_zero = of_key.iter().position(|sighting| sighting.1 >= 0);
        let of_key = &of_key[from_zero.unwrap_or(of_key.len())..];
        for (index, at_offset) in (0..).zip(of_key.chunk_by(|a, b| a.1 == b.1)) {
            let start = self.seen.len();
            self.seen.extend(at_offset.iter().map(|sighting| sighting.2));
            if at_offset.len() > 1 {
                self.seen[start..].sort_by_key(|m| hash_rank(operations.message(*m).value));
            }
            for message in &self.seen[start..] {
                let position = &mut self.positions[*message as usize];
                position.first = position.first.min(index);
                position.last = index;
                position.count += 1;
            }
            self.positions[self.seen[start] as usize].index = index;
            let seen = number(start)..number(self.seen.len());
            self.slots.push(Slot { offset: at_offset[0].1, seen });
        }
        self.keys[key as usize] = first_slot..number(self.slots.len());
        self.order.push(key);
    }

    /// The offsets of a key at which something was seen, by index.
    pub(super) fn slots(&self, key: u32) -> &[Slot] {
        let range = &self.keys[key as usize];
        &self.slots[range.start as usize..range.end as usize]
    }

    /// The messages seen at an offset.
    pub(super) fn seen(&self, slot: &Slot) -> &[u32] {
        &self.seen[slot.seen.start as usize..slot.seen.end as usize]
    }

    /// The messages that represent these indices of a key.
    pub(super) fn standing(&self, key: u32, indices: Range<u32>) -> impl Iterator<Item = u32> {
        let slots = &self.slots(key)[indices.start as usize..indices.end as usize];
        slots.iter().map(|slot| self.seen[slot.seen.start as usize])
    }

    pub(super) fn position(&self, message: u32) -> LogPosition {
        self.positions[message as usize]
    }

    /// Distance from the first message to the second; `None` if either has no index.
    pub(super) fn distance(&self, first: u32, second: u32) -> Option<i64> {
        let index = |message| Some(self.position(message).index).filter(|index| *index != NONE);
        Some(i64::from(index(second)?) - i64::from(index(first)?))
    }
}

/// Key, offset and message of every sighting.
fn sightings(operations: &Operations<'_>) -> Vec<(u32, i64, u32)> {
    // Most sightings repeat what is known: a message at the offset where it was seen last.
    let mut known: Vec<Option<i64>> = vec![None; operations.messages.len()];
    let mut sightings = Vec::with_capacity(operations.messages.len());
    for (_, entry) in operations.transactions() {
        let sent = if operations.committed(entry) { entry.sent.clone() } else { 0..0 };
        debug_assert!(entry.kind != Kind::Invoke, "only completions are entries");
        for group in operations.groups(&entry.polled).iter().chain(operations.groups(&sent)) {
            for record in operations.records(group) {
                let known = &mut known[record.message as usize];
                if let (Some(offset), true) = (record.offset, *known != record.offset) {
                    sightings.push((group.key, offset, record.message));
                    *known = record.offset;
                }
            }
        }
    }
    sightings
}
