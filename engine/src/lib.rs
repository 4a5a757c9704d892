//! Runs a plan: a simulated network with nodes, clients, services and a nemesis, which produces a
//! history and a journal.
//!
//! [`Core`] is a state machine without I/O. A driver runs it: [`run_real`] waits for the real clock
//! and for nodes that are processes, [`run_virtual`] jumps from event to event. Nodes are accessed
//! only through the [`Host`] trait. The README of this crate explains what makes a run reproducible
//! from its seed.

#[cfg(not(unix))]
compile_error!(
    "glomers runs on Linux and macOS: nodes are processes with pipes and process groups. \
     On Windows, use the Windows Subsystem for Linux."
);

mod core;
mod drive;
mod event;
mod host;
mod journal;
mod message;
mod network;
mod platform;
mod propagation;
mod random;
mod rpc;
mod scenario;
mod service;
mod time;
mod trail;
mod unmatched;
mod workload;

pub use crate::core::observed::answers::Unanswered;
pub use crate::core::observed::commits::ForgottenCommits;
pub use crate::core::observed::deafness::{DeafCause, Deafness};
pub use crate::core::observed::lines::LineCount;
pub use crate::core::observed::stale::StaleAnswers;
pub use crate::core::observed::storm::Storm;
pub use crate::core::{Command, Core, Outgoing, PropagationTimes, ValuesPassedOn};
pub use drive::lateness::{Lateness, LatenessTimes};
pub use drive::real::{RealRun, run_real};
pub use drive::recorder::Recorder;
pub use drive::simulated::run_virtual;
pub use event::{Event, Exit, Failure, Observer, Phase, Progress};
pub use host::child::{ChildHost, ChildSettings};
pub use host::log_times::LogTimes;
pub use host::output::ProcessOutput;
pub use host::recent_lines::{LastLines, RecentLines};
pub use host::stderr_file::StderrFile;
pub use host::watchdog::{Watchdog, serve_watchdog};
pub use host::{Host, LiveHost, Printed};
pub use journal::{CutJournal, Journal};
pub use message::{BadLine, Language, NodeIndex, NotJson, NotMessage, OddLine};
pub use platform::{ProcessGroup, load_average, raise_descriptor_limit};
pub use random::Random;
pub use rpc::{Field, Rpc, RpcError, Shape};
pub use scenario::{InjectedFault, NEVER_ENDED, PlannedFault, PlannedOperation, Scenario};
pub use time::Time;
pub use trail::{DropReason, DroppedTo, ValueTrail};
pub use unmatched::{OpenRequest, UnmatchedCount, UnmatchedKind, UnmatchedReply};
pub use workload::{Protocol, check_plan, neighbours, protocol};

/// Why the engine itself could not continue. (Failures of nodes are [`Failure`]s.)
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The workload needs workers in groups of a certain size.
    #[error(
        "{workload} splits its workers into groups of {group} (2 for each node), and {workers} of \
         them make no whole groups: pass --concurrency 2n, or another multiple of {group}"
    )]
    Concurrency {
        /// The workload.
        workload: glomers_config::Workload,
        /// Number of workers.
        workers: usize,
        /// Size of a group.
        group: usize,
    },
    /// A node's program could not be started.
    #[error("failed to start {node} as {program}")]
    Spawn {
        /// Name of the node.
        node: String,
        /// The program.
        program: String,
        /// The error of the operating system.
        source: std::io::Error,
    },
    /// A file of the run directory could not be written.
    #[error("failed to write {path}")]
    Write {
        /// Path of the file.
        path: std::path::PathBuf,
        /// The error of the operating system.
        source: std::io::Error,
    },
    /// Nodes endlessly exchange messages, or set timers, without letting time pass.
    #[error(
        "the simulation does not advance at {at:?}: nodes answer each other, or set timers, for ever \
         without letting time pass; give messages a --latency"
    )]
    Standstill {
        /// Virtual time since the start.
        at: std::time::Duration,
    },
    /// The operating system refused something that the engine needs.
    #[error("failed to {what}")]
    System {
        /// What the engine tried to do.
        what: &'static str,
        /// The error of the operating system.
        source: std::io::Error,
    },
}
