//! Finds a smaller run that fails as a larger one did, by running ever smaller ones (delta
//! debugging: Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input", 2002).
//!
//! What is made smaller is a scenario: operations of clients, faults, and the plan around them. A
//! smaller run must fail by the same checker, and must not be one that nobody could pass: where
//! glomers' own node plays the workload, it is run, too, and must not fail likewise. Messages that
//! are not sent shift all that is drawn for later ones, so that a run may need another seed to fail
//! again: a few are tried, and the one that did it is the result's.

mod candidate;
mod chance;
mod course;
mod faults;
mod keys;
mod laboratory;
mod nodes;
mod operations;
mod reduce;
mod symptom;
#[cfg(test)]
mod tests;
mod times;
mod workers;

pub use candidate::Size;
pub use course::{Shrunk, shrink};
pub use laboratory::ShrinkProgress;
