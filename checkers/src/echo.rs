//! Echo: a reply must carry the payload of its request.

use crate::Moment;
use crate::result_map::{result_map, valid_entry};
use glomers_history::{History, Kind, Validity, Value, Verdict};

/// A request whose completion does not carry its payload.
#[derive(Debug, Clone, PartialEq)]
pub struct EchoMismatch {
    /// The payload of the request.
    pub sent: Value,
    /// The value of the completion: the body of the reply, or the request's payload if the
    /// operation failed.
    pub received: Value,
    /// Whether the operation failed, rather than being answered wrongly.
    pub failed: bool,
    /// The completion.
    pub at: Moment,
}

/// The result of [`echo`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Echo {
    /// Mismatches in the order of the history; the reference's order is that of a hash map.
    pub mismatches: Vec<EchoMismatch>,
}

/// Compares the `:echo` of every reply with the request.
///
/// An operation that ended as `:info`, or not at all, does not count. One that failed always does:
/// its completion has no `:echo`.
#[must_use]
pub fn echo(history: &History) -> Echo {
    let completed = history.client_operations().filter_map(|(position, operation)| {
        let completion = history.counterpart(position)?;
        let counts = matches!(completion.kind, Kind::Ok | Kind::Fail);
        (operation.kind == Kind::Invoke && counts).then_some((operation, completion))
    });
    let mismatches = completed
        .filter(|(sent, received)| *received.value.get("echo").unwrap_or(&Value::Nil) != sent.value)
        .map(|(sent, received)| EchoMismatch {
            sent: sent.value.clone(),
            received: received.value.clone(),
            failed: received.kind == Kind::Fail,
            at: received.into(),
        })
        .collect();
    Echo { mismatches }
}

impl From<Echo> for Verdict {
    fn from(echo: Echo) -> Self {
        let valid = echo.mismatches.is_empty();
        let errors = echo
            .mismatches
            .into_iter()
            .map(|mismatch| {
                Value::Vector(vec![
                    Value::str("Expected a message with :echo"),
                    mismatch.sent,
                    Value::str("But received"),
                    mismatch.received,
                ])
            })
            .collect();
        let map = result_map([valid_entry(valid), ("errors", Value::List(errors))]);
        Self { valid: Validity::from(valid), map }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{edn, sample};

    #[test]
    fn failed_operations_are_errors_and_unknown_ones_are_not() {
        let history = sample(
            r#"invoke 0 echo "a"
               ok 0 echo {:type "echo_ok", :echo "a"}
               invoke 0 echo "b"
               ok 0 echo {:type "echo_ok", :echo "B"}
               invoke 0 echo "c"
               fail 0 echo "c"
               invoke 0 echo "d"
               info 0 echo "d"
               invoke 1 echo "e""#,
        );
        let expected = r#"{:valid? false, :errors (
            ["Expected a message with :echo" "b" "But received" {:type "echo_ok", :echo "B"}]
            ["Expected a message with :echo" "c" "But received" "c"])}"#;
        assert_eq!(Verdict::from(echo(&history)).map, edn(expected));
    }
}
