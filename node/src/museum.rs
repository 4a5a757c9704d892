//! The bug museum: nodes that are wrong on purpose, each by one mistake that is really made, and
//! otherwise as right as a simple solution is. They measure how well a test finds mistakes, and show
//! what each looks like from outside. Only with the cargo feature `museum`; without it, it is empty.
//!
//! Each exhibit is a file of its own: what is wrong, what one sees of it, and how to mend it.

#[cfg(feature = "museum")]
mod broadcast;
#[cfg(feature = "museum")]
mod catalogue;
#[cfg(feature = "museum")]
mod delivery;
#[cfg(feature = "museum")]
mod echo;
#[cfg(feature = "museum")]
mod g_counter;
#[cfg(feature = "museum")]
mod kafka;
#[cfg(feature = "museum")]
mod store;
#[cfg(all(test, feature = "museum"))]
mod tests;
#[cfg(feature = "museum")]
mod txn;
#[cfg(feature = "museum")]
mod unique_ids;

use crate::Program;

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

/// All exhibits, in the order of the challenges; none without the feature `museum`.
#[must_use]
pub fn exhibits() -> &'static [Exhibit] {
    #[cfg(feature = "museum")]
    return catalogue::EXHIBITS;
    #[cfg(not(feature = "museum"))]
    &[]
}

/// The exhibit of that name.
#[must_use]
pub fn exhibit(name: &str) -> Option<&'static Exhibit> {
    exhibits().iter().find(|exhibit| exhibit.name == name)
}
