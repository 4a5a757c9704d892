//! Finds a smaller run that fails in the same manner as a larger one, by running ever smaller ones
//! (delta debugging: Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input",
//! 2002).
//!
//! It reduces a scenario (operations of clients and faults) and the plan around it. A smaller run
//! must fail by the same checker, and must not be one that no correct node could pass: if glomers'
//! own node supports the workload, it is run, too, and must not fail in the same manner. Messages
//! that are not sent shift all random numbers of later ones, so that a run may need another seed to
//! fail again: a few are tried, and the one that fails is that of the result.

mod candidate;
mod deterministic;
mod faults;
mod keys;
mod nodes;
mod operations;
mod pipeline;
mod reduce;
mod search;
mod signature;
#[cfg(test)]
mod tests;
mod times;
mod workers;

pub use candidate::Size;
pub use pipeline::{Shrunk, shrink};
pub use search::ShrinkProgress;
