//! What the engine tells while it runs. It prints nothing itself: an observer shows what it likes.

use crate::core::storm::Storm;
use crate::{BadLine, NodeIndex, OddLine, Time};
use glomers_config::Fault;
use std::time::Duration;

/// What the run is busy with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Phase {
    /// Nodes start and answer `init`.
    Start,
    /// Every node gets the workload's set-up request.
    SetUp,
    /// Clients issue operations.
    Load,
    /// Operations that are still open end; faults are mended.
    Drain,
    /// The network is left whole and quiet.
    Recovery,
    /// Every worker looks a last time.
    FinalReads,
    /// Over.
    Done,
}

impl Phase {
    /// The moment of an event in it, to stand behind what happened.
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

    /// What a person reads while it lasts.
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

/// How far the run is.
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

/// Something that happened in a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A phase began.
    Phase(Phase),
    /// How far the run is: a few times a second.
    Progress(Progress),
    /// The nemesis began with something; what exactly.
    FaultBegan(Fault, String),
    /// The nemesis ended all of that kind.
    FaultEnded(Fault),
    /// A node printed a line that is no message: reported once for each kind.
    BadLine {
        /// Name of the node.
        node: String,
        /// What is wrong with it.
        kind: BadLine,
        /// The beginning of the line.
        excerpt: String,
    },
    /// A node did something that the protocol does not foresee, as a sentence about it: reported
    /// once for each kind.
    Notice {
        /// Name of the node.
        node: String,
        /// What it did, and what would have been right.
        text: String,
    },
    /// A node printed a line that is taken, though it is odd: reported once for each kind.
    OddLine {
        /// Name of the node.
        node: String,
        /// What is odd about it.
        kind: OddLine,
        /// The beginning of the line, or of what is odd about it.
        excerpt: String,
    },
    /// A node closed its stdout and lives on: it can never answer again.
    StdoutClosed {
        /// Name of the node.
        node: String,
    },
    /// Nodes send each other far more messages than operations explain: reported once.
    Storm(Storm),
    /// A node printed a line to stderr (only with `--log-stderr`).
    Stderr {
        /// Name of the node.
        node: String,
        /// The line.
        line: String,
    },
    /// A message was sent (only with `--log-net-send`); as JSON.
    NetSend(String),
    /// A message was received (only with `--log-net-recv`); as JSON.
    NetRecv(String),
}

/// Watches a run.
pub trait Observer {
    /// Something happened, at that time of the engine.
    fn event(&mut self, time: Time, event: &Event);
}

/// How a node's process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// It exited with this status.
    Status(i32),
    /// It was killed by this signal.
    Signal(i32),
    /// It panicked, in this process.
    Panicked,
    /// It ended, and nobody knows how.
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

/// Why a run ended before its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// A node ended while it was needed.
    NodeExited {
        /// Which one.
        node: NodeIndex,
        /// How.
        exit: Exit,
        /// What the run was busy with.
        phase: Phase,
    },
    /// A node did not answer `init` in time.
    InitTimeout {
        /// Which one.
        node: NodeIndex,
        /// How long it had.
        waited: Duration,
        /// A message of it to the client of `init` that answered nothing, and why.
        unmatched: Option<String>,
    },
    /// A node sent the client of `init` a message that answers nothing, and no other.
    InitUnmatched {
        /// Which one.
        node: NodeIndex,
        /// What it sent, and what would have been right.
        problem: String,
    },
    /// All answers to some type of request were unusable.
    Hopeless {
        /// The node that gave the first.
        node: NodeIndex,
        /// Type of the request.
        request: &'static str,
        /// How many there were.
        answers: u64,
        /// The first, and what is wrong with it.
        problem: String,
    },
    /// A node answered `init` with something else than `init_ok`.
    InitRefused {
        /// Which one.
        node: NodeIndex,
        /// What it answered, as JSON.
        answer: String,
    },
    /// A node did not do what the workload asks of it before the test (the `topology` request).
    SetUpFailed {
        /// Which one.
        node: NodeIndex,
        /// What was asked.
        request: &'static str,
        /// What came instead.
        problem: String,
    },
    /// The caller stopped the run.
    Interrupted,
}
