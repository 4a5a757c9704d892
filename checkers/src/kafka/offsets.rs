//! Offsets that hold several messages, and messages at several offsets.

use super::logs::Logs;
use super::operations::Operations;
use crate::CheckerError;
use crate::clojure_order::hash_rank;
use crate::clojure_order::order_as_map;

/// An offset of a key at which different messages were seen.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct InconsistentOffset {
    pub(super) key: u32,
    pub(super) offset: i64,
    pub(super) index: u32,
    /// The messages, sorted.
    pub(super) messages: Vec<u32>,
}

/// All inconsistent offsets, key by key.
pub(super) fn inconsistent_offsets(
    operations: &Operations<'_>,
    logs: &Logs,
) -> Result<Vec<InconsistentOffset>, CheckerError> {
    let mut inconsistent = Vec::new();
    for key in &logs.order {
        for (index, slot) in (0..).zip(logs.slots(*key)) {
            let seen = logs.seen(slot);
            if seen.len() > 1 {
                let mut messages = seen.to_vec();
                operations.sort_messages(&mut messages)?;
                inconsistent.push(InconsistentOffset {
                    key: *key,
                    offset: slot.offset,
                    index,
                    messages,
                });
            }
        }
    }
    Ok(inconsistent)
}

/// A message that was seen at several offsets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Duplicate {
    pub(super) message: u32,
    /// Number of offsets.
    pub(super) count: u32,
}

/// All duplicates, key by key.
pub(super) fn duplicates(operations: &Operations<'_>, logs: &Logs) -> Vec<Duplicate> {
    let mut duplicates = Vec::new();
    for key in &logs.order {
        let seen = logs.slots(*key).iter().flat_map(|slot| logs.seen(slot));
        if !seen.clone().any(|message| logs.position(*message).count > 1) {
            continue;
        }
        // Each message once, at its first index.
        let slots = (0..).zip(logs.slots(*key));
        let mut messages: Vec<u32> = slots
            .flat_map(|(index, slot)| logs.seen(slot).iter().map(move |message| (index, *message)))
            .filter(|(index, message)| logs.position(*message).first == *index)
            .map(|(_, message)| message)
            .collect();
        order_as_map(&mut messages, |message| hash_rank(operations.message(*message).value));
        let counted = messages
            .into_iter()
            .map(|message| Duplicate { message, count: logs.position(message).count });
        duplicates.extend(counted.filter(|duplicate| duplicate.count > 1));
    }
    duplicates
}

/// The offsets at which a message was seen.
pub(super) fn offsets_of(operations: &Operations<'_>, logs: &Logs, message: u32) -> Vec<i64> {
    let slots = logs.slots(operations.message(message).key).iter();
    let of_message = slots.filter(|slot| logs.seen(slot).contains(&message));
    of_message.map(|slot| slot.offset).collect()
}
