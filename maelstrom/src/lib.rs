//! The real Maelstrom, a JVM program: where it is installed, and what it is.

mod command;
mod console;
mod installation;
mod jar;

pub use command::{CommandError, Invocation};
pub use console::{Break, Console, Counts, LastWord, Phase, Problem};
pub use installation::{
    Installation, InstallationError, Launcher, Origin, Places, find, install_folder,
};
