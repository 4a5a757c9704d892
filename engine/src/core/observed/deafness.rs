//! Determines when the reference would have stopped reading a node's output, and what difference
//! that makes.
//!
//! The reference's thread that reads a node's stdout ends at the first line that is not a message,
//! or whose receiver is not on the network (for example a client that was replaced). Nothing that
//! the node prints later is read. Here these lines are reported and the run continues, unless the
//! plan is strict.

use super::super::clients::Departure;
use super::super::run_times::Moment;
use super::events::Events;
use super::excerpt::excerpt;
use crate::message::{BadLine, NodeIndex};
use glomers_history::{Value, json};
use std::fmt;

/// The line after which the reference stops reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeafCause {
    /// It is not a message, or its sender or receiver is unknown.
    BadLine(BadLine),
    /// A second answer of a node to `init`.
    SecondInitAnswer,
    /// Another message to the client that sent `init`.
    InitClient {
        /// Name of the client.
        client: String,
    },
    /// An answer to a client that had timed out and left the network.
    LateAnswer {
        /// Name of the client.
        client: String,
    },
    /// A message to a client that left the network for another reason.
    GoneClient {
        /// Name of the client.
        client: String,
    },
}

impl DeafCause {
    /// The cause for a message to a client that has left the network.
    pub(in crate::core) fn of_departure(client: String, departure: Departure, body: &str) -> Self {
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

/// A node that the reference would have stopped reading, from that moment on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deafness {
    /// The node.
    pub node: NodeIndex,
    /// Nanoseconds since the test began; 0 while nodes start.
    pub at: i64,
    /// The cause.
    pub cause: DeafCause,
    /// The beginning of the line.
    pub excerpt: String,
    /// Operations that the node answered after the line.
    pub answers: u64,
    /// Lines that the node printed after the line, including those answers.
    pub lines: u64,
}

/// The nodes that the reference would have stopped reading.
#[derive(Debug)]
pub(super) struct DeafNodes {
    all: Vec<Deafness>,
    /// By node: index of its current entry, `None` while the reference would read the node.
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

    /// Counts an operation that the node answered.
    pub(super) fn answered(&mut self, node: NodeIndex) {
        if let Some(deafness) = self.current(node) {
            deafness.answers += 1;
        }
    }

    /// Counts a line that the node printed.
    pub(super) fn printed(&mut self, node: NodeIndex) {
        if let Some(deafness) = self.current(node) {
            deafness.lines += 1;
        }
    }

    /// Records that the node is a new process, which the reference reads again.
    pub(super) fn restarted(&mut self, node: NodeIndex) {
        self.current[node] = None;
    }

    /// The moments at which the reference would have stopped reading nodes, in order.
    pub(super) fn all(&self) -> &[Deafness] {
        &self.all
    }

    /// Records that the reference would read nothing after this line.
    pub(super) fn deafen(
        &mut self,
        at: Moment,
        node: NodeIndex,
        cause: DeafCause,
        line: &[u8],
        events: &mut Events,
    ) {
        if self.is_deaf(node) {
            return;
        }
        let excerpt = excerpt(line);
        let is_bad_line = matches!(cause, DeafCause::BadLine(_));
        // Bad lines have a separate event with more detail.
        if !is_bad_line {
            let text = format!("{cause}; Maelstrom reads nothing more of it from here: {excerpt}");
            events.notice(at.time, node, text);
        }
        self.current[node] = Some(self.all.len());
        let at = at.in_test;
        self.all.push(Deafness { node, at, cause, excerpt, answers: 0, lines: 0 });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Time;

    #[test]
    fn what_a_node_prints_after_the_first_such_line_counts_until_it_restarts() {
        let mut events = Events::new(vec!["n0".to_owned()]);
        let mut deaf = DeafNodes::new(1);
        let mut deafen = |deaf: &mut DeafNodes, in_test, cause| {
            let at = Moment { time: Time::default(), in_test };
            deaf.deafen(at, 0, cause, b"line", &mut events);
        };
        deaf.printed(0);
        deafen(&mut deaf, 3, DeafCause::SecondInitAnswer);
        deafen(&mut deaf, 4, DeafCause::BadLine(BadLine::UnknownSource));
        deaf.printed(0);
        deaf.printed(0);
        deaf.answered(0);
        deaf.restarted(0);
        assert!(!deaf.is_deaf(0));
        deaf.printed(0);
        deafen(&mut deaf, 9, DeafCause::BadLine(BadLine::UnknownSource));
        let counts: Vec<_> = deaf.all().iter().map(|it| (it.at, it.lines, it.answers)).collect();
        assert_eq!(counts, [(3, 2, 1), (9, 0, 0)]);
        assert_eq!(events.take().len(), 1, "a bad line has its event already");
    }
}
