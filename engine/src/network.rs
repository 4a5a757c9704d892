//! The simulated network between nodes and services: queues, latency, cut links.
//!
//! Reads no clock: callers pass the time and ask when the network next has something due.

mod latency;
mod message_faults;
mod partition;
mod queues;

pub(crate) use latency::Latency;
pub(crate) use message_faults::MessageFaults;
pub(crate) use partition::{Grudge, draw_grudge, grudge_value};
pub(crate) use queues::{Network, Offer};
