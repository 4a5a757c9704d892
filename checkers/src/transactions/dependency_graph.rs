//! The dependency graph of transactions: which must come before which, and why. Independent of keys
//! and values.

mod edge;
mod graph;
mod process;

pub(crate) use edge::{Edge, EdgeSet};
pub(crate) use graph::{Graph, GraphBuilder, Masked};
pub(crate) use process::add_process;
