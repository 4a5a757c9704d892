//! Reads the files of recorded runs.

use glomers_history::{History, Value, read_history, read_value};
use glomers_recordings::{open, text};
use std::io::BufReader;
use std::path::Path;

/// Reads a history; `None` if the file is absent.
pub(crate) fn history(path: &Path) -> Option<History> {
    let input = BufReader::new(open(path)?);
    Some(read_history(input).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

/// Reads a result; `None` if the file is absent.
pub(crate) fn results(path: &Path) -> Option<Value> {
    let text = text(path)?;
    Some(read_value(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

/// The value of an option in a recorded command line.
pub(crate) fn option<'a>(command: &'a str, names: &[&str]) -> Option<&'a str> {
    let mut words = command.split_whitespace().skip_while(|word| !names.contains(word));
    words.nth(1)
}
