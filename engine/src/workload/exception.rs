//! Exceptions: the outcome of an operation whose client does not handle an error or timeout, in the
//! shape that the reference gives them, without the stack trace of its code.

use super::definition::Completion;
use crate::rpc::RpcError;
use glomers_history::{Kind, Value};
use smol_str::{SmolStr, format_smolstr};

/// The class of every exception that contains data.
pub(crate) const EXCEPTION_INFO: &str = "clojure.lang.ExceptionInfo";

impl Completion {
    /// The client threw an exception of this class, so the outcome is unknown.
    ///
    /// The classes are those of the reference, so that grouping exceptions by class gives the same
    /// groups.
    pub(crate) fn thrown(class: &'static str, message: &str, data: Option<Value>) -> Self {
        let data = data.map(|data| (Value::keyword("data"), data));
        let cause = [
            (Value::keyword("type"), Value::Symbol(SmolStr::new_static(class))),
            (Value::keyword("message"), Value::str(message)),
        ];
        let cause = Value::Map(cause.into_iter().chain(data.clone()).collect());
        let exception = [
            (Value::keyword("via"), Value::Vector(vec![cause])),
            (Value::keyword("cause"), Value::str(message)),
        ];
        Self {
            kind: Kind::Info,
            value: None,
            error: Some(Value::Str(format_smolstr!("indeterminate: {message}"))),
            exception: Some(Value::Map(exception.into_iter().chain(data).collect())),
        }
    }

    /// An error reply that the client does not handle.
    pub(crate) fn thrown_error(error: &RpcError) -> Self {
        let code = error.body.get("code").cloned().unwrap_or(Value::Nil);
        let data = Value::Map(vec![
            (Value::keyword("type"), Value::keyword("rpc-error")),
            (Value::keyword("code"), code),
            (Value::keyword("name"), Value::keyword(error.name)),
            (Value::keyword("definite?"), Value::Bool(error.definite)),
            (Value::keyword("body"), error.body.clone()),
        ]);
        Self::thrown(EXCEPTION_INFO, &format!("throw+: {data}"), Some(data))
    }

    /// A timeout that the client does not handle.
    pub(crate) fn thrown_timeout() -> Self {
        let data = Value::Map(vec![
            (Value::keyword("type"), Value::keyword("maelstrom.client/timeout")),
            (Value::keyword("name"), Value::keyword("timeout")),
            (Value::keyword("definite?"), Value::Bool(false)),
            (Value::keyword("code"), Value::Int(0)),
        ]);
        Self::thrown(EXCEPTION_INFO, "Client read timeout", Some(data))
    }
}
