//! Messages of clients.

use serde::{Deserialize, Serialize};

/// Requests.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Request {
    /// Asks for a new id.
    Generate,
}

/// Replies.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Reply {
    /// The new id.
    GenerateOk { id: String },
}
