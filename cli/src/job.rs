//! A run that is to be made, and what is shown of it.

use crate::format::Format;
use crate::maelstrom::MaelstromRun;
use crate::node_command::NodeCommand;
use glomers_config::Plan;
use std::path::PathBuf;

/// A planned run, by one engine or by both.
pub(crate) struct Job {
    pub(crate) plan: Plan,
    pub(crate) node: NodeCommand,
    pub(crate) store: PathBuf,
    /// The folder in which it is stored together with runs that it repeats.
    pub(crate) group: Option<String>,
    /// The time in which the embedded engine runs it; `None` if only Maelstrom does.
    pub(crate) embedded: Option<Time>,
    pub(crate) maelstrom: Option<MaelstromRun>,
}

/// The kind of time in which the embedded engine runs nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Time {
    /// Wall-clock time: nodes are processes.
    Real,
    /// Virtual time: nodes are hosted in this process.
    Virtual,
}

/// How much output runs show.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    pub(crate) format: Format,
    /// Show no progress, and of a valid run only the verdict.
    pub(crate) quiet: bool,
    /// Show all that Maelstrom prints.
    pub(crate) verbose: bool,
}
