//! The requests of clients: their fields, and the closed schema of their replies.

use glomers_history::{ErrorCode, Value};
use std::fmt::{self, Write as _};

/// The type of a field. As in the reference, `null` is accepted as an empty array.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Any value.
    Any,
    /// An integer.
    Int,
    /// A string.
    Str,
    /// An array of any values.
    List,
    /// An object whose values are lists of strings.
    Topology,
    /// `null`.
    Null,
    /// Exactly this string.
    Word(&'static str),
    /// An array of any length whose elements have this shape.
    ListOf(&'static Shape),
    /// An array with exactly these element shapes.
    Tuple(&'static [Shape]),
    /// An object with any keys whose values have this shape.
    MapOf(&'static Shape),
    /// Any of these shapes.
    Either(&'static [Shape]),
}

impl Shape {
    fn accepts(self, value: &Value) -> bool {
        match self {
            Self::Any => true,
            Self::Int => match value {
                Value::Int(_) => true,
                Value::BigNumber(digits) => {
                    digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
                }
                _ => false,
            },
            Self::Str => matches!(value, Value::Str(_)),
            Self::List => matches!(value, Value::Vector(_) | Value::Nil),
            Self::Topology => matches!(value, Value::Map(_)),
            Self::Null => *value == Value::Nil,
            Self::Word(word) => matches!(value, Value::Str(text) if text == word),
            Self::ListOf(shape) => match value {
                Value::Vector(elements) => elements.iter().all(|element| shape.accepts(element)),
                _ => *value == Value::Nil,
            },
            Self::Tuple(shapes) => match value {
                Value::Vector(elements) => {
                    elements.len() == shapes.len()
                        && shapes.iter().zip(elements).all(|(shape, value)| shape.accepts(value))
                }
                _ => false,
            },
            Self::MapOf(shape) => match value {
                Value::Map(entries) => entries.iter().all(|(_, value)| shape.accepts(value)),
                _ => false,
            },
            Self::Either(shapes) => shapes.iter().any(|shape| shape.accepts(value)),
        }
    }
}

/// A description for the author of a node.
impl fmt::Display for Shape {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => out.write_str("anything"),
            Self::Int => out.write_str("an integer"),
            Self::Str => out.write_str("a string"),
            Self::List => out.write_str("an array"),
            Self::Topology => out.write_str("an object of arrays"),
            Self::Null => out.write_str("null"),
            Self::Word(word) => write!(out, "\"{word}\""),
            Self::ListOf(shape) => write!(out, "an array, each element {shape}"),
            Self::Tuple(shapes) => {
                out.write_str("[")?;
                write_joined(shapes, ", ", out)?;
                out.write_str("]")
            }
            Self::MapOf(shape) => write!(out, "an object, each value {shape}"),
            Self::Either(shapes) => write_joined(shapes, " or ", out),
        }
    }
}

fn write_joined(shapes: &[Shape], between: &str, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (position, shape) in shapes.iter().enumerate() {
        if position > 0 {
            out.write_str(between)?;
        }
        write!(out, "{shape}")?;
    }
    Ok(())
}

/// A field of a request or a reply, in addition to `type`, `msg_id` and `in_reply_to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// The key.
    pub name: &'static str,
    /// The type of its value.
    pub shape: Shape,
}

/// One kind of request and its reply.
#[derive(Debug, PartialEq, Eq)]
pub struct Rpc {
    /// `type` of the request.
    pub request: &'static str,
    /// Fields of the request.
    pub request_fields: &'static [Field],
    /// `type` of the reply.
    pub reply: &'static str,
    /// Fields of the reply. No other fields are allowed.
    pub reply_fields: &'static [Field],
}

impl Rpc {
    /// Describes what is wrong with a reply; `None` if it matches the schema.
    #[must_use]
    pub fn mismatch(&self, reply: &Value) -> Option<String> {
        let Value::Map(entries) = reply else { return Some("it is not an object".to_owned()) };
        let mut problems = String::new();
        let mut note = |problem: std::fmt::Arguments<'_>| {
            if !problems.is_empty() {
                problems.push_str(", ");
            }
            // Writing into a string cannot fail.
            let _ = problems.write_fmt(problem);
        };
        let expected_type = |value: &Value| matches!(value, Value::Str(text) if text == self.reply);
        if !reply.get("type").is_some_and(expected_type) {
            note(format_args!("type is not \"{}\"", self.reply));
        }
        let meta = [Field { name: "in_reply_to", shape: Shape::Int }];
        for field in self.reply_fields.iter().chain(&meta) {
            match reply.get(field.name) {
                None => note(format_args!("{} is missing", field.name)),
                Some(value) if !field.shape.accepts(value) => {
                    note(format_args!("{} is not {}", field.name, field.shape));
                }
                Some(_) => {}
            }
        }
        if reply.get("msg_id").is_some_and(|id| !Shape::Int.accepts(id)) {
            note(format_args!("msg_id is not {}", Shape::Int));
        }
        for (key, _) in entries {
            let Value::Keyword(name) = key else { continue };
            let known = ["type", "in_reply_to", "msg_id"].contains(&name.as_str())
                || self.reply_fields.iter().any(|field| field.name == name.as_str());
            if !known {
                note(format_args!("{name} is not allowed"));
            }
        }
        (!problems.is_empty()).then_some(problems)
    }

    /// The expected reply in JSON notation, for a message to the node's author.
    #[must_use]
    pub fn expected(&self) -> String {
        let mut text = format!("{{\"type\":\"{}\"", self.reply);
        for field in self.reply_fields {
            let _ = write!(text, ",\"{}\":<{}>", field.name, field.shape);
        }
        text.push_str(",\"in_reply_to\":<the msg_id of the request>}");
        text
    }
}

/// An error reply, with the meaning that the protocol gives to its code.
#[derive(Debug, Clone, PartialEq)]
pub struct RpcError {
    /// Name of the code; `unknown` for a code that the protocol does not define.
    pub name: &'static str,
    /// Whether the operation certainly did not happen.
    pub definite: bool,
    /// `text` of the error, of any type; nil if absent.
    pub text: Value,
    /// The whole body.
    pub body: Value,
}

impl RpcError {
    /// Why later answers of the same program will be the same error; `None` if they may differ.
    pub(crate) fn flaw(&self) -> Option<&'static str> {
        if self.name == ErrorCode::NOT_SUPPORTED.name {
            return Some("it does not support that request");
        }
        match self.body.get("code") {
            Some(Value::Int(_)) => None,
            Some(_) => Some("the code of an error must be an integer"),
            None => Some("an error needs a code, which is an integer"),
        }
    }

    /// Reads the error of a body whose type is `error`; `None` for other bodies.
    #[must_use]
    pub fn from_body(body: &Value) -> Option<Self> {
        if !matches!(body.get("type"), Some(Value::Str(kind)) if kind == "error") {
            return None;
        }
        let code = body.get("code").and_then(Value::as_int);
        let known = code.and_then(ErrorCode::with_number);
        let (name, definite) =
            known.map_or(("unknown", false), |known| (known.name, known.is_definite));
        let text = body.get("text").cloned().unwrap_or(Value::Nil);
        Some(Self { name, definite, text, body: body.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use glomers_history::json::read_body;

    const READ: Rpc = Rpc {
        request: "read",
        request_fields: &[],
        reply: "read_ok",
        reply_fields: &[Field { name: "messages", shape: Shape::List }],
    };

    #[test]
    fn replies_must_fit_exactly() {
        let mismatch = |reply: &str| READ.mismatch(&read_body(reply).unwrap());
        assert_eq!(
            mismatch(r#"{"type":"read_ok","messages":[],"in_reply_to":1,"msg_id":5}"#),
            None
        );
        for (reply, problem) in [
            (r#"{"type":"read_ok","in_reply_to":1}"#, "messages is missing"),
            (
                r#"{"type":"read_okay","messages":{},"in_reply_to":1,"x":1}"#,
                "type is not \"read_ok\", messages is not an array, x is not allowed",
            ),
            (
                r#"{"type":"read_ok","messages":[],"in_reply_to":1,"msg_id":"a"}"#,
                "msg_id is not an integer",
            ),
        ] {
            assert_eq!(mismatch(reply).as_deref(), Some(problem));
        }
    }

    #[test]
    fn error_codes_are_definite_or_not() {
        let error = |body: &str| RpcError::from_body(&read_body(body).unwrap());
        let abort = error(r#"{"type":"error","code":14,"text":"no"}"#).unwrap();
        assert_eq!((abort.name, abort.definite, &abort.text), ("abort", true, &Value::str("no")));
        let own = error(r#"{"type":"error","code":1000}"#).unwrap();
        assert_eq!((own.name, own.definite, &own.text), ("unknown", false, &Value::Nil));
        assert_eq!((abort.flaw(), own.flaw()), (None, None));
        for hopeless in [r#""code":"11""#, r#""code":10"#, r#""text":"no""#] {
            let body = format!(r#"{{"type":"error",{hopeless}}}"#);
            assert!(error(&body).unwrap().flaw().is_some(), "{body}");
        }
        assert_eq!(error(r#"{"type":"read_ok"}"#), None);
    }
}
