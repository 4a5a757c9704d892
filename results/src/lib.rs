//! What a run showed.

mod edn;
#[cfg(test)]
mod golden;
mod pretty;
mod write;

pub use edn::EdnError;
pub use pretty::pretty;
pub use write::{RESULTS_FILE, WriteError, write_atomically, write_results};
