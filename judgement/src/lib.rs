#![doc = include_str!("../README.md")]

mod conduct;
mod failure;
mod history;
mod lost_values;
mod missed_targets;
mod observed;
mod plan;
mod run;

pub use history::{history_metrics, judge_history};
pub use observed::{CUT_JOURNAL, storm_text};
pub use plan::{Demands, demands};
pub use run::{Assessment, assess};
