#![doc = include_str!("../README.md")]
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]
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
mod irregular;
mod kernel;
mod mappings;
mod pipes;
mod process;
mod processes;
mod program;
mod random;
mod signals;
mod start;
mod sys;
mod threads;
mod tracer;

pub use irregular::Irregularity;
pub use kernel::End;
pub use process::VirtualProcess;
pub use program::Program;
pub use start::StartError;
pub use threads::Schedule;
