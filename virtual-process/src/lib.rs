#![doc = include_str!("../README.md")]

/// Whether programs can run in virtual time on this kind of system.
pub const IS_SUPPORTED: bool = cfg!(all(target_os = "linux", target_arch = "x86_64"));

mod irregularity;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod linux;
mod program;
#[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
mod unsupported;

pub use irregularity::Irregularity;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
pub use linux::process::VirtualProcess;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
pub use linux::sys::affinity::OneProcessor;
pub use program::{End, Program, Schedule, StartError};
#[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
pub use unsupported::{OneProcessor, VirtualProcess};
