//! Messages of clients and nodes, and a node's copy of the logs.

use glomers_node::Json;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Offsets by key.
pub(super) type Offsets = BTreeMap<String, u64>;
/// Messages by key, each with its offset. Keys without messages are left out.
pub(super) type Messages = BTreeMap<String, Vec<(u64, Json)>>;

/// Requests.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Request {
    /// Appends a message.
    Send { key: String, msg: Json },
    /// Asks for messages from these offsets on.
    Poll { offsets: Offsets },
    /// Commits: everything before these offsets was processed.
    CommitOffsets { offsets: Offsets },
    /// Asks for committed offsets.
    ListCommittedOffsets { keys: Vec<String> },
    /// From a node: a message with its offset.
    Replicate { key: String, offset: u64, msg: Json },
}

/// Replies.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::enum_variant_names, reason = "the protocol has these names")]
pub(super) enum Reply {
    SendOk { offset: u64 },
    PollOk { msgs: Messages },
    CommitOffsetsOk,
    ListCommittedOffsetsOk { offsets: Offsets },
    ReplicateOk,
}

/// Messages by key and offset.
#[derive(Default)]
pub(super) struct Logs(BTreeMap<String, BTreeMap<u64, Json>>);

impl Logs {
    /// The offset after the last.
    pub(super) fn end(&self, key: &str) -> u64 {
        let last = self.0.get(key).and_then(|log| log.last_key_value());
        last.map_or(0, |(offset, _)| offset + 1)
    }

    /// Stores a message at its offset, unless that is taken.
    pub(super) fn put(&mut self, key: String, offset: u64, msg: Json) {
        self.0.entry(key).or_default().entry(offset).or_insert(msg);
    }

    /// Appends a message, and returns its offset.
    pub(super) fn append(&mut self, key: String, msg: Json) -> u64 {
        let offset = self.end(&key);
        self.put(key, offset, msg);
        offset
    }

    /// All messages from these offsets on.
    pub(super) fn poll(&self, offsets: Offsets) -> Messages {
        let from = |(key, from): (String, u64)| {
            let log = self.0.get(&key).into_iter().flat_map(|log| log.range(from..));
            let messages: Vec<_> = log.map(|(offset, msg)| (*offset, msg.clone())).collect();
            (!messages.is_empty()).then_some((key, messages))
        };
        offsets.into_iter().filter_map(from).collect()
    }
}
