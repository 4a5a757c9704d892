//! Runs a node as a process: lines on stdin and stdout, the log on stderr, the real clock, and a
//! folder as the disk of a durable node.
#![expect(
    clippy::disallowed_methods,
    reason = "this is the world of a node: the clock, the files, and what no other run has drawn"
)]

#[cfg(not(unix))]
compile_error!("glomers runs on Linux and macOS: this system has no pipes as it needs them");

mod folder;
mod lines;
mod process;

pub use folder::FolderDisk;
pub use process::run;
