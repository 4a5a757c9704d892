//! The story of a run, line by line: the operations of clients, the messages and what happened to
//! them, the actions of the nemesis, and what was wrong in the end.
//!
//! It is derived from the journal and the history, so it shows what happened, not what a scenario
//! planned. Repetitions are shown once.

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
