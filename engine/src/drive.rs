//! What moves the core: a clock, and the world behind the hosts.

pub(crate) mod lateness;
pub(crate) mod real;
pub(crate) mod recorder;
mod writer;
