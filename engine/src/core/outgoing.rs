//! The input for each node: whole lines, buffered until the driver takes them.

use crate::{Core, NodeIndex, Time};

/// Lines for one node.
#[derive(Debug, Default)]
pub struct Outgoing {
    /// The lines.
    pub lines: Vec<u8>,
    /// When each of the messages from other nodes or services was due, to measure how late the
    /// engine is.
    pub due: Vec<Time>,
}

impl Core {
    /// The buffered input of that node. The driver empties it.
    pub fn outgoing(&mut self, node: NodeIndex) -> &mut Outgoing {
        &mut self.outgoing[node]
    }
}
