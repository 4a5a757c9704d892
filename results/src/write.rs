//! Writes files of a run directory atomically.

use crate::pretty;
use glomers_history::Value;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, Seek as _, Write};
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
/// Nothing is left if writing fails, nor, where files need no name, if a signal ends the process.
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
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let written = match unnamed(folder.unwrap_or(Path::new("."))) {
        Ok(mut file) => fill(&file, write).and_then(|()| give_name(&mut file, &aside)),
        // The file system has no such files, or the folder is not there: that is said below.
        Err(_) => File::create(&aside).and_then(|file| fill(&file, write)),
    };
    let written = written.and_then(|()| fs::rename(&aside, path));
    written.map_err(|error| {
        // The first error is reported; there may be no file to remove.
        let _ = fs::remove_file(&aside);
        WriteError { path: path.to_owned(), error }
    })
}

fn fill(file: &File, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = BufWriter::new(file);
    write(&mut out)?;
    out.flush()
}

/// A file in a folder that has no name yet, and so vanishes with the process.
#[cfg(target_os = "linux")]
fn unnamed(folder: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let flags = nix::fcntl::OFlag::O_TMPFILE.bits();
    File::options().read(true).write(true).custom_flags(flags).open(folder)
}

#[cfg(not(target_os = "linux"))]
fn unnamed(_: &Path) -> io::Result<File> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Gives a file its name. Without `/proc` it is copied.
fn give_name(file: &mut File, path: &Path) -> io::Result<()> {
    // A process of that number may have been killed.
    let _ = fs::remove_file(path);
    if link(file, path).is_ok() {
        return Ok(());
    }
    file.rewind()?;
    io::copy(file, &mut File::create(path)?)?;
    Ok(())
}

#[cfg(target_os = "linux")]
fn link(file: &File, path: &Path) -> io::Result<()> {
    use nix::fcntl::{AT_FDCWD, AtFlags};
    use std::os::fd::AsRawFd as _;
    let open = format!("/proc/self/fd/{}", file.as_raw_fd());
    let follow = AtFlags::AT_SYMLINK_FOLLOW;
    Ok(nix::unistd::linkat(AT_FDCWD, open.as_str(), AT_FDCWD, path, follow)?)
}

#[cfg(not(target_os = "linux"))]
fn link(_: &File, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
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

    #[test]
    fn a_file_that_is_not_complete_vanishes_with_the_process() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trace.json");
        let count = || fs::read_dir(folder.path()).unwrap().count();
        let has_unnamed = unnamed(folder.path()).is_ok();
        write_atomically_with(&path, |out| {
            out.write_all(&vec![b'x'; 100_000])?;
            assert!(count() == 0 || !has_unnamed, "a signal would leave it");
            Ok(())
        })
        .unwrap();
        assert_eq!((count(), fs::metadata(&path).unwrap().len()), (1, 100_000));
    }

    #[test]
    fn a_file_is_copied_where_it_cannot_get_a_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("copy");
        let mut file = File::create_new(folder.path().join("file")).unwrap();
        file.write_all(b"x").unwrap();
        let mut file = File::open(folder.path().join("file")).unwrap();
        // What lost its name gets no other.
        fs::remove_file(folder.path().join("file")).unwrap();
        assert!(give_name(&mut file, &folder.path().join("none/copy")).is_err());
        give_name(&mut file, &path).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"x");
    }
}
