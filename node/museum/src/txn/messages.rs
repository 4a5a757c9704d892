//! Messages of clients and nodes. Values are integers, as in the challenge.

use super::registers::Write;
use serde::{Deserialize, Serialize};

/// `["r", 1, null]` or `["w", 1, 5]`.
pub(super) type Operation = (Kind, u64, Option<u64>);

/// The kind of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Kind {
    /// A read.
    #[serde(rename = "r")]
    Read,
    /// A write.
    #[serde(rename = "w")]
    Write,
}

/// Requests.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Request {
    /// From a client: a transaction.
    Txn { txn: Vec<Operation> },
    /// From a node: writes of its transactions.
    Writes { writes: Vec<Write> },
}

/// Replies.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Reply {
    TxnOk { txn: Vec<Operation> },
    WritesOk,
}
