//! What the operating system offers for the control of other processes, in safe functions: the only
//! modules with `unsafe` code, together with the clock page.

pub(crate) mod affinity;
pub(crate) mod child_events;
pub(crate) mod counter;
pub(crate) mod descriptors;
pub(crate) mod memory;
pub(crate) mod ptrace;
pub(crate) mod real_time;
pub(crate) mod registers;
pub(crate) mod seccomp;
pub(crate) mod wait;
