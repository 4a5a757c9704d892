//! What clients and nodes say. Values are integers, as the challenge has them.

use super::registers::Write;
use serde::{Deserialize, Serialize};

/// `["r", 1, null]` or `["w", 1, 5]`.
pub(super) type Operation = (Kind, u64, Option<u64>);

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Kind {
    /// Reads.
    #[serde(rename = "r")]
    Read,
    /// Writes.
    #[serde(rename = "w")]
    Write,
}

/// What a node understands.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Request {
    /// From a client: please run this.
    Txn { txn: Vec<Operation> },
    /// From a node: somebody wrote this.
    Writes { writes: Vec<Write> },
}

/// What it answers.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Reply {
    TxnOk { txn: Vec<Operation> },
    WritesOk,
}
