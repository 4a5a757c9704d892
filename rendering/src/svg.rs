//! Pictures of a run in SVG: a diagram of its messages, and charts of latencies and rates.
//!
//! Each shows as much as can be seen, and says what it leaves out. Text of nodes is escaped, colours
//! fit light and dark pages, and no font is needed.

mod chart;
mod columns;
mod document;
mod fault_lanes;
mod latency;
mod message_choice;
mod message_counts;
mod message_diagram;
mod message_rows;
mod message_types;
mod outcome;
mod palette;
mod picture;
mod quantiles;
mod rate;
mod scale;
#[cfg(test)]
mod tests;
mod windows;

pub use message_choice::{DEFAULT_MESSAGES, MessageChoice};
pub use message_counts::MessageCounts;
pub use picture::{Picture, Scope, pictures};
