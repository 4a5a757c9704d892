//! An operation that did not succeed, and what is known of the reason.

use crate::Moment;
use crate::excerpt::{edn, one_line};
use glomers_history::{Function, Kind, Operation, Value};
use std::fmt;

/// A completion other than `:ok`.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// What was asked for.
    pub f: Function,
    /// The argument.
    pub value: Value,
    /// Whether it surely did not happen (`:fail`), or nobody knows (`:info`).
    pub kind: Kind,
    /// What the node answered, or that it did not, in a few words.
    pub reason: String,
    /// The completion.
    pub at: Moment,
}

impl From<&Operation> for Failure {
    fn from(completion: &Operation) -> Self {
        Self {
            f: completion.f.clone(),
            value: completion.value.clone(),
            kind: completion.kind,
            reason: reason(completion),
            at: completion.into(),
        }
    }
}

/// Puts the `:error` of an operation into words.
fn reason(operation: &Operation) -> String {
    let malformed = operation.exception().and_then(|exception| exception.get("data"));
    if let Some(body) = malformed.and_then(|data| data.get("body")) {
        let kind = malformed.and_then(|data| data.get("type"));
        if kind == Some(&Value::keyword("malformed-rpc-response")) {
            let reply = edn(body);
            return match operation.exception().and_then(complaint) {
                Some(complaint) => format!("the reply {reply} has a wrong form: {complaint}"),
                None => format!("the reply {reply} has a wrong form"),
            };
        }
    }
    match operation.error() {
        Some(Value::Keyword(name)) if name.ends_with("timeout") => {
            "the node did not answer in time".to_owned()
        }
        // [:name "text"] is an error body.
        Some(Value::Vector(parts)) => match parts.as_slice() {
            [Value::Keyword(name), Value::Str(text)] => {
                format!("the node answered with error {name}: {}", one_line(text))
            }
            [Value::Keyword(name), Value::Nil] => format!("the node answered with error {name}"),
            parts => edn(&Value::Vector(parts.to_vec())),
        },
        Some(Value::Str(text)) => one_line(text),
        Some(error) => edn(error),
        None => "no reason was given".to_owned(),
    }
}

/// The keys of a malformed reply that are wrong, which stand between these words of the reference's
/// explanation.
fn complaint(exception: &Value) -> Option<String> {
    let Some(Value::Str(cause)) = exception.get("cause") else { return None };
    let (_, complaint) = cause.split_once("This is malformed because:")?;
    let (complaint, _) = complaint.rsplit_once("See doc")?;
    Some(one_line(complaint))
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.f)?;
        if self.value != Value::Nil {
            write!(out, " {}", edn(&self.value))?;
        }
        write!(out, ": {} ({})", self.reason, self.at)
    }
}
