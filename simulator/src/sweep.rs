//! One plan with many seeds: who runs which, what came of each, and what they say together.
//!
//! Knows nothing of files but `sweep.json`, and nothing of terminals. The same seeds give the same
//! outcome on any number of threads, and in any number of shards that are merged.

mod merge;
mod pool;
mod record;
mod seed_run;
mod seeds;

pub use merge::{MergeError, Merged, merge};
pub use pool::{Pool, on_threads};
pub use record::{FailedSeed, NotRun, SEED_MARK, SHOWN_SEEDS, SWEEP_FILE, SweepError, SweepRecord};
pub use seed_run::{Counts, Outcome, SeedRun};
pub use seeds::{ParseShardError, Seeds, Shard};
