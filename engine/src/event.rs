//! The events that the engine reports during a run. It prints nothing itself: an observer does.

use crate::core::observed::storm::Storm;
use crate::{BadLine, NodeIndex, OddLine, Time};
use glomers_config::Fault;
use std::time::Duration;

/// The phase of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Phase {
    /// Nodes start and answer `init`.
    Start,
    /// Every node gets the workload's set-up request.
    SetUp,
    /// Clients run operations.
    Load,
    /// Open operations end; faults are ended and the network is healed.
    Drain,
    /// The wait for recovery, without faults and operations.
    Recovery,
    /// Every worker performs its final operations.
    FinalReads,
    /// The run has ended.
    Done,
}

impl Phase {
    /// A phrase for an event's moment within the phase, to be appended to a description.
    #[must_use]
    pub fn moment(self) -> &'static str {
        match self {
            Self::Start => "while nodes started",
            Self::SetUp => "during set-up",
            Self::Load => "under load",
            Self::Drain => "while the last operations finished",
            Self::Recovery => "during the recovery",
            Self::FinalReads => "during the final reads",
            Self::Done => "at the end",
        }
    }

    /// The displayed name of the phase.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Start => "starting nodes",
            Self::SetUp => "setting up",
            Self::Load => "running",
            Self::Drain => "finishing operations",
            Self::Recovery => "recovering",
            Self::FinalReads => "final reads",
            Self::Done => "done",
        }
    }
}

/// Progress of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Time since the load began; zero before.
    pub elapsed: Duration,
    /// Operations that succeeded.
    pub ok: u64,
    /// Operations that failed.
    pub fail: u64,
    /// Operations with an unknown outcome.
    pub info: u64,
    /// Messages sent so far.
    pub messages: u64,
}

/// An event of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A phase began.
    Phase(Phase),
    /// The progress of the run, a few times per second.
    Progress(Progress),
    /// The nemesis began a fault; the text describes it.
    FaultBegan(Fault, String),
    /// The nemesis ended all faults of that kind.
    FaultEnded(Fault),
    /// A node printed a line that is not a message; reported once for each kind.
    BadLine {
        /// Name of the node.
        node: String,
        /// What is wrong with it.
        kind: BadLine,
        /// The beginning of the line.
        excerpt: String,
    },
    /// A node violated the protocol; the text is a sentence about the node. Reported once for each
    /// kind.
    Notice {
        /// Name of the node.
        node: String,
        /// What the node did, and what would have been correct.
        text: String,
    },
    /// A node printed an odd line that is accepted; reported once for each kind.
    OddLine {
        /// Name of the node.
        node: String,
        /// What is odd about it.
        kind: OddLine,
        /// The beginning of the line, or of its odd part.
        excerpt: String,
    },
    /// A node closed its stdout while it is still running: it cannot answer any more.
    StdoutClosed {
        /// Name of the node.
        node: String,
    },
    /// Nodes exchange far more messages than operations explain; reported once.
    Storm(Storm),
    /// A node printed a line to stderr (only with `--log-stderr`).
    Stderr {
        /// Name of the node.
        node: String,
        /// The line.
        line: String,
    },
    /// A message was sent (only with `--log-net-send`), as JSON.
    NetSend(String),
    /// A message was received (only with `--log-net-recv`), as JSON.
    NetRecv(String),
}

/// Receives the events of a run.
pub trait Observer {
    /// Called for each event, with the engine's time.
    fn event(&mut self, time: Time, event: &Event);
}

/// How a node's process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// It exited with this status.
    Status(i32),
    /// It was killed by this signal.
    Signal(i32),
    /// It panicked, within this process.
    Panicked,
    /// It ended in an unknown manner.
    Unknown,
}

impl std::fmt::Display for Exit {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Status(status) => write!(out, "exited with status {status}"),
            Self::Signal(signal) => write!(out, "was killed by signal {signal}"),
            Self::Panicked => out.write_str("panicked"),
            Self::Unknown => out.write_str("ended"),
        }
    }
}

/// Why a run ended early.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// A node ended while it was needed.
    NodeExited {
        /// The node.
        node: NodeIndex,
        /// How it ended.
        exit: Exit,
        /// The phase of the run.
        phase: Phase,
    },
    /// A node did not answer `init` in time.
    InitTimeout {
        /// The node.
        node: NodeIndex,
        /// The timeout.
        waited: Duration,
        /// A message that it sent to the client of `init` without answering the request, and what
        /// is wrong with it.
        unmatched: Option<String>,
    },
    /// A node sent the client of `init` only messages that do not answer the request.
    InitUnmatched {
        /// The node.
        node: NodeIndex,
        /// What it sent, and what would have been correct.
        problem: String,
    },
    /// All answers to some type of request were unusable.
    Hopeless {
        /// The node that sent the first unusable answer.
        node: NodeIndex,
        /// Type of the request.
        request: &'static str,
        /// Number of unusable answers.
        answers: u64,
        /// The first unusable answer, and what is wrong with it.
        problem: String,
    },
    /// A node answered `init` with something other than `init_ok`.
    InitRefused {
        /// The node.
        node: NodeIndex,
        /// What it answered, as JSON.
        answer: String,
    },
    /// A node failed the request that the workload sends before the test (`topology`).
    SetUpFailed {
        /// The node.
        node: NodeIndex,
        /// Type of the request.
        request: &'static str,
        /// What the node did instead.
        problem: String,
    },
    /// The caller interrupted the run.
    Interrupted,
}
