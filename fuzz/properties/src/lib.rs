//! What must hold for any input from outside: EDN, the lines of a node, archives, and `run.json`. Each
//! function panics if it does not. The fuzz targets call them for hours, the tests for a moment.

pub mod archive;
mod edn;
mod node_line;
mod run_json;

pub use edn::edn;
pub use node_line::node_line;
pub use run_json::run_json;
