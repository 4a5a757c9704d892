//! Searches the dependency graph for cycles: which exist, and a short one of each kind.
//!
//! [`existence`] proves in linear time that there are cycles; [`find`] shows one for each anomaly,
//! with the searches of [`search`] in each component, and repeats the order of the reference's
//! search ([`first_cycle`]) where that decides what is reported. Independent of keys and values.

mod cycle;
mod existence;
mod find;
mod first_cycle;
mod search;
mod simple;
mod steps;

pub(crate) use existence::{CycleExistence, without_redundant_existence};
pub(crate) use find::{CycleSearch, Precedence, Unfinished, find_cycles};
