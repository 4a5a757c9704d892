//! A node as a process: lines from stdin, lines to stdout, the log to stderr, the real clock, and
//! for a durable node a folder.
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
