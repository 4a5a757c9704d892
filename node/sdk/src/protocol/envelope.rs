//! Reading a line: the envelope is parsed, the body only scanned, nothing is copied.

use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// One message. Other top-level keys (`id`) are ignored.
#[derive(Debug, Deserialize)]
pub struct Envelope<'a> {
    /// Who sent it.
    #[serde(borrow)]
    pub src: Cow<'a, str>,
    /// Whom it is for.
    #[serde(borrow)]
    pub dest: Cow<'a, str>,
    /// The body's text.
    #[serde(borrow)]
    pub body: &'a RawValue,
}

impl<'a> Envelope<'a> {
    /// Reads a line.
    pub fn parse(line: &'a str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(line)
    }

    /// Reads what every body has.
    pub fn head(&self) -> Result<Head<'a>, serde_json::Error> {
        serde_json::from_str(self.body.get())
    }
}

/// What every body has.
#[derive(Debug, Deserialize)]
pub struct Head<'a> {
    /// What the message is about.
    #[serde(rename = "type", borrow)]
    pub kind: Cow<'a, str>,
    /// The number that an answer should carry, if one is wanted.
    pub msg_id: Option<u64>,
    /// The number of the request that this answers.
    pub in_reply_to: Option<u64>,
}
