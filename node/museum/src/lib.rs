//! The bug museum: intentionally wrong nodes, each with one realistic bug, and otherwise correct.
//! They measure how well tests find bugs, and show the symptoms of each.
//!
//! Each exhibit is one file, which documents the bug, its symptoms, and the fix.

mod broadcast;
mod catalogue;
mod delivery;
mod echo;
mod g_counter;
mod kafka;
mod store;
#[cfg(test)]
mod tests;
mod txn;
mod unique_ids;

use glomers_node::Program;

/// A node with a bug.
#[derive(Debug, Clone, Copy)]
pub struct Exhibit {
    /// Its name in kebab case, which describes the bug: `broadcast-forgets-to-retry`.
    pub name: &'static str,
    /// The challenge that it fails.
    pub challenge: &'static str,
    /// The bug, in one sentence.
    pub bug: &'static str,
    /// The flags of `glomers sweep` that expose it, in addition to the challenge's own.
    pub hunt: &'static [&'static str],
    /// Whether the node needs a disk.
    pub durable: bool,
    /// The node.
    pub program: Program,
}

/// All exhibits, in the order of the challenges.
#[must_use]
pub fn exhibits() -> &'static [Exhibit] {
    catalogue::EXHIBITS
}

/// The exhibit of that name.
#[must_use]
pub fn exhibit(name: &str) -> Option<&'static Exhibit> {
    exhibits().iter().find(|exhibit| exhibit.name == name)
}
