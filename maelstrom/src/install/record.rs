//! The record of an installation, `install.json`.

use super::{Digest, InstallError};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;

/// Name of the file, in the folder of the installation.
const FILE: &str = "install.json";

/// Where an installed Maelstrom came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The version in its jar, else the requested one; null if unknown.
    pub version: Option<String>,
    /// The address or file of the archive.
    pub source: String,
    /// The archive's digest.
    pub sha256: Digest,
    /// Whether the request named the digest, so that the archive was verified.
    pub verified: bool,
}

impl Record {
    /// The record of the installation in this folder; `None` if it cannot be read.
    #[must_use]
    pub fn read(folder: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(folder.join(FILE)).ok()?).ok()
    }

    /// Writes the record to this folder.
    pub(crate) fn write(&self, folder: &Path) -> Result<(), InstallError> {
        let path = folder.join(FILE);
        let written = serde_json::to_string_pretty(self)
            .map_err(Into::into)
            .and_then(|text| fs::write(&path, text + "\n"));
        written.map_err(|source| InstallError::Io { doing: "write", path, source })
    }
}
