//! What clients and nodes say.

use super::counts::Versions;
use super::replica::News;
use glomers_node::Json;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What a broadcast node understands.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// From a client: everybody shall have this.
    Broadcast {
        /// Any value.
        message: Json,
    },
    /// From a client: what is there?
    Read,
    /// From the test: a suggestion of who should talk to whom. Not taken.
    Topology,
    /// Between nodes: news, and an acknowledgement.
    Share {
        /// Values that the receiver may lack.
        #[serde(default, skip_serializing_if = "News::is_empty")]
        news: News,
        /// What the sender has.
        have: Versions,
        /// What all nodes have, as far as the sender knows.
        #[serde(default, skip_serializing_if = "Versions::is_empty")]
        settled: Versions,
    },
    /// Between nodes: what do you have, and what of it do I lack?
    Sync {
        /// What the sender has.
        have: Versions,
    },
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::enum_variant_names, reason = "these are the protocol's names")]
pub(super) enum Reply<'a> {
    BroadcastOk,
    ReadOk { messages: &'a BTreeSet<Json> },
    TopologyOk,
    SyncOk(SyncOk),
}

/// Answer to [`Request::Sync`].
#[derive(Serialize, Deserialize)]
pub(super) struct SyncOk {
    pub(super) news: News,
    pub(super) have: Versions,
    pub(super) settled: Versions,
}
