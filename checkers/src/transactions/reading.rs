//! A history of transactions as tables of numbers: keys, values and operations, and who wrote what.

mod atom;
mod history;
mod lists;
mod micro_op;
mod per_key;
mod push;
mod versions;
mod writers;

pub(crate) use atom::Atom;
pub use history::{Datatype, TransactionHistory};
pub(crate) use history::{Entry, Stray};
pub(crate) use lists::ListRef;
pub(crate) use micro_op::MicroOp;
pub(crate) use per_key::PerKey;
pub(crate) use writers::Writers;
