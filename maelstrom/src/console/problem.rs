//! The problems of a run that Maelstrom's log reports.

use super::header::Header;
use std::fmt;

/// Most lines that are kept of a node's last output.
const LAST_WORDS: usize = 10;

/// A warning in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// A client's operation ended with an exception; the results count these.
    Operation,
    /// A node printed a line that Maelstrom cannot deliver, and reads nothing more from that node.
    BadLine(BadLine),
    /// A checker threw an exception.
    Checker {
        /// The exception's first line.
        cause: String,
    },
    /// The test broke.
    Broke(Break),
    /// Not recognized by this version.
    Other(String),
}

/// A line on a node's stdout after which Maelstrom read nothing more from that node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadLine {
    /// The node's name.
    pub node: String,
    /// What is wrong with the line.
    pub kind: BadLineKind,
    /// What the node printed, shortened to one line.
    pub line: String,
}

/// What is wrong with a line on stdout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BadLineKind {
    /// It is not JSON.
    NotJson,
    /// It is JSON, but not a message.
    Malformed,
    /// It is a message to this id, which is not, or no longer, a member of the network.
    UnknownDestination(String),
    /// It is a message from this id, which is not a member of the network.
    UnknownSource(String),
    /// Not recognized by this version.
    Other,
}

impl BadLine {
    /// What the node did, as the predicate of a sentence.
    #[must_use]
    pub fn deed(&self) -> String {
        match &self.kind {
            BadLineKind::NotJson => "printed a line to stdout that is not well-formed JSON".into(),
            BadLineKind::Malformed => "printed a malformed message".into(),
            BadLineKind::UnknownDestination(id) if is_client(id) => format!(
                "sent a message to the client {id}, which had gone: a reply that came too late, or \
                 twice"
            ),
            BadLineKind::UnknownDestination(id) => {
                format!("sent a message to {id}, which is not in this test")
            }
            BadLineKind::UnknownSource(id) => {
                format!("sent a message in the name of {id}, which is not in this test")
            }
            BadLineKind::Other => "printed a line that Maelstrom could not take".into(),
        }
    }

    /// Advice to the user.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match &self.kind {
            BadLineKind::NotJson => {
                "only messages belong on stdout, one a line: print everything else to stderr"
            }
            BadLineKind::Malformed => {
                "a message has src, dest and body and nothing else, and its body a type"
            }
            BadLineKind::UnknownDestination(id) if is_client(id) => {
                "answer each request once, and within the client's 5 s"
            }
            BadLineKind::UnknownDestination(_) => {
                "send only to nodes that init named, to services, and to the src of a request"
            }
            BadLineKind::UnknownSource(_) => "src is the node's own id, as init named it",
            BadLineKind::Other => "its log has the rest",
        }
    }

    /// Recognizes an entry about an error in the thread that reads a node's stdout.
    fn recognize(node: &str, following: &[String], exception: String) -> Self {
        let first = following.first().map(String::as_str).unwrap_or_default();
        let id = |key: &str| {
            let (_, rest) = first.split_once(key)?;
            rest.split('"').next().map(str::to_owned)
        };
        let kind = if first.contains("not well-formed JSON") {
            BadLineKind::NotJson
        } else if first.contains("Malformed network message") {
            BadLineKind::Malformed
        } else if let (true, Some(id)) = (first.contains("Invalid dest for"), id(":dest \"")) {
            BadLineKind::UnknownDestination(id)
        } else if let (true, Some(id)) = (first.contains("Invalid source for"), id(":src \"")) {
            BadLineKind::UnknownSource(id)
        } else {
            BadLineKind::Other
        };
        Self { node: node.to_owned(), kind, line: printed(following).unwrap_or(exception) }
    }
}

/// Whether an id has the format of Maelstrom's clients: `c12`.
fn is_client(id: &str) -> bool {
    id.strip_prefix('c').is_some_and(|number| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// Why a test broke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Break {
    /// A node exited.
    NodeCrashed {
        /// Name of the node or program.
        node: String,
        /// Its exit status; above 128, it may be 128 plus a signal number.
        status: i32,
        /// The last lines that it printed on stderr, or else on stdout.
        last_words: Vec<String>,
    },
    /// A node did not answer `init`.
    NoInit {
        /// Name of the node or program.
        node: String,
        /// The line after which Maelstrom read nothing more from it, if any.
        because: Option<Box<BadLine>>,
    },
    /// The node's program could not be started.
    CannotStart {
        /// The system's error.
        reason: String,
    },
    /// A program that Maelstrom itself needs could not be started.
    LacksProgram {
        /// Name of the node or program.
        program: String,
        /// The system's error.
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
            Self::NoInit { node, because: Some(line) } => write!(
                out,
                "node {node} did not answer init within 10 s, since Maelstrom read nothing more of \
                 {} after it {}: `{}`; {}",
                if *node == line.node { "it" } else { &line.node },
                line.deed(),
                line.line,
                line.advice()
            ),
            Self::NoInit { node, because: None } => write!(
                out,
                "node {node} did not answer init within 10 s: it must print an init_ok, with \
                 in_reply_to, and flush its stdout"
            ),
            Self::CannotStart { reason } => {
                write!(out, "the node could not be started: {reason}")
            }
            Self::LacksProgram { program, reason } => write!(
                out,
                "Maelstrom could not start {program}, which it needs: {reason} (`glomers doctor \
                 --engine maelstrom` says what is missing and how to install it)"
            ),
            Self::Exception { cause } => write!(out, "Maelstrom broke: {cause}"),
        }
    }
}

impl Problem {
    /// Whether an entry reports an operation that ended with an exception.
    pub(super) fn is_of_operation(header: Header<'_>) -> bool {
        header.logger == "jepsen.generator.interpreter" && header.message.ends_with(" crashed")
    }

    /// Recognizes a warning by its first line and the following ones.
    pub(super) fn recognize(header: Header<'_>, following: &[String]) -> Self {
        let exception = || exception(following).unwrap_or_else(|| header.message.to_owned());
        match (header.logger, header.message) {
            _ if Self::is_of_operation(header) => Self::Operation,
            ("maelstrom.process", "Error!") => {
                let node = header.thread.split(' ').next().unwrap_or_default();
                Self::BadLine(BadLine::recognize(node, following, exception()))
            }
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
            return Self::NoInit { node: node.to_owned(), because: None };
        }
        match text.split_once("Cannot run program ") {
            Some((_, reason)) => Self::cannot_run(reason, &text),
            None => Self::Exception { cause: text },
        }
    }
}

impl Break {
    /// A program could not be started: `"/my/node" (in directory "/tmp"): error=2, No such file`.
    /// Nodes are started by path, programs that Maelstrom needs by name.
    fn cannot_run(reason: &str, text: &str) -> Self {
        /// Error numbers for a node that does not exist, is not a program, or is not executable.
        const OF_NODE: [&str; 3] = ["2", "8", "13"];
        let program = reason.split('"').nth(1).unwrap_or_default();
        if !program.is_empty() && !program.contains('/') {
            let (_, why) = reason.rsplit_once(": ").unwrap_or(("", reason));
            return Self::LacksProgram { program: program.to_owned(), reason: why.to_owned() };
        }
        let number = reason
            .rsplit_once("error=")
            .map(|(_, rest)| rest.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default());
        if number.is_some_and(|number| !OF_NODE.contains(&number)) {
            // Too little memory, too many processes: a problem of the machine, not of the node.
            return Self::Exception { cause: text.to_owned() };
        }
        Self::CannotStart { reason: reason.to_owned() }
    }
}

/// The first line of an exception's text, without a class name that adds no information.
fn exception(following: &[String]) -> Option<String> {
    let line = following.iter().find(|line| !line.trim().is_empty())?;
    Some(line.strip_prefix("clojure.lang.ExceptionInfo: ").unwrap_or(line).to_owned())
}

/// The node's output in an entry that shows it: in the line of the refusal, or after a colon.
fn printed(following: &[String]) -> Option<String> {
    let first = following.first()?;
    for refusal in ["Invalid dest for message ", "Invalid source for message "] {
        if let Some((_, message)) = first.split_once(refusal) {
            let record = message.strip_prefix("#maelstrom.net.message.Message");
            return Some(record.unwrap_or(message).to_owned());
        }
    }
    if !first.ends_with(':') {
        return None;
    }
    following[1..].iter().map(|line| line.trim()).find(|line| !line.is_empty()).map(str::to_owned)
}

/// The last lines of the section that begins with this line.
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
