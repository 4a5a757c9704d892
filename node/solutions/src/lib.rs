//! Nodes that solve the challenges. Each file is a complete node; [`Solutions`] combines all of
//! them, distinguished by the types of their messages.

mod all;
mod broadcast;
mod counter;
mod echo;
mod log;
mod registers;
mod unique_ids;

pub use all::{Request, Solutions, run_stdio};
pub use broadcast::Broadcast;
pub use counter::Counter;
pub use echo::Echo;
pub use log::Logs;
pub use registers::Registers;
pub use unique_ids::UniqueIds;

/// Names of the workloads that [`Solutions`] answers: those of the challenges, and the counter that
/// can also be decremented.
pub const WORKLOADS: [&str; 7] =
    ["broadcast", "echo", "g-counter", "kafka", "pn-counter", "txn-rw-register", "unique-ids"];
