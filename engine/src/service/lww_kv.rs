//! `lww-kv`: a key-value store with several replicas, in which the last write wins.
//!
//! Each request goes to a random replica. The guarantees depend on
//! [`Services`](glomers_config::Services):
//!
//! - reference, [`Apart`]: none. There are two replicas, whose merge is computed and then
//!   discarded, so they never converge. Its `cas` ignores `create_if_not_exists`.
//! - documented, [`Merging`]: five replicas. With each request, one replica takes over the changes
//!   of another, so that they converge if writes end and requests continue. Of two writes the one
//!   with the higher timestamp wins. These are Lamport timestamps, so a write through a replica
//!   that lags behind can lose to an older write.

use super::key_value::{self, Action, KeyValueRequest};
use super::{Reply, Service};
use crate::Random;
use crate::message::Address;
use glomers_history::{ErrorCode, Value};
use std::collections::{BTreeMap, BTreeSet};

const NAME: &str = "lww-kv";
/// Number of replicas in the reference.
const REPLICAS_APART: usize = 2;
/// Number of replicas in the reference's documentation.
const REPLICAS_MERGING: usize = 5;

/// Replicas that do not exchange changes.
#[derive(Debug, Default)]
pub(super) struct Apart {
    replicas: [BTreeMap<Value, Value>; REPLICAS_APART],
}

impl Service for Apart {
    fn name(&self) -> &'static str {
        NAME
    }

    fn requests(&self) -> &'static str {
        key_value::REQUESTS
    }

    fn missing_field(&self, body: &Value) -> Option<&'static str> {
        key_value::missing_field(body)
    }

    fn handle(&mut self, _src: Address, body: &Value, random: &mut Random) -> Option<Reply> {
        let mut request = KeyValueRequest::read(body)?;
        let replica = &mut self.replicas[random.index(REPLICAS_APART)];
        let current = replica.get(&request.key);
        if let Action::CompareAndSet { from, create, .. } = &mut request.action {
            *create = false;
            if let Some(current) = current.filter(|current| *current != from) {
                // The error text differs from that of the other stores.
                let text = key_value::mismatch(current, &bare(from));
                return Some(key_value::error(ErrorCode::PRECONDITION_FAILED, &text).reply);
            }
        }
        let answer = request.answer(current);
        if let Some(value) = answer.written {
            replica.insert(request.key, value);
        }
        Some(answer.reply)
    }
}

/// A value as Clojure's `str` prints it: strings without quotes, and an empty text for nil.
fn bare(value: &Value) -> String {
    match value {
        Value::Nil => String::new(),
        Value::Str(text) => text.to_string(),
        other => other.to_string(),
    }
}

/// Replicas that exchange changes.
#[derive(Debug, Default)]
pub(super) struct Merging {
    replicas: [Replica; REPLICAS_MERGING],
}

#[derive(Debug, Default)]
struct Replica {
    clock: u64,
    values: BTreeMap<Value, Written>,
    /// For each other replica: the keys that changed here since that replica last took over
    /// changes.
    unsent: [BTreeSet<Value>; REPLICAS_MERGING],
}

/// A value and the timestamp of its write.
#[derive(Debug, Clone)]
struct Written {
    /// The clock of the replica, then the replica's number, so that timestamps are unique.
    timestamp: (u64, usize),
    value: Value,
}

impl Merging {
    /// Lets one random replica take over the changes of another.
    fn gossip(&mut self, random: &mut Random) {
        let from = random.index(REPLICAS_MERGING);
        let to = (from + 1 + random.index(REPLICAS_MERGING - 1)) % REPLICAS_MERGING;
        for key in std::mem::take(&mut self.replicas[from].unsent[to]) {
            let known = self.replicas[to].values.get(&key).map(|written| written.timestamp);
            let Some(sent) = self.replicas[from].values.get(&key) else { continue };
            if known.is_none_or(|known| known < sent.timestamp) {
                let sent = sent.clone();
                self.put(to, key, sent);
            }
        }
        let clock = self.replicas[from].clock;
        let to = &mut self.replicas[to];
        to.clock = to.clock.max(clock);
    }

    fn put(&mut self, number: usize, key: Value, written: Written) {
        let replica = &mut self.replicas[number];
        for (other, unsent) in replica.unsent.iter_mut().enumerate() {
            if other != number {
                unsent.insert(key.clone());
            }
        }
        replica.values.insert(key, written);
    }
}

impl Service for Merging {
    fn name(&self) -> &'static str {
        NAME
    }

    fn requests(&self) -> &'static str {
        key_value::REQUESTS
    }

    fn missing_field(&self, body: &Value) -> Option<&'static str> {
        key_value::missing_field(body)
    }

    fn handle(&mut self, _src: Address, body: &Value, random: &mut Random) -> Option<Reply> {
        let request = KeyValueRequest::read(body)?;
        self.gossip(random);
        let number = random.index(REPLICAS_MERGING);
        let replica = &mut self.replicas[number];
        let current = replica.values.get(&request.key).map(|written| &written.value);
        let answer = request.answer(current);
        if let Some(value) = answer.written {
            let timestamp = (replica.clock, number);
            replica.clock += 1;
            self.put(number, request.key, Written { timestamp, value });
        }
        Some(answer.reply)
    }
}
