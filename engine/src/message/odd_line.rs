//! The kinds of lines that are accepted although they are odd.

use std::fmt;

/// What is odd about a line that both the reference and glomers accept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OddLine {
    /// Another message follows the message.
    SecondMessage,
    /// Other text follows the message.
    TextBehind,
    /// This key occurs more than once.
    DuplicateKey(&'static str),
    /// A string contains a control character that must be escaped in JSON.
    ControlCharacter,
    /// Some bytes are not UTF-8.
    NotUtf8,
    /// There is no `body`, or it is an empty value other than an object.
    NoBody,
    /// The message is from another, and to the node that printed it.
    SwappedAddresses,
    /// The message is from another.
    ForeignSource,
    /// A carriage return without a newline ends a message.
    CarriageReturn,
    /// Text without a newline after it for some time.
    Unfinished,
    /// A service does not support the type of the request.
    UnknownRequest {
        /// The service.
        service: &'static str,
        /// The requests that it supports.
        requests: &'static str,
    },
    /// A request to a service lacks a field, which is taken as null.
    MissingField {
        /// The service.
        service: &'static str,
        /// The field.
        field: &'static str,
    },
}

/// What is odd, what the engine did with it, and how to fix it.
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
            Self::SwappedAddresses => out.write_str(
                "sent a message from another to itself: src and dest are swapped; an answer has the \
                 node's own name as src, and the src of the request as dest",
            ),
            Self::ForeignSource => out.write_str(
                "sent a message in the name of another, which was taken: write the node's own name \
                 into src",
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
