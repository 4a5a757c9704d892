//! Functions that depend on the operating system, each with a fallback. The only module with
//! `unsafe` code.

mod child;
mod limits;
mod load;
mod process_group;
mod timer;

pub(crate) use child::{enlarge_pipe, prepare, use_batch_scheduling};
pub use limits::raise_descriptor_limit;
pub use load::load_average;
pub use process_group::ProcessGroup;
pub(crate) use timer::Timer;
