//! The project that we are in: the nearest glomers.toml, its challenges, its store.

use anyhow::{Context as _, Result};
use glomers_config::{Catalogue, ProjectFile};
use std::path::{Path, PathBuf};

/// Where runs are kept when nothing says otherwise, relative to the current folder.
const STORE: &str = "store";

/// What glomers.toml says, or the defaults without one.
pub(crate) struct Project {
    file: Option<ProjectFile>,
    pub(crate) catalogue: Catalogue,
}

impl Project {
    /// Looks from the current folder upward.
    pub(crate) fn find() -> Result<Self> {
        let here = std::env::current_dir().context("failed to find the current folder")?;
        let file = ProjectFile::find(&here)?;
        let catalogue = Catalogue::new(file.as_ref());
        Ok(Self { file, catalogue })
    }

    /// The folder of runs: the flag's, else the project's, else `store` here.
    pub(crate) fn store(&self, flag: Option<&Path>) -> PathBuf {
        match (flag, &self.file) {
            (Some(store), _) => store.to_owned(),
            (None, Some(file)) => file.store.clone(),
            (None, None) => PathBuf::from(STORE),
        }
    }
    /// The Maelstrom that glomers.toml names.
    pub(crate) fn maelstrom(&self) -> Option<&Path> {
        self.file.as_ref().and_then(|file| file.maelstrom.as_deref())
    }
}
