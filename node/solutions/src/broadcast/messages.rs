//! Messages of clients and nodes.

use super::counts::Versions;
use super::replica::News;
use glomers_node::Json;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Requests to a broadcast node.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// From a client: a value for all nodes.
    Broadcast {
        /// Any value.
        message: Json,
    },
    /// From a client: asks for all values.
    Read,
    /// From the test: suggested neighbours. Ignored.
    Topology,
    /// Between nodes: new values, and an acknowledgement.
    Share {
        /// Values that the receiver may lack.
        #[serde(default, skip_serializing_if = "News::is_empty")]
        news: News,
        /// The versions of the sender.
        have: Versions,
        /// The versions that all nodes have, as far as the sender knows.
        #[serde(default, skip_serializing_if = "Versions::is_empty")]
        settled: Versions,
    },
    /// Between nodes: asks for the receiver's versions, and the values that the sender lacks.
    Sync {
        /// The versions of the sender.
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

/// Reply to [`Request::Sync`].
#[derive(Serialize, Deserialize)]
pub(super) struct SyncOk {
    pub(super) news: News,
    pub(super) have: Versions,
    pub(super) settled: Versions,
}
