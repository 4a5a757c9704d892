//! An operation that did not succeed, and what is known of the reason.

use crate::Moment;
use crate::excerpt::{json, one_line};
use glomers_history::{Function, History, Kind, Operation, Value, read_value};
use std::fmt;

/// A completion other than `:ok`.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// The function that was requested.
    pub f: Function,
    /// The argument.
    pub value: Value,
    /// Whether it surely did not happen (`:fail`), or its outcome is unknown (`:info`).
    pub kind: Kind,
    /// The node's answer, or that there was none, in a few words.
    pub reason: String,
    /// The completion.
    pub at: Moment,
}

/// Completions of clients that are not `:ok`, in order.
pub(crate) fn failures(history: &History) -> impl Iterator<Item = Failure> {
    history
        .client_operations()
        .filter(|(_, operation)| matches!(operation.kind, Kind::Fail | Kind::Info))
        .map(|(_, operation)| operation.into())
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

/// The text for a timeout.
const NO_ANSWER: &str = "the node did not answer in time";

/// Puts the `:error` of an operation into words.
fn reason(operation: &Operation) -> String {
    let thrown = operation.exception();
    if let Some(reason) = thrown.and_then(malformed).or_else(|| thrown.and_then(answered)) {
        return reason;
    }
    match operation.error() {
        Some(Value::Keyword(name)) if name.ends_with("timeout") => NO_ANSWER.to_owned(),
        // [:name text] is an error body.
        Some(Value::Vector(parts)) => match parts.as_slice() {
            [Value::Keyword(name), text] => error_reply(name, text),
            parts => json(&Value::Vector(parts.to_vec())),
        },
        Some(Value::Str(text)) => one_line(text),
        Some(error) => json(error),
        None => "no reason was given".to_owned(),
    }
}

/// The node's answer, or that there was none, if the client threw it as an exception, as clients of
/// sets and counters do. The data is that of the exception, or of its first cause.
fn answered(exception: &Value) -> Option<String> {
    let first = || exception.get("via")?.elements()?.first()?.get("data");
    let data = exception.get("data").or_else(first)?;
    let kind = data.get("type")?;
    if *kind == Value::keyword("maelstrom.client/timeout") {
        return Some(NO_ANSWER.to_owned());
    }
    let Value::Keyword(name) = data.get("name").filter(|_| *kind == Value::keyword("rpc-error"))?
    else {
        return None;
    };
    let text = data.get("body").and_then(|body| body.get("text"));
    Some(error_reply(
        name,
        text.filter(|text| matches!(text, Value::Str(_))).unwrap_or(&Value::Nil),
    ))
}

/// An error that a node answered with: the name of its code, and its text.
fn error_reply(name: &str, text: &Value) -> String {
    let error = match name {
        "unknown" => {
            "an error whose code is none of the protocol's (an integer: 10 is not-supported)"
                .to_owned()
        }
        name => format!("error {name}"),
    };
    match text {
        Value::Nil => format!("the node answered with {error}"),
        Value::Str(text) => format!("the node answered with {error}: {}", one_line(text)),
        text => format!("the node answered with {error}: {}", json(text)),
    }
}

/// Describes a reply that violates its schema. The reference's explanation is long: the reply and
/// its wrong keys are enough.
fn malformed(exception: &Value) -> Option<String> {
    let data = exception.get("data")?;
    let kind = data.get("type")?;
    let body = data.get("body").filter(|_| *kind == Value::keyword("malformed-rpc-response"))?;
    let Some(Value::Str(cause)) = exception.get("cause") else {
        return Some(format!("the reply {} has a wrong form", json(body)));
    };
    let keys = cause.split_once("This is malformed because:").map(|(_, keys)| keys);
    Some(match keys.and_then(|keys| keys.rsplit_once("See doc")) {
        Some((keys, _)) => {
            let keys = read_value(keys).map_or_else(|_| one_line(keys), |keys| json(&keys));
            format!("the reply {} has a wrong form: {keys}", json(body))
        }
        None => one_line(cause),
    })
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.f)?;
        if self.value != Value::Nil {
            write!(out, " {}", json(&self.value))?;
        }
        write!(out, ": {} ({})", self.reason, self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::sample;

    #[test]
    fn reasons_are_put_into_words() {
        for (keys, expected) in [
            (":error :net-timeout", "the node did not answer in time"),
            (":error [:abort nil]", "the node answered with error abort"),
            (":error [:abort \"a\\nb\"]", "the node answered with error abort: a b"),
            (":error [:abort {:a 1}]", "the node answered with error abort: {\"a\":1}"),
            (
                ":error [:unknown nil]",
                "the node answered with an error whose code is none of the protocol's (an integer: 10 \
                 is not-supported)",
            ),
            (":error [1 2]", "[1,2]"),
            (":error \"indeterminate: x\"", "indeterminate: x"),
            (":error :strange", "\"strange\""),
            ("", "no reason was given"),
            (
                ":exception {:cause \"n0 answered this\", \
                 :data {:type :malformed-rpc-response, :body {}}}, :error \"long\"",
                "n0 answered this",
            ),
            (
                ":exception {:cause \"This is malformed because:\\n\\n{:a missing}\\n\\nSee doc\", \
                 :data {:type :malformed-rpc-response, :body {:b 1}}}",
                "the reply {\"b\":1} has a wrong form: {\"a\":\"missing\"}",
            ),
            (":exception {:via [], :data {:type :other}}, :error \"that\"", "that"),
            (
                ":exception {:data {:type :maelstrom.client/timeout}}, :error \"indeterminate: x\"",
                "the node did not answer in time",
            ),
            (
                ":exception {:via [{:data {:type :rpc-error, :name :crash, :body {:text \"oh\"}}}]}, \
                 :error \"indeterminate: throw+: ...\"",
                "the node answered with error crash: oh",
            ),
        ] {
            let history = sample(&format!("info 0 read nil {keys}"));
            let failure = Failure::from(&history.operations()[0]);
            assert_eq!(failure.reason, expected, "{keys}");
        }
    }
}
