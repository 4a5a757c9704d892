//! `glomers.toml`: which node a project runs, and its own challenges.
//!
//! Only reads that one file; it builds and runs nothing, and asks no environment.

mod flag;
mod keys;
mod kinds;
mod resolve;
mod section;

use crate::{Challenge, InputError, UnknownChallenge, read_input_text};
use std::ops::Range;
use std::path::{Path, PathBuf};
use toml::de::DeTable;

/// Name of the file, which is looked for from the current directory upward.
const FILE_NAME: &str = "glomers.toml";
/// Folder of runs, beside the file, when it names none.
const STORE: &str = "store";
/// Most bytes of the file that are read.
const MOST_BYTES: u64 = 16 << 20;

/// How the node of a challenge is made and started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeSource {
    /// Command line that builds it, to be run in `dir`.
    pub build: Option<String>,
    /// The program, relative to `dir` unless absolute; none for glomers' own node.
    pub bin: Option<PathBuf>,
    /// Its arguments.
    pub args: Vec<String>,
    /// Where the file lies.
    pub dir: PathBuf,
}

/// What a `glomers.toml` says, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct ProjectFile {
    /// Where it is.
    pub path: PathBuf,
    /// The node of challenges that name none.
    pub node: NodeSource,
    /// Where runs are stored, unless a challenge says otherwise.
    pub store: PathBuf,
    /// The real Maelstrom: its script, folder or jar.
    pub maelstrom: Option<PathBuf>,
    /// The challenges that it adds or changes, complete, in its order.
    pub challenges: Vec<ProjectChallenge>,
}

/// A challenge of a `glomers.toml`, with all that it takes from elsewhere.
#[derive(Debug, Clone, PartialEq)]
pub struct ProjectChallenge {
    /// The test.
    pub challenge: Challenge,
    /// Its node.
    pub node: NodeSource,
    /// Where its runs are stored.
    pub store: PathBuf,
}

/// A `glomers.toml` that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It is there, and cannot be read.
    #[error(transparent)]
    Unreadable(#[from] InputError),
    /// Something in it is wrong.
    #[error("{}:{line}:{column}: {problem}", .path.display())]
    Invalid {
        /// The file.
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
    /// It is no TOML, or has a key or a value that it does not take.
    #[error("{0}")]
    Syntax(String),
    /// A key that nothing reads.
    #[error("unknown key {key}{}", known_keys(.suggestion, .known))]
    UnknownKey {
        /// The key.
        key: String,
        /// The one that was probably meant, as a question in brackets, or empty.
        suggestion: String,
        /// All that are read here.
        known: &'static [&'static str],
    },
    /// A key that is read elsewhere.
    #[error("{key} is not read here: it belongs {place}")]
    Misplaced {
        /// The key.
        key: String,
        /// Where it is read.
        place: &'static str,
    },
    /// A value of another kind than the key takes.
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
    /// A target that the workload never measures.
    #[error("{0}")]
    Unmeasured(String),
    /// Names of nodes, and another number of them.
    #[error("`nodes` names {names}, and `node-count` says {count}: write one of them")]
    NodeCount {
        /// What `node-count` says.
        count: u32,
        /// How many `nodes` names.
        names: usize,
    },
    /// Extends what does not exist.
    #[error(transparent)]
    Unknown(UnknownChallenge),
    /// Extends itself, by way of others or not.
    #[error("`extends` goes in a circle: {}", .0.join(" -> "))]
    Circle(Vec<String>),
    /// A new challenge that does not say what it is.
    #[error(
        "the new challenge {name}{suggestion} needs `extends` (the name of another challenge) or \
         `workload`; without either, the name must be that of a built-in challenge"
    )]
    NoWorkload {
        /// Its name.
        name: String,
        /// The built-in one that was probably meant, as a question in brackets, or empty.
        suggestion: String,
    },
    /// The same challenge twice, by name and by number.
    #[error("the challenge {0} is there twice, by its name and by its number")]
    Twice(String),
    /// A name that the command line could not take.
    #[error(
        "invalid name {0:?} for a challenge: expected letters, digits, `-`, `_` and `.`, no `-` in \
         front, and not `all`"
    )]
    Name(String),
}

/// The suggestion, or without one all keys that would be read.
fn known_keys(suggestion: &str, known: &[&str]) -> String {
    if suggestion.is_empty() {
        format!("; the keys here are {}", known.join(", "))
    } else {
        suggestion.to_owned()
    }
}

impl ProjectFile {
    /// Reads the nearest `glomers.toml` in this directory or one above it; none when there is none.
    /// The directory should be absolute: what lies above a relative one cannot be seen.
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

    /// Parses the text of the file that lies at `path`.
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

/// A problem, and the bytes of the text that it is about.
#[derive(Debug)]
struct Located {
    span: Range<usize>,
    problem: FileProblem,
}

/// Both from 1; the column in characters.
fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

#[cfg(test)]
mod tests;
