//! Reads `glomers.toml`: which node a project runs, and the project's own challenges.
//!
//! Reads that one file only; it builds and runs nothing, and reads no environment variables.

mod flag;
mod keys;
mod kinds;
mod resolve;
mod section;

pub use kinds::KeyKind;

use crate::{Challenge, InputError, UnknownChallenge, read_input_text};
use std::ops::Range;
use std::path::{Path, PathBuf};
use toml::de::DeTable;

/// File name, searched for from the current directory upward.
const FILE_NAME: &str = "glomers.toml";
/// Default directory of runs, next to the file.
const STORE: &str = "store";
/// Maximum size of the file, in bytes.
const MOST_BYTES: u64 = 16 << 20;

/// How the node of a challenge is built and started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeSource {
    /// Command line that builds it, run in `dir`.
    pub build: Option<String>,
    /// The program, relative to `dir` unless absolute; `None` for glomers' own node.
    pub bin: Option<PathBuf>,
    /// Its arguments.
    pub args: Vec<String>,
    /// Directory of the `glomers.toml`.
    pub dir: PathBuf,
}

/// The parsed and checked contents of a `glomers.toml`.
#[derive(Debug, Clone, PartialEq)]
pub struct ProjectFile {
    /// Path of the file.
    pub path: PathBuf,
    /// The node of challenges that do not configure their own.
    pub node: NodeSource,
    /// Directory where runs are stored, unless a challenge sets another.
    pub store: PathBuf,
    /// The real Maelstrom: its script, folder or jar.
    pub maelstrom: Option<PathBuf>,
    /// The challenges that the file adds or changes, fully resolved, in the order of the file.
    pub challenges: Vec<ProjectChallenge>,
}

/// A challenge of a `glomers.toml`, with everything that it inherits filled in.
#[derive(Debug, Clone, PartialEq)]
pub struct ProjectChallenge {
    /// The challenge.
    pub challenge: Challenge,
    /// Its node.
    pub node: NodeSource,
    /// Directory where its runs are stored.
    pub store: PathBuf,
}

/// A `glomers.toml` that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The file exists and cannot be read.
    #[error(transparent)]
    Unreadable(#[from] InputError),
    /// The contents are invalid.
    #[error("{}:{line}:{column}: {problem}", .path.display())]
    Invalid {
        /// Path of the file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
        /// What is wrong, and what is allowed.
        problem: FileProblem,
    },
}

/// What is wrong in a `glomers.toml`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileProblem {
    /// The text is not TOML, or has a key or a value that is not accepted.
    #[error("{0}")]
    Syntax(String),
    /// A key that does not exist.
    #[error("unknown key {key}{}", known_keys(.suggestion, .known))]
    UnknownKey {
        /// The key.
        key: String,
        /// The closest known key, as a question in parentheses, or empty.
        suggestion: String,
        /// All keys that are valid in this table.
        known: &'static [&'static str],
    },
    /// A key that belongs into another table.
    #[error("{key} is not read here: it belongs {position}")]
    Misplaced {
        /// The key.
        key: String,
        /// The table where it is valid.
        position: &'static str,
    },
    /// A value of the wrong type.
    #[error("invalid value for {key}: expected {expected}")]
    Kind {
        /// The key.
        key: String,
        /// What is allowed.
        expected: String,
    },
    /// A value out of its range.
    #[error("invalid value {value} for {key}: expected {expected}")]
    OutOfRange {
        /// The key.
        key: String,
        /// Its value.
        value: String,
        /// What is allowed.
        expected: String,
    },
    /// A target for a metric that the workload does not measure.
    #[error("{0}")]
    Unmeasured(String),
    /// A `node-count` that differs from the number of `nodes`.
    #[error("`nodes` names {names}, and `node-count` says {count}: write one of them")]
    NodeCount {
        /// The value of `node-count`.
        count: u32,
        /// Number of names in `nodes`.
        names: usize,
    },
    /// `extends` names an unknown challenge.
    #[error(transparent)]
    Unknown(UnknownChallenge),
    /// A built-in challenge extends itself.
    #[error("{0} is built in, and this table already changes it: leave `extends` out")]
    ExtendsItself(String),
    /// A challenge extends itself, directly or through others.
    #[error("`extends` goes in a circle: {}", .0.join(" -> "))]
    Circle(Vec<String>),
    /// A new challenge without `extends` or `workload`.
    #[error(
        "the new challenge {name}{suggestion} needs `extends` (the name of another challenge) or \
         `workload`; without either, the name must be that of a built-in challenge"
    )]
    NoWorkload {
        /// Name of the new challenge.
        name: String,
        /// The closest built-in challenge, as a question in parentheses, or empty.
        suggestion: String,
    },
    /// The same challenge twice, once by name and once by number.
    #[error("the challenge {0} is there twice, by its name and by its number")]
    Twice(String),
    /// A name that the command line could not accept.
    #[error(
        "invalid name {0:?} for a challenge: expected letters, digits, `-`, `_` and `.`, no `-` in \
         front, and not `all`"
    )]
    Name(String),
}

/// The suggestion, or if there is none, all valid keys.
fn known_keys(suggestion: &str, known: &[&str]) -> String {
    if suggestion.is_empty() {
        format!("; the keys here are {}", known.join(", "))
    } else {
        suggestion.to_owned()
    }
}

impl ProjectFile {
    /// The keys at the top of the file.
    pub const KEYS: &[&str] = section::FILE_KEYS;
    /// The keys of the table of a challenge.
    pub const CHALLENGE_KEYS: &[&str] = section::Section::KEYS;

    /// Reads the nearest `glomers.toml` in this directory or a parent of it; `None` if there is
    /// none. The directory should be absolute, since the parents of a relative path are not
    /// searched.
    pub fn find(start: &Path) -> Result<Option<Self>, FileError> {
        for directory in start.ancestors() {
            let path = directory.join(FILE_NAME);
            match read_input_text(&path, MOST_BYTES) {
                Ok(text) => return Self::parse(&text, &path).map(Some),
                Err(error) if error.is_not_found() => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(None)
    }

    /// Parses the text of the file at `path`.
    pub fn parse(text: &str, path: &Path) -> Result<Self, FileError> {
        let table = DeTable::parse(text);
        let parsed = toml::from_str(text).map_err(|error| {
            let span = error.span().unwrap_or_default();
            let table = table.as_ref().ok().map(toml::Spanned::get_ref);
            let key = table.and_then(|table| kinds::key_at(table, span.start));
            let message = error.message();
            let text = key.map_or_else(|| message.to_owned(), |key| format!("{key}: {message}"));
            Located { span, problem: FileProblem::Syntax(text) }
        });
        let checked = table.as_ref().map_or(Ok(()), |table| keys::check(table.get_ref()));
        checked.and(parsed).and_then(|file| resolve::resolve(file, path)).map_err(|located| {
            let (line, column) = line_and_column(text, located.span.start);
            FileError::Invalid { path: path.to_owned(), line, column, problem: located.problem }
        })
    }
}

/// A problem, and the byte range of the text that it is about.
#[derive(Debug)]
struct Located {
    span: Range<usize>,
    problem: FileProblem,
}

/// Line and column of a byte offset, both from 1; the column counts characters.
fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

#[cfg(test)]
mod tests;
