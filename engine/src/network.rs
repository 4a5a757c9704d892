//! The simulated network between nodes and services: queues, latency, cut links.
//!
//! Holds no clock: callers say what time it is and ask when it next has something due.

mod disorder;
mod latency;
mod partition;
mod queues;

pub(crate) use disorder::Disorder;
pub(crate) use latency::Latency;
pub(crate) use partition::{Grudge, draw_grudge, grudge_value};
pub(crate) use queues::{Network, Offer};
