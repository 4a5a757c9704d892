//! The path of a broadcast value through the network.

use crate::NodeIndex;
use glomers_config::PartitionShape;

/// Where a value arrived, and which messages with it were dropped. Times are nanoseconds since the
/// test began, as in the history.
#[derive(Debug, Clone, PartialEq)]
pub struct ValueTrail {
    /// Nodes that had it, with the first moment that shows it: a client's request, a message of
    /// another node, or a read.
    pub arrivals: Vec<(NodeIndex, i64)>,
    /// Nodes that received it from another node and did not show it in any later read, with the
    /// moment when it arrived.
    pub unshown: Vec<(NodeIndex, i64)>,
    /// For each node that never had it, although another node sent it: the dropped messages.
    pub dropped: Vec<DroppedTo>,
    /// Whether messages fully explain how it spread: each node except the first received it in a
    /// message whose content is understood. If so, no other node was sent it either.
    pub is_traced: bool,
}

/// The messages with a value to a node, all of which were dropped.
#[derive(Debug, Clone, PartialEq)]
pub struct DroppedTo {
    /// The receiver.
    pub dest: NodeIndex,
    /// Sender of the first message.
    pub src: NodeIndex,
    /// Id of the first message in the journal.
    pub id: u64,
    /// When the first was dropped.
    pub first: i64,
    /// When the last was dropped.
    pub last: i64,
    /// Number of messages.
    pub count: u64,
    /// Why the first was dropped.
    pub cause: DropReason,
}

/// Why a message between nodes was dropped.
#[derive(Debug, Clone, PartialEq)]
pub enum DropReason {
    /// A partition had cut its link.
    Partition {
        /// The shape that it was drawn with.
        shape: PartitionShape,
        /// Nodes whose messages the receiver did not get.
        unheard: Vec<NodeIndex>,
        /// When it began.
        from: i64,
        /// When it ended; `None` if it lasted until the end of the run.
        until: Option<i64>,
    },
    /// The fault `loss` dropped it.
    Lost,
    /// Its receiver was not running after a kill.
    Dead,
    /// It was still under way when the run ended.
    Ended,
}
