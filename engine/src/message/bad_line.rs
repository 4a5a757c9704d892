//! Lines that are refused, by what they are.

use super::not_json::NotJson;
use super::not_message::NotMessage;
use std::fmt;

/// Why a line is not a message that can be sent on. The reference refuses each of them, too, but for
/// the last two: those are limits of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BadLine {
    /// The text is not JSON.
    NotJson(NotJson),
    /// JSON, but not `{"src": ..., "dest": ..., "body": {...}}`.
    NotMessage(NotMessage),
    /// No node, service or client of this network has its `src` as a name.
    UnknownSource,
    /// No node, service or client of this network has its `dest` as a name.
    UnknownDestination,
    /// Longer than a line may be.
    TooLong,
    /// A message to a client or a service whose body cannot be read.
    Unreadable,
}

impl BadLine {
    /// Whether the reference reads nothing more of a node after such a line.
    pub(crate) fn deafens(self) -> bool {
        match self {
            Self::NotJson(_)
            | Self::NotMessage(_)
            | Self::UnknownSource
            | Self::UnknownDestination => true,
            // Its limits are others.
            Self::TooLong | Self::Unreadable => false,
        }
    }
}

/// What is wrong, and what to do about it.
impl fmt::Display for BadLine {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::NotJson(problem) => return problem.fmt(out),
            Self::NotMessage(problem) => return problem.fmt(out),
            Self::UnknownSource => {
                "sent a message whose src is not on this network: set src to the node_id of init"
            }
            Self::UnknownDestination => {
                "sent a message to somebody who is not on this network: send to the node_ids of \
                 init, to a service, or to the src of a request"
            }
            Self::Unreadable => {
                "sent a message to a client or a service whose body cannot be read: it nests more \
                 than 128 levels deep, or has a number of more than 1000 digits; it was discarded"
            }
            Self::TooLong => "printed a line of more than 16 MiB: it was discarded",
        })
    }
}
