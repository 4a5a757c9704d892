//! One plan with many seeds: their distribution, the outcome of each, and their summary.
//!
//! Uses no files but `sweep.json`, and no terminal. The same seeds give the same outcome on any
//! number of threads, and in any number of shards that are merged.

mod merge;
mod pool;
mod record;
mod seed_run;
mod seeds;

pub use merge::{MergeError, Merged, merge};
pub use pool::{Pool, on_threads};
pub use record::{FailedSeed, NotRun, SEED_MARK, SHOWN_SEEDS, SWEEP_FILE, SweepError, SweepRecord};
pub use seed_run::{Counts, SeedOutcome, SeedRun};
pub use seeds::{ParseShardError, Seeds, Shard};
