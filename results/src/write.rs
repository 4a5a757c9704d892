//! Writes files of a run directory atomically.

use crate::pretty;
use glomers_history::Value;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Name of the results in a run directory.
pub const RESULTS_FILE: &str = "results.edn";

/// A file that could not be written.
#[derive(Debug, thiserror::Error)]
#[error("failed to write {} (check that the folder is writable and the disk not full)", .path.display())]
pub struct WriteError {
    /// The file.
    pub path: PathBuf,
    /// The error of the operating system.
    #[source]
    pub error: io::Error,
}

/// Writes the results of a run (`Judgement::to_value`) to `results.edn` in its directory.
pub fn write_results(directory: &Path, results: &Value) -> Result<(), WriteError> {
    write_atomically(&directory.join(RESULTS_FILE), pretty(results).as_bytes())
}

/// Writes a temporary file, then renames it: a reader sees the old file or the complete new one.
/// The temporary file is removed if writing fails.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    write_atomically_with(path, |out| out.write_all(bytes))
}

/// The same for a content that need not be in memory as a whole.
pub fn write_atomically_with(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), WriteError> {
    let mut aside = path.file_name().map_or_else(OsString::new, OsString::from);
    aside.push(format!(".{}.tmp", std::process::id()));
    let aside = path.with_file_name(aside);
    let written = File::create(&aside)
        .and_then(|file| {
            let mut out = BufWriter::new(file);
            write(&mut out)?;
            out.flush()
        })
        .and_then(|()| fs::rename(&aside, path));
    written.map_err(|error| {
        // The first error is reported; there may be no file to remove.
        let _ = fs::remove_file(&aside);
        WriteError { path: path.to_owned(), error }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_stays_aside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(RESULTS_FILE);
        fs::write(&path, "old and longer than the new one").unwrap();
        let results = Value::Map(vec![(Value::keyword("valid?"), Value::Bool(true))]);
        write_results(folder.path(), &results).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "{:valid? true}\n");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);

        let missing = folder.path().join("none/results.edn");
        let error = write_atomically(&missing, b"x").unwrap_err().to_string();
        assert!(
            error.starts_with(&format!("failed to write {} (check", missing.display())),
            "{error}"
        );
        fs::create_dir(folder.path().join("taken")).unwrap();
        assert!(write_atomically(&folder.path().join("taken"), b"x").is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }
}
