//! The bug museum: nodes that are wrong on purpose, each by one mistake that is really made, and
//! otherwise as right as a simple solution is. They measure how well a test finds mistakes, and show
//! what each looks like from outside.
//!
//! Each exhibit is one file: what is wrong, what one sees of it, and how to fix it.

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

/// A node with a mistake.
#[derive(Debug, Clone, Copy)]
pub struct Exhibit {
    /// Its name, in kebab case, which says the mistake: `broadcast-forgets-to-retry`.
    pub name: &'static str,
    /// The challenge that it fails.
    pub challenge: &'static str,
    /// The mistake, in one sentence.
    pub bug: &'static str,
    /// The flags of `glomers sweep` with which it is hunted, beyond the challenge's own.
    pub hunt: &'static [&'static str],
    /// Whether it gets a disk.
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
