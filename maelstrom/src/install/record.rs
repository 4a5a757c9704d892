//! What an installation says of itself, in `install.json`.

use super::{Digest, InstallError};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;

/// The file, in the folder of the installation.
const FILE: &str = "install.json";

/// Where an installed Maelstrom came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// What its jar says, else what was asked for; null when nobody said.
    pub version: Option<String>,
    /// The address or file of the archive.
    pub source: String,
    /// The archive's digest.
    pub sha256: Digest,
    /// Whether somebody told us beforehand which digest it must have.
    pub verified: bool,
}

impl Record {
    /// The record of the installation in this folder; none where there is none that can be read.
    #[must_use]
    pub fn read(folder: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(folder.join(FILE)).ok()?).ok()
    }

    /// Writes it there.
    pub(crate) fn write(&self, folder: &Path) -> Result<(), InstallError> {
        let path = folder.join(FILE);
        let written = serde_json::to_string_pretty(self)
            .map_err(Into::into)
            .and_then(|text| fs::write(&path, text + "\n"));
        written.map_err(|source| InstallError::Io { doing: "write", path, source })
    }
}
