//! What clients and nodes say. Values are integers, as the challenge has them.

use glomers_node::NodeId;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a node understands.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Request {
    /// From the test: who should talk to whom.
    Topology { topology: BTreeMap<NodeId, Vec<NodeId>> },
    /// From a client: everybody shall have this.
    Broadcast { message: u64 },
    /// From a client, or from a node that catches up: what is there?
    Read,
    /// From a node: you may lack these.
    Gossip { messages: Vec<u64> },
}

/// What it answers.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::enum_variant_names, reason = "the protocol has these names")]
pub(super) enum Reply<'a> {
    TopologyOk,
    BroadcastOk,
    ReadOk { messages: &'a BTreeSet<u64> },
    GossipOk,
}

/// The answer to [`Request::Read`], as another node reads it.
#[derive(Deserialize)]
pub(super) struct ReadOk {
    pub(super) messages: BTreeSet<u64>,
}
