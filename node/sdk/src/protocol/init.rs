//! The first request to a node.

use crate::protocol::NodeId;
use serde::{Deserialize, Serialize};

/// Body of `init`: the node's name, and all nodes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename = "init")]
pub struct Init {
    /// The receiver's own name.
    pub node_id: NodeId,
    /// All nodes, including the receiver, in the same order for every node.
    pub node_ids: Vec<NodeId>,
}

/// Body of the reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename = "init_ok")]
pub struct InitOk {}
