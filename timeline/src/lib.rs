//! What happened in a run, from its history and its journal: every message with its fate, every
//! operation of a client with the messages that it exchanged, and the faults. Stories are written
//! from it here, pictures and reports in other crates.
//!
//! A history without a journal, as a run of the reference leaves it, is a timeline without messages.

mod fate;
mod fault;
mod log_line;
mod message;
mod operation;
mod participant;
mod sends;
mod story;
mod timeline;
mod value_trace;

pub use fate::Fate;
pub use fault::{Cut, Fault, FaultKind};
pub use log_line::LogLine;
pub use message::{Message, Messages};
pub use operation::{Completion, Operation};
pub use participant::{Participant, Role};
pub use sends::{Send, each_send};
pub use story::{Choice, Heading, described, story};
pub use timeline::Timeline;
pub use value_trace::{Holder, ValueTrace};
