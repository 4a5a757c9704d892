//! The events that wait for the driver.

use crate::event::Event;
use crate::message::NodeIndex;
use crate::time::Time;

/// Events since the driver last took them.
#[derive(Debug)]
pub(in crate::core) struct Events {
    /// Names of the nodes.
    nodes: Vec<String>,
    pending: Vec<(Time, Event)>,
}

impl Events {
    pub(in crate::core) fn new(nodes: Vec<String>) -> Self {
        Self { nodes, pending: Vec::new() }
    }

    pub(in crate::core) fn add(&mut self, time: Time, event: Event) {
        self.pending.push((time, event));
    }

    /// Adds a sentence about a node.
    pub(super) fn notice(&mut self, time: Time, node: NodeIndex, text: String) {
        let node = self.name(node);
        self.add(time, Event::Notice { node, text });
    }

    /// The name of a node.
    pub(in crate::core) fn name(&self, node: NodeIndex) -> String {
        self.nodes[node].clone()
    }

    /// The events since the last call.
    pub(in crate::core) fn take(&mut self) -> Vec<(Time, Event)> {
        std::mem::take(&mut self.pending)
    }
}
