//! (being built)
use crate::{History, Value};
use std::io::BufRead;

/// Why a history or a value could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file could not be read.
    #[error("failed to read the history: {0}")]
    Io(#[from] std::io::Error),
}

/// Reads a `history.edn`, one operation a line.
pub fn read_history(_input: impl BufRead) -> Result<History, ReadError> {
    Ok(History::new())
}

/// Reads one value.
pub fn read_value(_text: &str) -> Result<Value, ReadError> {
    Ok(Value::Nil)
}
