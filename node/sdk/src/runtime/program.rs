//! A node type as a value, from which a driver can start nodes.

use crate::runtime::{Core, Disk, Machine, Node};
use std::rc::Rc;

/// Starts a node, given its seed and its disk.
type Start = fn(u64, Option<Rc<dyn Disk>>) -> Box<dyn Machine>;

/// A node type that can be started any number of times. Cheap to copy.
#[derive(Debug, Clone, Copy)]
pub struct Program {
    start: Start,
}

impl Program {
    /// The program of a node type.
    #[must_use]
    pub const fn of<N: Node>() -> Self {
        Self { start: |seed, disk| Box::new(Core::<N>::with_disk(seed, disk)) }
    }

    /// Starts a node. All its random numbers come from `seed`; its durable state is on `disk`.
    #[must_use]
    pub fn start(self, seed: u64, disk: Option<Rc<dyn Disk>>) -> Box<dyn Machine> {
        (self.start)(seed, disk)
    }
}
