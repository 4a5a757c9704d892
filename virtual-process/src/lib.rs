#![doc = include_str!("../README.md")]

/// Whether programs can run in virtual time on this kind of system.
pub const IS_SUPPORTED: bool =
    cfg!(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")));

/// Runs a small program, to find out whether this machine can do that. Returns why runs may not be
/// exactly repeatable.
///
/// # Errors
/// If it cannot.
pub fn check() -> Result<Vec<Irregularity>, StartError> {
    let program = Program { args: vec!["-c".into(), ":".into()], ..Program::new("/bin/sh", "/") };
    let mut process = VirtualProcess::start(&program)?;
    process.run(std::time::Duration::ZERO);
    match process.end() {
        Some(End::Status(0)) => Ok(process.irregularities().to_vec()),
        _ => Err(StartError::Denied {
            what: "control a process",
            source: std::io::Error::other("/bin/sh did not run to its end"),
        }),
    }
}

mod irregularity;
mod limits;
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod linux;
mod program;
#[cfg(not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))))]
mod unsupported;

pub use irregularity::Irregularity;
pub use limits::{Exceeded, Limits};
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
pub use linux::process::VirtualProcess;
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
pub use linux::sys::affinity::OneProcessor;
pub use program::{End, Program, Schedule, StartError};
#[cfg(not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))))]
pub use unsupported::{OneProcessor, VirtualProcess};
