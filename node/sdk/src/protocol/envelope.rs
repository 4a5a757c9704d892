//! Reads a line: parses the envelope, only scans the body, and copies nothing.

use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// One message. Other top-level keys (`id`) are ignored.
#[derive(Debug, Deserialize)]
pub struct Envelope<'a> {
    /// The sender.
    #[serde(borrow)]
    pub src: Cow<'a, str>,
    /// The receiver.
    #[serde(borrow)]
    pub dest: Cow<'a, str>,
    /// The body as JSON text.
    #[serde(borrow)]
    pub body: &'a RawValue,
}

impl<'a> Envelope<'a> {
    /// Reads a line.
    pub fn parse(line: &'a str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(line)
    }

    /// Reads the fields that every body has.
    pub fn head(&self) -> Result<Head<'a>, serde_json::Error> {
        serde_json::from_str(self.body.get())
    }
}

/// The fields that every body has.
#[derive(Debug, Deserialize)]
pub struct Head<'a> {
    /// The type of the message.
    #[serde(rename = "type", borrow)]
    pub kind: Cow<'a, str>,
    /// The number that the answer must have as `in_reply_to`, if an answer is expected.
    pub msg_id: Option<u64>,
    /// The `msg_id` of the request that this answers.
    pub in_reply_to: Option<u64>,
}
