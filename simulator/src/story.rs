//! The story of a run, line by line: who asked what, which messages went where and what became of
//! them, what the nemesis did, and what was wrong in the end.
//!
//! It is told from the journal and the history, so it shows what happened, not what a scenario
//! planned. What repeats is told once.

mod client;
mod condense;
mod faults;
mod journal;
mod line;
mod tell;
#[cfg(test)]
mod tests;

pub(crate) use faults::load_start;
pub(crate) use journal::{Message, messages};
pub use tell::story;
