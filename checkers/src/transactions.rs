//! Judges transactions: what may have happened to the data, which transaction depends on which, and
//! which consistency models that rules out.
//!
//! The two data types infer dependencies differently ([`list_append`], [`rw_register`]); the search
//! for cycles among them ([`cycles`]) is the same, and is independent of keys and values.

mod check;
mod cycles;
mod dependency_graph;
mod finding;
mod list_append;
mod lost_update;
mod models;
mod reading;
mod result;
mod rw_register;
#[cfg(test)]
mod tests;
mod warnings;

pub use finding::Entries;
pub(crate) use finding::select;
pub use reading::{Datatype, TransactionHistory};
pub use result::TransactionResult;
