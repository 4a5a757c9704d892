//! Messages: their senders and receivers, and the lines that carry them to and from nodes.

mod bad_line;
pub(crate) mod lenient;
mod not_json;
mod not_message;
mod odd_line;
#[cfg(test)]
mod tests;

pub use bad_line::BadLine;
pub use not_json::{Language, NotJson};
pub use not_message::NotMessage;
pub use odd_line::OddLine;

use glomers_history::json;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// Index of a node in the plan's list.
pub type NodeIndex = usize;

/// A participant of the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Address {
    /// A node under test.
    Node(NodeIndex),
    /// A client: `c0`, `c1`, ...
    Client(u32),
    /// A built-in service, by its index in the list of services.
    Service(usize),
}

/// A message in transit.
#[derive(Debug)]
pub(crate) struct Envelope {
    /// Number of the message, counted from 0 over the whole run.
    pub(crate) id: u64,
    pub(crate) src: Address,
    pub(crate) dest: Address,
    /// The body as JSON text.
    pub(crate) body: Box<str>,
}

/// A message on its path, whose body is elsewhere.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Message<'a> {
    pub(crate) id: u64,
    pub(crate) src: Address,
    pub(crate) dest: Address,
    pub(crate) body: &'a str,
}

impl Message<'_> {
    /// A copy that can be kept.
    pub(crate) fn to_envelope(self) -> Envelope {
        let Self { id, src, dest, body } = self;
        Envelope { id, src, dest, body: body.into() }
    }
}

impl Envelope {
    /// The message in it.
    pub(crate) fn message(&self) -> Message<'_> {
        let Self { id, src, dest, body } = self;
        Message { id: *id, src: *src, dest: *dest, body }
    }
}

/// Keys that a message may have.
const KEYS: [&str; 4] = ["id", "src", "dest", "body"];

/// A line of a node that follows the protocol exactly, parsed except for its body.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Line<'a> {
    /// Some nodes number their messages: any integer, which the engine ignores.
    #[serde(borrow, default, deserialize_with = "not_null")]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) src: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) dest: Cow<'a, str>,
    #[serde(borrow)]
    body: &'a RawValue,
}

/// A key that is present is `Some`, even if its value is `null`.
fn not_null<'de: 'a, 'a, D: Deserializer<'de>>(value: D) -> Result<Option<&'a RawValue>, D::Error> {
    <&RawValue>::deserialize(value).map(Some)
}

impl<'a> Line<'a> {
    /// Parses a line without its newline; `None` if it is odd or wrong (see [`lenient::read`]).
    pub(crate) fn parse(line: &'a [u8]) -> Option<Self> {
        let message: Self = serde_json::from_str(std::str::from_utf8(line).ok()?).ok()?;
        let is_integer =
            |id: &RawValue| id.get().bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        let is_fit = message.body().starts_with('{') && message.id.is_none_or(is_integer);
        is_fit.then_some(message)
    }

    /// The body as JSON text.
    pub(crate) fn body(&self) -> &'a str {
        self.body.get()
    }
}

/// Appends `"id":N,"src":S,"dest":D,"body":B` and the closing brace: the end of delivered lines and
/// of journal lines.
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
