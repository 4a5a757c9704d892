//! Kafka: append-only logs with requests to send, poll, and commit.
//!
//! The load consists of sends and polls, occasional assignments of keys, and rare crashes of
//! clients. At the end every worker polls everything from the beginning.

mod client;
mod final_polls;
mod load;
mod offsets;

use super::definition::{Client, Generator, Protocol, Workload};
use crate::Random;
use client::{COMMIT_OFFSETS, LIST_COMMITTED_OFFSETS, POLL, SEND};
use glomers_config::Plan;
use offsets::Offsets;
use std::cell::RefCell;
use std::rc::Rc;

/// The requests that a node must support.
pub(super) static PROTOCOL: Protocol = Protocol {
    about: "Append-only logs: every message that was sent is polled at its offset, in order. A poll from offset 3 begins with the message at offset 3: {\"k\": 3} is answered with {\"k\": [[3, 9], [4, 5]]}. A client that comes back asks where it committed.",
    rpcs: &[&SEND, &POLL, &COMMIT_OFFSETS, &LIST_COMMITTED_OFFSETS],
};

pub(super) struct Kafka {
    plan: Plan,
    /// The highest offset of each key that the load sent or polled: the final polls must reach it.
    seen: Rc<RefCell<Offsets>>,
}

impl Kafka {
    pub(super) fn new(plan: &Plan) -> Self {
        Self { plan: plan.clone(), seen: Rc::default() }
    }
}

impl Workload for Kafka {
    fn generator(&self, _random: &mut Random) -> Box<dyn Generator> {
        Box::new(load::Load::new(&self.plan, Rc::clone(&self.seen)))
    }

    fn final_generator(&self) -> Option<Box<dyn Generator>> {
        Some(Box::new(final_polls::FinalPolls::new(self.seen.take())))
    }

    fn client(&self) -> Box<dyn Client> {
        Box::new(client::KafkaClient::default())
    }
}
