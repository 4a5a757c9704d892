//! Messages: who sends to whom, and the lines that carry them to and from nodes.

use crate::json;
use serde::Deserialize;
use serde_json::error::Category;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// Position of a node in the plan's list.
pub type NodeIndex = usize;

/// Somebody on the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Address {
    /// A node under test.
    Node(NodeIndex),
    /// A client, `c0` and on.
    Client(u32),
    /// A service of ours, by its place in the list of services.
    Service(usize),
}

/// A message on its way.
#[derive(Debug)]
pub(crate) struct Envelope {
    /// Number of the message, from 0 over the whole run.
    pub(crate) id: u64,
    pub(crate) src: Address,
    pub(crate) dest: Address,
    /// The body as JSON text.
    pub(crate) body: Box<str>,
}

/// A line that a node printed, taken apart but for its body.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Line<'a> {
    /// Some nodes number their messages: any integer, which means nothing to us.
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) src: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) dest: Cow<'a, str>,
    #[serde(borrow)]
    body: &'a RawValue,
}

/// Why a line is not a message that can be sent on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BadLine {
    /// The bytes are not UTF-8.
    NotUtf8,
    /// The text is not JSON.
    NotJson,
    /// JSON, but not `{"src": ..., "dest": ..., "body": {...}}`.
    NotMessage,
    /// Its `src` is nobody on this network.
    UnknownSource,
    /// Its `dest` is nobody on this network.
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
            Self::NotUtf8
            | Self::NotJson
            | Self::NotMessage
            | Self::UnknownSource
            | Self::UnknownDestination => true,
            // Its limits are others.
            Self::TooLong | Self::Unreadable => false,
        }
    }

    /// What is wrong, and what to do about it.
    #[must_use]
    pub fn advice(self) -> &'static str {
        match self {
            Self::NotUtf8 => "printed a line to stdout that is not UTF-8: messages are JSON text",
            Self::NotJson => {
                "printed a line to stdout that is not JSON: only messages belong there, \
                 print everything else to stderr"
            }
            Self::NotMessage => {
                "printed JSON to stdout that is not a message: a message is an object with \
                 exactly src and dest (strings) and body (an object)"
            }
            Self::UnknownSource => {
                "sent a message whose src is not on this network: set src to the node_id of init"
            }
            Self::UnknownDestination => {
                "sent a message to somebody who is not on this network: send to the node_ids of \
                 init, to a service, or to the src of a request"
            }
            Self::Unreadable => {
                "sent a message to a client or a service whose body cannot be read: it nests more \
                 than 128 levels deep, or has half of a surrogate pair; it was discarded"
            }
            Self::TooLong => "printed a line of more than 16 MiB: it was discarded",
        }
    }
}

impl fmt::Display for BadLine {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.advice())
    }
}

impl<'a> Line<'a> {
    /// Takes a line apart, without its newline.
    pub(crate) fn parse(line: &'a [u8]) -> Result<Self, BadLine> {
        let text = std::str::from_utf8(line).map_err(|_| BadLine::NotUtf8)?;
        let message: Self = serde_json::from_str(text).map_err(|error| match error.classify() {
            Category::Data => BadLine::NotMessage,
            Category::Syntax | Category::Eof | Category::Io => BadLine::NotJson,
        })?;
        let is_integer =
            |id: &RawValue| id.get().bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        if !message.body().starts_with('{') || !message.id.is_none_or(is_integer) {
            return Err(BadLine::NotMessage);
        }
        Ok(message)
    }

    /// The body as JSON text.
    pub(crate) fn body(&self) -> &'a str {
        self.body.get()
    }
}

/// Appends `"id":N,"src":S,"dest":D,"body":B` and closes the object: the tail that delivered lines
/// and the journal share.
pub(crate) fn write_message(id: u64, src: &str, dest: &str, body: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(b"\"id\":");
    out.extend_from_slice(itoa::Buffer::new().format(id).as_bytes());
    out.extend_from_slice(b",\"src\":");
    json::write_string(src, out);
    out.extend_from_slice(b",\"dest\":");
    json::write_string(dest, out);
    out.extend_from_slice(b",\"body\":");
    out.extend_from_slice(body.as_bytes());
    out.extend_from_slice(b"}\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_may_be_numbered_by_its_sender_beyond_64_bits() {
        let line = br#"{"id":99999999999999999999,"dest":"n1","src":"n0","body":{"type":"x"}}"#;
        let message = Line::parse(line).unwrap();
        assert_eq!((&*message.src, &*message.dest), ("n0", "n1"));
        assert_eq!(message.body(), r#"{"type":"x"}"#);
    }

    #[test]
    fn what_is_no_message_is_named() {
        for (line, kind) in [
            (&b"hello"[..], BadLine::NotJson),
            (b"", BadLine::NotJson),
            (b"\xff{}", BadLine::NotUtf8),
            (b"[1]", BadLine::NotMessage),
            (b"{}", BadLine::NotMessage),
            (br#"{"src":"n0","dest":"n1","body":1}"#, BadLine::NotMessage),
            (br#"{"src":"n0","dest":"n1","body":{},"extra":1}"#, BadLine::NotMessage),
            (br#"{"id":"a","src":"n0","dest":"n1","body":{}}"#, BadLine::NotMessage),
            (br#"{"src":0,"dest":"n1","body":{}}"#, BadLine::NotMessage),
        ] {
            assert_eq!(Line::parse(line).unwrap_err(), kind, "{}", String::from_utf8_lossy(line));
        }
    }
}
