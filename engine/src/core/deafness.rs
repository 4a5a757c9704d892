//! When the reference would have stopped reading a node, and what that changes.
//!
//! Its thread that reads a node's stdout ends with the first line that is no message, or whose
//! receiver is not on the network, as a client that was replaced: whatever the node prints later is
//! never read. Here such a line is reported and the run goes on, unless the plan is strict.

use super::Core;
use super::calls::Departure;
use crate::event::Event;
use crate::message::{BadLine, NodeIndex};
use crate::time::Time;
use glomers_history::{Value, json};
use std::fmt;

/// The line that ends the reference's reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeafCause {
    /// It is no message, or of or to somebody unknown.
    BadLine(BadLine),
    /// An answer to `init` by a node that had answered it.
    SecondInitAnswer,
    /// Another message to the client that sent `init`.
    InitClient {
        /// Name of the client.
        client: String,
    },
    /// An answer to a client that had given up, and is gone.
    LateAnswer {
        /// Name of the client.
        client: String,
    },
    /// A message to a client that is gone for another reason.
    GoneClient {
        /// Name of the client.
        client: String,
    },
}

impl DeafCause {
    /// Why a message to a client that is gone came too late.
    pub(super) fn of_departure(client: String, departure: Departure, body: &str) -> Self {
        let is_init_ok = || {
            let body = json::read_body(body).ok();
            body.and_then(|body| body.get("type").cloned()) == Some(Value::str("init_ok"))
        };
        match departure {
            Departure::Initialised if is_init_ok() => Self::SecondInitAnswer,
            Departure::Initialised => Self::InitClient { client },
            Departure::GaveUp => Self::LateAnswer { client },
            Departure::Replaced => Self::GoneClient { client },
        }
    }
}

/// A sentence whose subject is the node.
impl fmt::Display for DeafCause {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadLine(kind) => write!(out, "{kind}"),
            Self::SecondInitAnswer => out.write_str(
                "answered init twice (a library and a handler that both answer do so), and the \
                 client of init was gone",
            ),
            Self::InitClient { client } => write!(
                out,
                "sent a message to {client}, the client of init, which was gone: send each answer \
                 to the src of its request"
            ),
            Self::LateAnswer { client } => write!(
                out,
                "answered a request of {client} after that client had given it up and was gone"
            ),
            Self::GoneClient { client } => {
                write!(out, "sent a message to {client}, a client that was gone")
            }
        }
    }
}

/// One node from the moment on at which the reference would have stopped reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deafness {
    /// Which node.
    pub node: NodeIndex,
    /// Nanoseconds since the test began; 0 while nodes start.
    pub at: i64,
    /// Why.
    pub cause: DeafCause,
    /// The beginning of the line.
    pub excerpt: String,
    /// Operations that the node answered later.
    pub answers: u64,
    /// Lines that it printed later, those answers among them.
    pub lines: u64,
}

/// All nodes' deafness.
#[derive(Debug)]
pub(super) struct DeafNodes {
    all: Vec<Deafness>,
    /// By node: index of its present deafness, `None` while the reference would read it.
    current: Vec<Option<usize>>,
}

impl DeafNodes {
    pub(super) fn new(nodes: usize) -> Self {
        Self { all: Vec::new(), current: vec![None; nodes] }
    }

    pub(super) fn is_deaf(&self, node: NodeIndex) -> bool {
        self.current[node].is_some()
    }

    fn current(&mut self, node: NodeIndex) -> Option<&mut Deafness> {
        self.current[node].and_then(|index| self.all.get_mut(index))
    }

    /// An operation was answered by the node.
    pub(super) fn answered(&mut self, node: NodeIndex) {
        if let Some(deafness) = self.current(node) {
            deafness.answers += 1;
        }
    }

    /// The node printed a line.
    pub(super) fn printed(&mut self, node: NodeIndex) {
        if let Some(deafness) = self.current(node) {
            deafness.lines += 1;
        }
    }

    /// The node is a new process, which the reference reads.
    pub(super) fn restarted(&mut self, node: NodeIndex) {
        self.current[node] = None;
    }
}

impl Core {
    /// When the reference would have stopped reading nodes, in this order.
    #[must_use]
    pub fn deafness(&self) -> &[Deafness] {
        &self.deaf_nodes.all
    }

    /// The reference reads nothing that the node prints after this line.
    pub(super) fn deafen(&mut self, now: Time, node: NodeIndex, cause: DeafCause, line: &[u8]) {
        if self.deaf_nodes.is_deaf(node) {
            return;
        }
        let excerpt = super::excerpt(line);
        let is_bad_line = matches!(cause, DeafCause::BadLine(_));
        // Bad lines have an event that says more.
        if !is_bad_line {
            let text = format!("{cause}; Maelstrom reads nothing more of it from here: {excerpt}");
            let node = self.plan.nodes[node].clone();
            self.events.push((now, Event::Notice { node, text }));
        }
        self.deaf_nodes.current[node] = Some(self.deaf_nodes.all.len());
        let at = self.schedule.test_time(now);
        self.deaf_nodes.all.push(Deafness { node, at, cause, excerpt, answers: 0, lines: 0 });
    }
}
