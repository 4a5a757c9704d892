//! Lines that are taken, though something about them is odd.

use std::fmt;

/// What is odd about a line that the reference takes, and so do we.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OddLine {
    /// Another message stands behind the message.
    SecondMessage,
    /// Something else stands behind the message.
    TextBehind,
    /// This key is there more than once.
    DuplicateKey(&'static str),
    /// A string holds a control character that JSON wants escaped.
    ControlCharacter,
    /// Some bytes are not UTF-8.
    NotUtf8,
    /// There is no `body`, or an empty one that is no object.
    NoBody,
    /// A carriage return alone ends a message.
    CarriageReturn,
    /// Text came, and no newline behind it for a while.
    Unfinished,
    /// A service does not know what it is asked for.
    UnknownRequest {
        /// The service.
        service: &'static str,
        /// What it understands.
        requests: &'static str,
    },
    /// A request to a service lacks a field, which then is null.
    MissingField {
        /// The service.
        service: &'static str,
        /// The field.
        field: &'static str,
    },
}

/// What is odd, what became of it, and what to do about it.
impl fmt::Display for OddLine {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SecondMessage => out.write_str(
                "printed two messages on one line, of which only the first is read: print a \
                 newline behind each message",
            ),
            Self::TextBehind => out.write_str(
                "printed text behind a message on its line, which is ignored: print a newline \
                 behind each message, and nothing else",
            ),
            Self::DuplicateKey(key) => write!(
                out,
                "printed a message that has the key \"{key}\" twice: the last one counts; write \
                 each key once"
            ),
            Self::ControlCharacter => out.write_str(
                "printed a message with a control character in a string, which JSON wants escaped \
                 (a tab is \\t): encode messages with a JSON library; it was taken",
            ),
            Self::NotUtf8 => out.write_str(
                "printed a message that is not UTF-8: it was taken with \u{fffd} for what cannot be \
                 read; encode stdout as UTF-8",
            ),
            Self::NoBody => out.write_str(
                "printed a message without a body, which was taken as {}: write an object with a \
                 type into body",
            ),
            Self::CarriageReturn => out.write_str(
                "ends messages with a carriage return alone: they were taken; print a newline \
                 (\\n) behind each message",
            ),
            Self::Unfinished => out.write_str(
                "printed text to stdout without a newline behind it: a message is not sent before \
                 its line ends; print a newline (\\n) behind each message, and flush",
            ),
            Self::UnknownRequest { service, requests } => write!(
                out,
                "sent {service} a request that it does not understand and does not answer: it \
                 understands requests of type {requests}"
            ),
            Self::MissingField { service, field: "msg_id" } => write!(
                out,
                "sent {service} a request without msg_id: the answer has null for in_reply_to; \
                 number requests to find their answers"
            ),
            Self::MissingField { service, field } => write!(
                out,
                "sent {service} a request without \"{field}\", which was taken as null"
            ),
        }
    }
}
