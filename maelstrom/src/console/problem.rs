//! What is wrong in a run, as far as Maelstrom's log says it.

use super::header::Header;
use std::fmt;

/// The most that is kept of a node's last words, in lines.
const LAST_WORDS: usize = 10;

/// An entry of the log that warns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// A client's operation ended with an exception, which results count.
    Operation,
    /// A node printed something that is no message; Maelstrom reads nothing more of it.
    BadLine {
        /// Its name.
        node: String,
        /// What it printed, as far as one line says it.
        line: String,
    },
    /// A checker threw an exception.
    Checker {
        /// Its first line.
        cause: String,
    },
    /// The test broke.
    Broke(Break),
    /// Something that this version does not know.
    Other(String),
}

/// Why a test broke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Break {
    /// A node ended.
    NodeCrashed {
        /// Its name.
        node: String,
        /// Its exit status: above 128, it may be 128 + a signal.
        status: i32,
        /// The last lines that it printed on stderr, or else on stdout.
        last_words: Vec<String>,
    },
    /// A node did not answer `init`.
    NoInit {
        /// Its name.
        node: String,
    },
    /// The node's program could not be started.
    CannotStart {
        /// What the system said.
        reason: String,
    },
    /// Anything else.
    Exception {
        /// The exception's first line.
        cause: String,
    },
}

impl fmt::Display for Break {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NodeCrashed { node, status, last_words } => {
                write!(out, "node {node} exited with status {status} during the run")?;
                if last_words.is_empty() {
                    return out.write_str("; it printed nothing on stderr");
                }
                write!(out, "; its last words:")?;
                last_words.iter().try_for_each(|line| write!(out, "\n    {line}"))
            }
            Self::NoInit { node } => write!(
                out,
                "node {node} did not answer init within 10 s: it must print an init_ok, with \
                 in_reply_to, and flush its stdout"
            ),
            Self::CannotStart { reason } => {
                write!(out, "the node could not be started: {reason}")
            }
            Self::Exception { cause } => write!(out, "Maelstrom broke: {cause}"),
        }
    }
}

impl Problem {
    /// Whether an entry tells of an operation that ended with an exception.
    pub(super) fn is_of_operation(header: Header<'_>) -> bool {
        header.logger == "jepsen.generator.interpreter" && header.message.ends_with(" crashed")
    }

    /// Recognizes an entry that warns, from its first line and those that follow.
    pub(super) fn recognize(header: Header<'_>, following: &[String]) -> Self {
        let exception = || exception(following).unwrap_or_else(|| header.message.to_owned());
        match (header.logger, header.message) {
            _ if Self::is_of_operation(header) => Self::Operation,
            ("maelstrom.process", "Error!") => Self::BadLine {
                node: header.thread.split(' ').next().unwrap_or_default().to_owned(),
                line: printed(following).unwrap_or_else(exception),
            },
            ("jepsen.checker", message) if message.starts_with("Error while checking") => {
                Self::Checker { cause: exception() }
            }
            ("jepsen.core", "Test crashed!") | ("jepsen.cli", _) => {
                Self::Broke(Break::recognize(following, exception))
            }
            _ => Self::Other(format!("{}: {}", header.logger, header.message)),
        }
    }
}

impl Break {
    fn recognize(following: &[String], exception: impl Fn() -> String) -> Self {
        let text = exception();
        if let Some(crash) = text.strip_prefix("Node ")
            && let Some((node, rest)) = crash.split_once(" crashed with exit status ")
            && let Some(Ok(status)) = rest.split('.').next().map(str::parse)
        {
            let mut last_words = section(following, "And to STDERR:");
            if last_words.is_empty() {
                last_words = section(following, "it wrote to STDOUT:");
            }
            return Self::NodeCrashed { node: node.to_owned(), status, last_words };
        }
        if let Some(rest) = text.strip_prefix("Expected node ")
            && let Some((node, _)) = rest.split_once(" to respond to an init message")
        {
            return Self::NoInit { node: node.to_owned() };
        }
        match text.split_once("Cannot run program ") {
            Some((_, reason)) => Self::CannotStart { reason: reason.to_owned() },
            None => Self::Exception { cause: text },
        }
    }
}

/// The first line of an exception's text, without the class that says no more than that it is one.
fn exception(following: &[String]) -> Option<String> {
    let line = following.iter().find(|line| !line.trim().is_empty())?;
    Some(line.strip_prefix("clojure.lang.ExceptionInfo: ").unwrap_or(line).to_owned())
}

/// What a node printed, of an entry that shows it: behind a colon, or in the entry's first line.
fn printed(following: &[String]) -> Option<String> {
    let first = following.first()?;
    if let Some((_, message)) = first.split_once("Invalid dest for message ") {
        return Some(message.to_owned());
    }
    if !first.ends_with(':') {
        return None;
    }
    following[1..].iter().map(|line| line.trim()).find(|line| !line.is_empty()).map(str::to_owned)
}

/// The last lines of the part that this line begins, up to the next part.
fn section(following: &[String], beginning: &str) -> Vec<String> {
    let Some(start) = following.iter().position(|line| line.ends_with(beginning)) else {
        return Vec::new();
    };
    let is_end = |line: &&String| {
        line.ends_with("And to STDERR:") || line.starts_with("Full STDERR logs are available")
    };
    let lines = following[start + 1..].iter().take_while(|line| !is_end(line));
    let mut lines: Vec<String> = lines.filter(|line| !line.trim().is_empty()).cloned().collect();
    lines.split_off(lines.len().saturating_sub(LAST_WORDS))
}
