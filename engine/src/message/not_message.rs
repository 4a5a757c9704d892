//! Classifies JSON that is not a message by what it looks like.

use glomers_history::Value;
use glomers_history::json::exact::{TopValue, read_first};
use smol_str::SmolStr;
use std::fmt;

/// What is wrong with JSON text that should be a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NotMessage {
    /// It is not an object.
    NotObject,
    /// An array of messages.
    List,
    /// A message as JSON, encoded again as a string.
    EncodedTwice,
    /// The message is the value of a key of another object.
    Wrapped,
    /// Only a body, without `src` and `dest`.
    BodyOnly,
    /// The contents of `body` are next to `src` and `dest`.
    Flat,
    /// A key has the wrong case: `Src`.
    WrongCase(&'static str),
    /// A key has another name.
    OtherName {
        /// The expected key.
        wanted: &'static str,
        /// The key that is there.
        found: &'static str,
    },
    /// This key is missing.
    Missing(&'static str),
    /// The value of this key is not a string.
    NotString(&'static str),
    /// `id` is not an integer.
    BadId,
    /// `body` is JSON in a string.
    BodyEncodedTwice,
    /// `body` is not an object.
    BodyNotObject,
    /// There is a key other than the four that a message may have.
    ExtraKey,
}

/// Other names that are commonly used for the keys of a message.
const OTHER_NAMES: [(&str, &[&str]); 3] = [
    ("src", &["from", "source", "sender", "sender_id", "node", "node_id"]),
    ("dest", &["to", "dst", "destination", "target", "receiver", "recipient"]),
    ("body", &["payload", "message", "msg", "data", "content", "boddy"]),
];

impl NotMessage {
    /// What is wrong with a value that is not an object.
    pub(super) fn of_value(value: &Value) -> Self {
        match value {
            Value::Str(text) if is_object(text) => Self::EncodedTwice,
            Value::Vector(elements) if elements.iter().any(is_message) => Self::List,
            _ => Self::NotObject,
        }
    }

    /// What is wrong with the envelope of an object; `None` if it is correct.
    pub(super) fn of_entries(entries: &[(SmolStr, Value)]) -> Option<Self> {
        let last = |key: &str| entries.iter().rev().find(|(name, _)| name == key);
        let is_missing = |key: &str| last(key).is_none();
        let mut strangers =
            entries.iter().map(|(key, _)| key).filter(|key| !super::KEYS.contains(&key.as_str()));
        let has_strangers = strangers.clone().next().is_some();
        if has_strangers && ["src", "dest", "body"].into_iter().any(is_missing) {
            if let Some(renamed) = renamed(entries) {
                return Some(renamed);
            }
            if entries.iter().any(|(_, value)| is_message(value)) {
                return Some(Self::Wrapped);
            }
            if is_missing("body") && strangers.any(|key| key == "type" || key == "in_reply_to") {
                let has_address = !(is_missing("src") && is_missing("dest"));
                return Some(if has_address { Self::Flat } else { Self::BodyOnly });
            }
        }
        for key in ["src", "dest"] {
            match last(key) {
                None => return Some(Self::Missing(key)),
                Some((_, Value::Str(_))) => {}
                Some(_) => return Some(Self::NotString(key)),
            }
        }
        if has_strangers {
            return Some(Self::ExtraKey);
        }
        match last("id") {
            None | Some((_, Value::Int(_) | Value::BigNumber(_))) => {}
            Some(_) => return Some(Self::BadId),
        }
        match last("body") {
            None | Some((_, Value::Map(_) | Value::Nil)) => None,
            Some((_, Value::Str(text))) if text.is_empty() => None,
            Some((_, Value::Str(text))) if is_object(text) => Some(Self::BodyEncodedTwice),
            Some((_, Value::Vector(elements))) if elements.is_empty() => None,
            Some(_) => Some(Self::BodyNotObject),
        }
    }
}

/// A key that is present under another name or in another case.
fn renamed(entries: &[(SmolStr, Value)]) -> Option<NotMessage> {
    let has = |key: &str| entries.iter().any(|(name, _)| name == key);
    for (wanted, others) in OTHER_NAMES.into_iter().filter(|(wanted, _)| !has(wanted)) {
        for (name, value) in entries {
            let is_fit = if wanted == "body" {
                // A wrapped message is not a body.
                matches!(value, Value::Map(_)) && !is_message(value)
            } else {
                matches!(value, Value::Str(_))
            };
            if name.trim().eq_ignore_ascii_case(wanted) {
                return Some(NotMessage::WrongCase(wanted));
            }
            let other = others.iter().find(|other| name.eq_ignore_ascii_case(other));
            if let Some(found) = other.filter(|_| is_fit) {
                return Some(NotMessage::OtherName { wanted, found });
            }
        }
    }
    None
}

/// Whether a text is a JSON object.
pub(super) fn is_object(text: &str) -> bool {
    read_first(text).is_ok_and(|first| matches!(first.value, TopValue::Object(_)))
}

/// Whether a value has the keys of a message.
fn is_message(value: &Value) -> bool {
    let Value::Map(entries) = value else { return false };
    ["dest", "body"]
        .iter()
        .all(|key| entries.iter().any(|(name, _)| matches!(name, Value::Str(name) if name == key)))
}

/// The form of a message, in short.
const MESSAGE: &str =
    "a message is an object with exactly src and dest (strings) and body (an object)";

impl fmt::Display for NotMessage {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("printed JSON to stdout that is not a message: ")?;
        match self {
            Self::NotObject => write!(out, "it is no object; {MESSAGE}"),
            Self::List => {
                out.write_str("it is an array of messages; print each message on a separate line")
            }
            Self::EncodedTwice => out.write_str(
                "it is a string that holds a message; encode the message once, not twice",
            ),
            Self::Wrapped => write!(out, "the message is inside another object; {MESSAGE}"),
            Self::BodyOnly => write!(
                out,
                "it is only a body; {MESSAGE}: set src to the node_id of init, and dest to the src \
                 of the request"
            ),
            Self::Flat => write!(
                out,
                "type and what else the body has stand beside src and dest; {MESSAGE}: move them \
                 into body"
            ),
            Self::WrongCase(wanted) => {
                write!(out, "its key is not spelt \"{wanted}\", in small letters; {MESSAGE}")
            }
            Self::OtherName { wanted, found } => {
                write!(out, "it has \"{found}\" where \"{wanted}\" belongs; {MESSAGE}")
            }
            Self::Missing(key) => write!(out, "\"{key}\" is missing; {MESSAGE}"),
            Self::NotString(key) => write!(out, "\"{key}\" is no string; {MESSAGE}"),
            Self::BadId => out.write_str(
                "\"id\" beside src and dest is no integer; leave it out (msg_id belongs into body)",
            ),
            Self::BodyEncodedTwice => out.write_str(
                "body is a string that holds JSON; put the object itself into body, and encode the \
                 whole message once",
            ),
            Self::BodyNotObject => write!(out, "body is no object; {MESSAGE}"),
            Self::ExtraKey => write!(
                out,
                "it has a key besides src, dest, body and id; {MESSAGE}: what else is to be sent \
                 belongs into body"
            ),
        }
    }
}
