//! Judges transactions: what may have happened to the data, which transaction depends on which, and
//! which consistency models that rules out.
//!
//! The two data types infer dependencies differently ([`list_append`], [`rw_register`]); the search
//! for cycles among them is the same, and is independent of keys and values.

mod anomaly;
mod atom;
mod check;
mod cycle;
mod existence;
mod finding;
mod first_cycle;
mod graph;
mod history;
mod list_append;
mod lists;
mod lost_update;
mod micro_op;
mod models;
mod per_key;
mod process;
mod reason;
mod rw_register;
mod search;
mod simple;
mod steps;
mod stray_reads;
#[cfg(test)]
mod tests;
mod unread;
mod versions;
mod writers;

pub(crate) use anomaly::{Anomaly, AnomalySet};
pub use check::TransactionResult;
pub(crate) use cycle::{CycleSearch, Precedence, Unfinished, find_cycles};
pub(crate) use existence::{CycleExistence, without_redundant_existence};
pub use finding::quotes::{Entries, pick};
pub(crate) use graph::{Edge, GraphBuilder};
pub use history::{Datatype, TransactionHistory};
pub(crate) use process::add_process;
