//! Everything that sends or receives messages.

use glomers_history::visible;
use std::borrow::Cow;

/// What takes part in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// A node, with its position in the list of nodes.
    Node(usize),
    /// A service that the engine provides: `lin-kv`, `seq-kv`, ...
    Service,
    /// A client; the engine names them `c0`, `c1`, ...
    Client,
}

/// A sender or receiver of messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Participant<'a> {
    /// Its name in messages.
    pub name: Cow<'a, str>,
    /// What it is.
    pub role: Role,
}

impl<'a> Participant<'a> {
    /// The participant of a name. Clients are named by the engine, and no other name begins so.
    pub(crate) fn of(name: Cow<'a, str>, nodes: &[String]) -> Self {
        let role = match nodes.iter().position(|node| *node == name) {
            Some(node) => Role::Node(node),
            None if name.starts_with('c') => Role::Client,
            None => Role::Service,
        };
        // Names come from files, and a story has a line for each event.
        let name = if name.chars().any(char::is_control) {
            Cow::Owned(visible(&name).into_owned())
        } else {
            name
        };
        Self { name, role }
    }

    /// Whether it is a client.
    #[must_use]
    pub fn is_client(&self) -> bool {
        self.role == Role::Client
    }

    /// Its position in the list of nodes, if it is a node.
    #[must_use]
    pub fn node(&self) -> Option<usize> {
        if let Role::Node(node) = self.role { Some(node) } else { None }
    }
}
