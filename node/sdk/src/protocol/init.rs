//! The first request that a node gets.

use crate::protocol::NodeId;
use serde::{Deserialize, Serialize};

/// Body of `init`: who the node is, and who takes part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename = "init")]
pub struct Init {
    /// The receiver's own name.
    pub node_id: NodeId,
    /// All nodes, the receiver included, in the same order for everybody.
    pub node_ids: Vec<NodeId>,
}

/// Body of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename = "init_ok")]
pub struct InitOk {}
