//! The drivers, which connect the core to a clock and to hosts.

pub(crate) mod lateness;
pub(crate) mod real;
pub(crate) mod recorder;
mod session;
pub(crate) mod simulated;
mod writer;
