//! The operations of clients.

use glomers_history::{Function, Kind, Value};

/// An operation of a client. Times are in ns since the test began.
#[derive(Debug, Clone)]
pub struct Operation<'a> {
    /// Index of its invocation in the history.
    pub entry: u64,
    /// The process that made it.
    pub process: u64,
    /// The node that the process talks to, if that is known.
    pub node: Option<usize>,
    /// What it asks for.
    pub f: &'a Function,
    /// Its argument.
    pub argument: &'a Value,
    /// When it began.
    pub invoked: i64,
    /// How it ended; `None` if it did not.
    pub completion: Option<Completion<'a>>,
    /// Whether it is one of the last operations, after the recovery.
    pub is_final: bool,
    /// Positions of the messages between its client and the node.
    pub messages: Vec<usize>,
}

/// The end of an operation.
#[derive(Debug, Clone)]
pub struct Completion<'a> {
    /// Index in the history.
    pub entry: u64,
    /// When.
    pub time: i64,
    /// Whether it succeeded.
    pub kind: Kind,
    /// The result.
    pub value: &'a Value,
    /// Why it did not succeed.
    pub error: Option<&'a Value>,
}

impl Operation<'_> {
    /// Whether it succeeded.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.completion.as_ref().is_some_and(|end| end.kind == Kind::Ok)
    }

    /// The last moment at which it was open.
    #[must_use]
    pub fn end(&self) -> i64 {
        self.completion.as_ref().map_or(i64::MAX, |end| end.time)
    }
}
