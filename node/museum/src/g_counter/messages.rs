//! What clients ask.

use serde::{Deserialize, Serialize};

/// What a node understands. Nodes that talk to each other understand more.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Request {
    /// Please count this.
    Add { delta: u64 },
    /// How much is it?
    Read,
}

/// What it answers.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::enum_variant_names, reason = "the protocol has these names")]
pub(super) enum Reply {
    AddOk,
    ReadOk {
        value: u64,
    },
    /// To a node: your news was taken.
    NewsOk,
}
