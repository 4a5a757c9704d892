//! What clients ask.

use serde::{Deserialize, Serialize};

/// What a node understands.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Request {
    /// Please give out an id.
    Generate,
}

/// What it answers.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Reply {
    /// Here is one.
    GenerateOk { id: String },
}
