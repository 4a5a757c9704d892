//! What a node is to read: whole lines, until the driver takes them.

use crate::{Core, NodeIndex, Time};

/// Lines for one node.
#[derive(Debug, Default)]
pub struct Outgoing {
    /// The lines.
    pub lines: Vec<u8>,
    /// When each message of another node or a service among them was due, to measure how late the
    /// engine is.
    pub due: Vec<Time>,
}

impl Core {
    /// What that node is to read. The driver empties it.
    pub fn outgoing(&mut self, node: NodeIndex) -> &mut Outgoing {
        &mut self.outgoing[node]
    }
}
