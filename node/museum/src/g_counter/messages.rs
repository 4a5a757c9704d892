//! Messages of clients.

use serde::{Deserialize, Serialize};

/// Requests of clients. Nodes that talk to each other have additional ones.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Request {
    /// Adds to the counter.
    Add { delta: u64 },
    /// Asks for the sum.
    Read,
}

/// Replies.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::enum_variant_names, reason = "the protocol has these names")]
pub(super) enum Reply {
    AddOk,
    ReadOk {
        value: u64,
    },
    /// To a node: confirms its message.
    NewsOk,
}
