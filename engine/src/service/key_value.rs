//! Requests to a key-value store, and the effect of each on its key. These are the same for
//! `lin-kv`, `seq-kv` and `lww-kv`, which differ only in the state that a request is applied to.

use super::Reply;
use glomers_history::{ErrorCode, Value};

/// A request for one key. Keys and values are any JSON; missing ones are null, as in the reference.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct KeyValueRequest {
    pub(super) key: Value,
    pub(super) action: Action,
}

/// What to do with the key.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Action {
    Read,
    Write(Value),
    CompareAndSet {
        from: Value,
        to: Value,
        /// Creates a missing key, regardless of `from`.
        create: bool,
    },
}

/// The result of a request.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answer {
    pub(super) reply: Reply,
    /// The new value of the key, if the request sets it.
    pub(super) written: Option<Value>,
}

/// The requests of a store, as text for a person.
pub(super) const REQUESTS: &str = "read (key), write (key, value) or cas (key, from, to)";

/// A field that is missing in a request of one of the three types.
pub(super) fn missing_field(body: &Value) -> Option<&'static str> {
    let Some(Value::Str(kind)) = body.get("type") else { return None };
    let fields: &[&str] = match kind.as_str() {
        "write" => &["key", "value"],
        "cas" => &["key", "from", "to"],
        _ => &["key"],
    };
    fields.iter().copied().find(|field| body.get(field).is_none())
}

impl KeyValueRequest {
    /// Reads the body of a message; `None` if its type is not one of the three.
    pub(super) fn read(body: &Value) -> Option<Self> {
        let Some(Value::Str(kind)) = body.get("type") else { return None };
        let field = |name: &str| body.get(name).cloned().unwrap_or(Value::Nil);
        let action = match kind.as_str() {
            "read" => Action::Read,
            "write" => Action::Write(field("value")),
            "cas" => Action::CompareAndSet {
                from: field("from"),
                to: field("to"),
                create: !matches!(
                    body.get("create_if_not_exists"),
                    None | Some(Value::Nil | Value::Bool(false))
                ),
            },
            _ => return None,
        };
        Some(Self { key: field("key"), action })
    }

    /// The answer if the key holds this value; `None` if the key is missing.
    pub(super) fn answer(&self, current: Option<&Value>) -> Answer {
        match (&self.action, current) {
            (Action::Read, Some(value)) => {
                let reply = vec![("type", Value::str("read_ok")), ("value", value.clone())];
                Answer { reply, written: None }
            }
            (Action::Write(value), _) => set("write_ok", value),
            (Action::CompareAndSet { from, to, .. }, Some(value)) if value == from => {
                set("cas_ok", to)
            }
            (Action::CompareAndSet { from, .. }, Some(value)) => {
                error(ErrorCode::PRECONDITION_FAILED, &mismatch(value, &from.to_string()))
            }
            (Action::CompareAndSet { to, create: true, .. }, None) => set("cas_ok", to),
            (Action::Read | Action::CompareAndSet { .. }, None) => {
                error(ErrorCode::KEY_DOES_NOT_EXIST, "key does not exist")
            }
        }
    }
}

fn set(reply: &str, value: &Value) -> Answer {
    Answer { reply: vec![("type", Value::str(reply))], written: Some(value.clone()) }
}

/// An error with a code of the protocol, which changes nothing.
pub(super) fn error(code: ErrorCode, text: &str) -> Answer {
    let reply = vec![
        ("type", Value::str("error")),
        ("code", Value::Int(code.number)),
        ("text", Value::str(text)),
    ];
    Answer { reply, written: None }
}

/// The text for a failed comparison.
pub(super) fn mismatch(current: &Value, from: &str) -> String {
    format!("current value {current} is not {from}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use glomers_history::json::read_body;

    fn answer(request: &str, current: Option<&Value>) -> Answer {
        KeyValueRequest::read(&read_body(request).unwrap()).unwrap().answer(current)
    }

    #[test]
    fn refusals_have_the_codes_and_texts_of_the_reference() {
        let missing = error(ErrorCode::KEY_DOES_NOT_EXIST, "key does not exist");
        assert_eq!(answer(r#"{"type":"read","key":"a"}"#, None), missing);
        let cas = r#"{"type":"cas","key":"a","from":"x","to":1}"#;
        assert_eq!(answer(cas, None), missing);
        let list = Value::Vector(vec![Value::str("y"), Value::Nil]);
        let differs =
            error(ErrorCode::PRECONDITION_FAILED, r#"current value ["y" nil] is not "x""#);
        assert_eq!(answer(cas, Some(&list)), differs);
        // As in the reference, 1 is not equal to 1.0.
        let one = r#"{"type":"cas","key":"a","from":1,"to":1}"#;
        let differs = error(ErrorCode::PRECONDITION_FAILED, "current value 1.0 is not 1");
        assert_eq!(answer(one, Some(&Value::Float(1.0))), differs);
    }

    #[test]
    fn only_a_true_flag_creates_a_key() {
        for (flag, creates) in [("true", true), ("1", true), ("false", false), ("null", false)] {
            let request = format!(
                r#"{{"type":"cas","key":"a","from":9,"to":1,"create_if_not_exists":{flag}}}"#
            );
            assert_eq!(answer(&request, None).written.is_some(), creates, "{flag}");
            // If the key exists, the values are compared as usual.
            assert_eq!(answer(&request, Some(&Value::Nil)).written, None);
        }
    }

    #[test]
    fn absent_fields_are_null_and_other_types_are_no_requests() {
        let write = KeyValueRequest::read(&read_body(r#"{"type":"write"}"#).unwrap()).unwrap();
        assert_eq!(write, KeyValueRequest { key: Value::Nil, action: Action::Write(Value::Nil) });
        // A key that holds null exists.
        let read = answer(r#"{"type":"read"}"#, Some(&Value::Nil));
        assert_eq!(read.reply[1], ("value", Value::Nil));
        for other in [r#"{"type":"watch","key":1}"#, r#"{"type":7}"#, r#"{"key":1}"#] {
            assert_eq!(KeyValueRequest::read(&read_body(other).unwrap()), None);
        }
    }
}
