//! Polled messages that should not be there: never sent, or not yet.

use super::operations::Operations;
use crate::Moment;
use crate::excerpt::json;
use crate::number::NONE;
use crate::plural::plural;
use glomers_history::Value;
use std::fmt;

/// Messages in polls that should not be there.
#[derive(Debug, Clone, PartialEq)]
pub enum KafkaStray {
    /// No operation ever sent them.
    NeverSent {
        /// Number of distinct messages.
        count: usize,
        /// Key of the first of them.
        key: Value,
        /// The first of them.
        message: Value,
        /// The completion of the poll.
        poll: Moment,
        /// The sent message that it may represent, in its original type.
        meant: Option<Value>,
    },
    /// They were only sent later.
    SentLater {
        /// Number of distinct messages.
        count: usize,
        /// Key of the first of them.
        key: Value,
        /// The first of them.
        message: Value,
        /// The completion of the poll.
        poll: Moment,
        /// The invocation of the send.
        send: Moment,
    },
}

/// At most one for messages that were never sent, and one for messages polled too early.
pub(super) fn strays(operations: &Operations<'_>) -> Vec<KafkaStray> {
    let moment = |entry: u32| Moment::from(operations.operation(entry));
    let key = |key: u32| operations.key(key).value.clone();
    let messages = operations.messages.iter();
    let unknown = messages.clone().filter(|message| message.writer == NONE);
    let never_sent = unknown.clone().min_by_key(|message| message.first_reader).map(|message| {
        KafkaStray::NeverSent {
            count: unknown.count(),
            key: key(message.key),
            message: message.value.clone(),
            poll: moment(message.first_reader),
            meant: other_type(message.value).filter(|meant| operations.is_sent(message.key, meant)),
        }
    });
    let early = messages.filter(|message| {
        let position = |entry: u32| operations.entries.get(entry as usize).map(|e| e.position);
        let invoked = operations.entries.get(message.writer as usize).map(|entry| entry.invoked);
        let began = invoked.filter(|invoked| *invoked != NONE);
        matches!((position(message.first_reader), began), (Some(polled), Some(began)) if polled < began)
    });
    let sent_later = early.clone().min_by_key(|message| message.first_reader).and_then(|message| {
        Some(KafkaStray::SentLater {
            count: early.count(),
            key: key(message.key),
            message: message.value.clone(),
            poll: moment(message.first_reader),
            send: operations.invocation(message.writer)?.into(),
        })
    });
    never_sent.into_iter().chain(sent_later).collect()
}

/// The integer that a node may have turned into this string, or vice versa.
fn other_type(message: &Value) -> Option<Value> {
    match message {
        Value::Str(text) => text.parse().ok().map(Value::Int),
        Value::Int(number) => Some(Value::str(&number.to_string())),
        _ => None,
    }
}

impl fmt::Display for KafkaStray {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::NeverSent { count, key, message, .. }
        | Self::SentLater { count, key, message, .. }) = self;
        let count = plural(*count, "message was", "messages were");
        let (key, message) = (json(key), json(message));
        match self {
            Self::NeverSent { poll, meant: Some(meant), .. } => write!(
                out,
                "{count} polled that no client sent, for example {message} of key {key} by {poll}, \
                 while {} was sent: keep each `msg` as the JSON value that it came as.",
                json(meant)
            ),
            Self::NeverSent { poll, meant: None, .. } => write!(
                out,
                "{count} polled that no client sent, for example {message} of key {key} by {poll}: \
                 answer `poll` with nothing but the `msg` of `send` requests of that key."
            ),
            Self::SentLater { poll, send, .. } => write!(
                out,
                "{count} polled before anyone sent it, for example {message} of key {key} by \
                 {poll}, though sent by {send}: look for logs that do not start empty, or a file \
                 from an earlier run."
            ),
        }
    }
}
