//! The kinds of lines that are rejected.

use super::not_json::NotJson;
use super::not_message::NotMessage;
use std::fmt;

/// Why a line is not a message that can be delivered. The reference rejects each of them as well,
/// except for the last two, which are limits of glomers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BadLine {
    /// The text is not JSON.
    NotJson(NotJson),
    /// JSON, but not of the form `{"src": ..., "dest": ..., "body": {...}}`.
    NotMessage(NotMessage),
    /// Its `src` is not the name of a node, service or client of this network.
    UnknownSource,
    /// Its `dest` is not the name of a node, service or client of this network.
    UnknownDestination,
    /// Longer than the limit for a line.
    TooLong,
    /// A message to a client or a service whose body cannot be read.
    Unreadable,
}

impl BadLine {
    /// Whether the reference stops reading a node after such a line.
    pub(crate) fn deafens(self) -> bool {
        match self {
            Self::NotJson(_)
            | Self::NotMessage(_)
            | Self::UnknownSource
            | Self::UnknownDestination => true,
            // The reference has other limits.
            Self::TooLong | Self::Unreadable => false,
        }
    }
}

/// What is wrong, and how to fix it.
impl fmt::Display for BadLine {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::NotJson(problem) => return problem.fmt(out),
            Self::NotMessage(problem) => return problem.fmt(out),
            Self::UnknownSource => {
                "sent a message whose src is not on this network: set src to the node_id of init"
            }
            Self::UnknownDestination => {
                "sent a message to a name that is not on this network: send to the node_ids of \
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
