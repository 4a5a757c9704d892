//! A node as a process: lines from stdin, lines to stdout, the log to stderr, the real clock.

#[cfg(not(unix))]
compile_error!("glomers runs on Linux and macOS: this system has no pipes as it needs them");

mod lines;
mod process;

pub use process::run;
