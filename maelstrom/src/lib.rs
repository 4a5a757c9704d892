//! The real Maelstrom, a JVM program: finds, installs and runs it, and parses its output.

mod command;
mod console;
mod ending;
mod faults;
pub mod install;
mod installation;
mod jar;
mod java;
mod log;
mod probe;
mod process;

pub use command::{CommandError, Invocation};
pub use console::{BadLine, BadLineKind, Break, Console, Counts, LastWord, Phase, Problem};
pub use ending::{Failure, Judged, judge_ending, judge_start, oddities};
pub use faults::{known_faults, newest_faults, oldest_faults};
pub use installation::{
    Installation, InstallationError, Launcher, Origin, SearchPaths, find, install_folder,
};
pub use java::{Java, JavaVersion, LEAST_JAVA, least_java};
pub use log::{LOG_FILE, LoggedTest};
pub use probe::{Answer, PATIENCE, ProbeError, find_on_path, is_executable, probe};
pub use process::{Ended, Listener, Process, ProcessError};
