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
