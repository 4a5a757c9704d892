//! The story of a run, line by line: the operations of clients, the messages and what happened to
//! them, the actions of the nemesis, and what was wrong in the end.
//!
//! It shows what happened, from the files of the run, and not what was planned. Repetitions are shown
//! once.

mod body;
mod choice;
mod clients;
mod condense;
mod faults;
mod line;
mod select;
mod summary;
mod write;

pub use body::described;
pub use choice::Choice;
pub use write::{Heading, story};
