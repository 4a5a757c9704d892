//! Where a sweep writes its results: `<store>/sweeps/<time>-<challenge>/`.

use crate::failure::{Context as _, Result};
use crate::start_time::StartTime;
use glomers_results::SWEEPS;
use glomers_simulator::sweep::Shard;
use std::fs;
use std::path::{Path, PathBuf};

/// The folder of one sweep.
pub(super) struct SweepFolder {
    pub(super) path: PathBuf,
    /// When the sweep began.
    pub(super) start: StartTime,
}

impl SweepFolder {
    /// Creates a new folder, which no other process uses.
    pub(super) fn create(store: &Path, challenge: &str, shard: Option<Shard>) -> Result<Self> {
        let parent = store.join(SWEEPS);
        let failed = || format!("failed to make a folder in {}: is it writable?", parent.display());
        fs::create_dir_all(&parent).with_context(failed)?;
        let shard = shard.map_or_else(String::new, |shard| {
            format!("-shard{}", shard.to_string().replace('/', "of"))
        });
        let suffix = format!("-{}{shard}", in_a_name(challenge));
        let (start, path) = StartTime::create_folder(&parent, &suffix).with_context(failed)?;
        Ok(Self { path, start })
    }

    /// Removes the folder, for a sweep without results.
    pub(super) fn remove(&self) -> Result<()> {
        let failed = || format!("failed to remove {}", self.path.display());
        fs::remove_dir_all(&self.path).with_context(failed)
    }
}

/// The name of a challenge (any text in glomers.toml) as part of a file name.
fn in_a_name(challenge: &str) -> String {
    let part = |c: char| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '_' };
    challenge.chars().map(part).collect()
}
