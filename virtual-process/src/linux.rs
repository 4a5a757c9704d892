//! The implementation for Linux.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::cast_lossless,
    reason = "system calls pass numbers of every type in 64-bit registers"
)]

mod arch;
mod call;
mod calls;
mod clock;
mod clock_page;
mod descriptors;
mod exec;
mod filter;
mod identities;
mod inject;
mod kernel;
mod late;
mod mappings;
mod pipes;
pub(crate) mod process;
mod processes;
mod random;
mod random_device;
mod signals;
mod start;
pub(crate) mod sys;
mod threads;
mod tracer;
mod turns;
mod wakeups;
