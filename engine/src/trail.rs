//! What became of one broadcast value, as the network saw it.

use crate::NodeIndex;
use glomers_config::PartitionShape;

/// Where a value came to, and which messages with it were dropped. Times are nanoseconds since the
/// test began, as in the history.
#[derive(Debug, Clone, PartialEq)]
pub struct ValueTrail {
    /// Nodes that have had it, with the first moment that shows it: a client's request, a message
    /// of another node, or a read.
    pub arrivals: Vec<(NodeIndex, i64)>,
    /// Nodes that another node sent it, and that did not show it in any read since, with the moment
    /// when it came.
    pub unshown: Vec<(NodeIndex, i64)>,
    /// Of each node that never had it and to which another one sent it: what was dropped.
    pub dropped: Vec<DroppedTo>,
    /// Whether messages show how it spread: each node but the first got it in one whose content is
    /// understood. Then no other node was sent it either.
    pub is_traced: bool,
}

/// Messages with a value to a node that were all dropped.
#[derive(Debug, Clone, PartialEq)]
pub struct DroppedTo {
    /// The node.
    pub dest: NodeIndex,
    /// Who sent the first.
    pub src: NodeIndex,
    /// Id of the first in the journal.
    pub id: u64,
    /// When the first was dropped.
    pub first: i64,
    /// When the last was.
    pub last: i64,
    /// How many.
    pub count: u64,
    /// Why the first was.
    pub cause: DropReason,
}

/// Why a message between nodes did not arrive.
#[derive(Debug, Clone, PartialEq)]
pub enum DropReason {
    /// A partition had cut its link.
    Partition {
        /// As what it was drawn.
        shape: PartitionShape,
        /// Nodes whose messages the receiver did not get.
        unheard: Vec<NodeIndex>,
        /// When it began.
        from: i64,
        /// When it ended; None if it lasted until the end.
        until: Option<i64>,
    },
    /// The fault `loss` took it.
    Lost,
    /// Its receiver had been killed.
    Dead,
}
