//! Directed graphs of numbered nodes, and the algorithms that more than one checker needs.

mod budget;
mod compact;
mod components;
mod realtime;
mod shortest;

pub(crate) use budget::Budget;
pub(crate) use compact::CompactGraph;
pub(crate) use components::Components;
pub(crate) use realtime::{Span, add_chain, add_reduced};
pub(crate) use shortest::{Found, PathSearch};

use std::ops::Range;

/// A graph whose edges are numbered, those of each node in a row.
pub(crate) trait Rows {
    /// Number of nodes.
    fn node_count(&self) -> usize;

    /// The numbers of a node's edges.
    fn row(&self, node: u32) -> Range<u32>;

    /// The node that an edge leads to; `None` if the edge is hidden.
    fn target(&self, edge: u32) -> Option<u32>;

    /// Whether a node counts in the length of a path. Others only shorten the list of edges.
    fn counts(&self, _node: u32) -> bool {
        true
    }
}
