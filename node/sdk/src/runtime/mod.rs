//! The runtime of a node: single-threaded, without I/O or a clock.
//!
//! A driver passes lines and the time to a [`Core`], and takes lines from it. The same seed, lines
//! and times give the same bytes with every driver.

mod calls;
mod context;
mod core;
mod disk;
mod environment;
mod machine;
mod node;
mod program;
mod records;
mod tasks;
mod timers;
mod waiting;

pub use context::{Caller, Ctx, RPC_TIMEOUT};
pub use core::Core;
pub use disk::{Disk, MemoryDisk};
pub use machine::Machine;
pub use node::Node;
pub use program::Program;
pub use records::Records;
pub use waiting::{Rpc, Sleep};
