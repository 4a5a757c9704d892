//! The real Maelstrom, a JVM program: where it is installed, and what it is.

mod installation;
mod jar;

pub use installation::{
    Installation, InstallationError, Launcher, Origin, Places, find, install_folder,
};
