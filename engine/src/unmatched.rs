//! Messages to a client that do not answer its open request: why, and what would have been correct.

use glomers_history::Value;
use glomers_history::json;
use std::fmt;

/// Common misspellings of `in_reply_to`, ignoring case, `_` and `-`.
const LIKE_IN_REPLY_TO: [&str; 4] = ["inreplyto", "replyto", "inreply", "inresponseto"];

/// Why a message to a client answers no request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum UnmatchedKind {
    /// It has no `in_reply_to`.
    Missing,
    /// It has a key that resembles `in_reply_to`.
    OtherKey,
    /// Its `in_reply_to` is not an integer.
    NotInteger,
    /// The client already received an answer to that request.
    AnsweredBefore,
    /// The request had already timed out.
    TooLate,
    /// The request with that number belongs to another client.
    OtherClient,
    /// The client sent no request with that number.
    NoRequest,
}

impl UnmatchedKind {
    /// Whether it was intended as an answer and can never be accepted as one.
    pub(crate) fn is_mistake(self) -> bool {
        !matches!(self, Self::AnsweredBefore | Self::TooLate)
    }
}

/// The request that a client waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenRequest {
    /// Type of the request.
    pub request: &'static str,
    /// Its `msg_id`.
    pub msg_id: i64,
}

/// A message to a client that answers no request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnmatchedReply {
    /// The reason.
    pub kind: UnmatchedKind,
    /// Name of the client.
    pub client: String,
    /// `in_reply_to`, or the entry that resembles it, as JSON; empty if there is none.
    pub found: String,
    /// The client's open request; `None` if it has none.
    pub open: Option<OpenRequest>,
    /// The beginning of the body, as JSON.
    pub body: String,
}

/// How often a node sent messages that answer no request, for one reason, and the first of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnmatchedCount {
    /// Number of such messages.
    pub count: u64,
    /// The first message.
    pub first: UnmatchedReply,
}

/// The requests of a client.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Requests<'a> {
    /// Number of the last request; they are counted from 1.
    pub(crate) last: i64,
    /// Requests that timed out.
    pub(crate) timed_out: &'a [i64],
}

/// Why a body answers no request, and its `in_reply_to` or what resembles it.
pub(crate) fn classify(
    body: &Value,
    requests: Requests<'_>,
    is_open_elsewhere: impl FnOnce(i64) -> bool,
) -> (UnmatchedKind, String) {
    let Some(answered) = body.get("in_reply_to") else {
        return match similar_entry(body) {
            Some(entry) => (UnmatchedKind::OtherKey, entry),
            None => (UnmatchedKind::Missing, String::new()),
        };
    };
    let found = json_text(answered);
    let Value::Int(number) = *answered else { return (UnmatchedKind::NotInteger, found) };
    let kind = if requests.timed_out.contains(&number) {
        UnmatchedKind::TooLate
    } else if (1..=requests.last).contains(&number) {
        UnmatchedKind::AnsweredBefore
    } else if is_open_elsewhere(number) {
        UnmatchedKind::OtherClient
    } else {
        UnmatchedKind::NoRequest
    };
    (kind, found)
}

/// An entry whose key resembles `in_reply_to`, or an object that contains it.
fn similar_entry(body: &Value) -> Option<String> {
    let Value::Map(entries) = body else { return None };
    entries.iter().find_map(|(key, value)| {
        let Value::Keyword(key) = key else { return None };
        if let Value::Map(inner) = value
            && inner.iter().any(|(key, _)| *key == Value::str("in_reply_to"))
        {
            return Some(format!("in_reply_to inside \"{key}\""));
        }
        let letters: String =
            key.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        LIKE_IN_REPLY_TO
            .contains(&letters.as_str())
            .then(|| format!("\"{key}\": {}", json_text(value)))
    })
}

/// A value as JSON text.
pub(crate) fn json_text(value: &Value) -> String {
    let mut out = Vec::new();
    json::write_json(value, &mut out);
    String::from_utf8_lossy(&out).into_owned()
}

/// A sentence whose subject is the node.
impl fmt::Display for UnmatchedReply {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, client, found, open, .. } = self;
        match kind {
            UnmatchedKind::Missing => {
                write!(
                    out,
                    "sent {client} a message without in_reply_to, which answers nothing: "
                )?;
            }
            UnmatchedKind::OtherKey => {
                write!(out, "sent {client} a message with {found}, which answers nothing: ")?;
            }
            UnmatchedKind::NotInteger => {
                write!(
                    out,
                    "sent {client} a message with \"in_reply_to\": {found}, which is not an \
                     integer and answers nothing: "
                )?;
            }
            UnmatchedKind::AnsweredBefore => {
                return write!(
                    out,
                    "answered request {found} of {client} again: only its first answer counts"
                );
            }
            UnmatchedKind::TooLate => {
                return write!(
                    out,
                    "answered request {found} of {client} after the client had given it up: such \
                     an answer counts for nothing"
                );
            }
            UnmatchedKind::OtherClient => {
                return write!(
                    out,
                    "sent {client} the answer to request {found} of another client: send an \
                     answer to the src of its request"
                );
            }
            UnmatchedKind::NoRequest => {
                write!(
                    out,
                    "sent {client} a message with \"in_reply_to\": {found}, a number that none of \
                     its requests has: "
                )?;
            }
        }
        match open {
            Some(OpenRequest { request, msg_id }) => write!(
                out,
                "its open request \"{request}\" has \"msg_id\": {msg_id}, so the answer needs \
                 \"in_reply_to\": {msg_id}"
            ),
            None => out.write_str("an answer needs \"in_reply_to\" with the msg_id of its request"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use UnmatchedKind::{
        AnsweredBefore, Missing, NoRequest, NotInteger, OtherClient, OtherKey, TooLate,
    };
    use glomers_history::json::read_body;

    #[test]
    fn every_reason_is_recognised_and_described() {
        let requests = Requests { last: 9, timed_out: &[4] };
        let cases = [
            (r#"{"type":"echo_ok"}"#, Missing, "without in_reply_to"),
            (r#"{"inReplyTo":9}"#, OtherKey, r#"with "inReplyTo": 9, which answers nothing"#),
            (r#"{"reply-to":9}"#, OtherKey, r#""reply-to": 9"#),
            (r#"{"src":"n0","body":{"in_reply_to":9}}"#, OtherKey, "in_reply_to inside \"body\""),
            (r#"{"in_reply_to":"9"}"#, NotInteger, r#""in_reply_to": "9", which is not"#),
            (r#"{"in_reply_to":null}"#, NotInteger, r#""in_reply_to": null"#),
            (r#"{"in_reply_to":9.5}"#, NotInteger, r#""in_reply_to": 9.5"#),
            (r#"{"in_reply_to":3}"#, AnsweredBefore, "answered request 3 of c7 again"),
            (r#"{"in_reply_to":4}"#, TooLate, "after the client had given it up"),
            (r#"{"in_reply_to":70}"#, OtherClient, "to the src of its request"),
            (r#"{"in_reply_to":71}"#, NoRequest, "none of its requests has"),
            (r#"{"in_reply_to":0}"#, NoRequest, "none of its requests has"),
        ];
        for (body, kind, text) in cases {
            let (classified, found) =
                classify(&read_body(body).unwrap(), requests, |number| number == 70);
            assert_eq!(classified, kind, "{body}");
            let open = Some(OpenRequest { request: "echo", msg_id: 9 });
            let reply =
                UnmatchedReply { kind, client: "c7".into(), found, open, body: body.into() };
            let said = reply.to_string();
            assert!(said.contains(text), "{said}");
            let names_the_fix = said.contains("so the answer needs \"in_reply_to\": 9");
            let needs_no_number = [AnsweredBefore, TooLate, OtherClient].contains(&kind);
            assert_eq!(names_the_fix, !needs_no_number, "{said}");
        }
    }
}
