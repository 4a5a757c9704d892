//! The current project: the nearest glomers.toml, its challenges, its store.

use crate::failure::{Context as _, Result};
use glomers_config::{Catalogue, ProjectFile};
use std::path::{Path, PathBuf};

/// The default folder of runs, relative to the current folder.
const STORE: &str = "store";

/// The settings of glomers.toml, or the defaults without one.
pub(crate) struct Project {
    file: Option<ProjectFile>,
    pub(crate) catalogue: Catalogue,
}

impl Project {
    /// Searches the current folder and its parents.
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

    /// The names of the challenges that were given by name or number.
    pub(crate) fn challenge_names(&self, given: &[String]) -> Result<Vec<String>> {
        let mut names = Vec::new();
        for name in given {
            let entries = self.catalogue.find_all(name)?;
            names.extend(entries.into_iter().map(|entry| entry.challenge.name.clone()));
        }
        Ok(names)
    }

    /// The Maelstrom that glomers.toml names.
    pub(crate) fn maelstrom(&self) -> Option<&Path> {
        self.file.as_ref().and_then(|file| file.maelstrom.as_deref())
    }
}
