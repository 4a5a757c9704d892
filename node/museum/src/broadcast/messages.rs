//! Messages of clients and nodes. Values are integers, as in the challenge.

use glomers_node::NodeId;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Requests.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Request {
    /// From the test: the suggested neighbours of each node.
    Topology { topology: BTreeMap<NodeId, Vec<NodeId>> },
    /// From a client: a value for all nodes.
    Broadcast { message: u64 },
    /// From a client, or from a node that catches up: asks for all values.
    Read,
    /// From a node: values that the receiver may lack.
    Gossip { messages: Vec<u64> },
}

/// Replies.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::enum_variant_names, reason = "the protocol has these names")]
pub(super) enum Reply<'a> {
    TopologyOk,
    BroadcastOk,
    ReadOk { messages: &'a BTreeSet<u64> },
    GossipOk,
}

/// The reply to [`Request::Read`], as another node parses it.
#[derive(Deserialize)]
pub(super) struct ReadOk {
    pub(super) messages: BTreeSet<u64>,
}
