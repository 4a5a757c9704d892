//! The temporary folder in which a new installation is prepared, and the replacement of an old one.
//!
//! However the process ends, there is a complete installation or none; leftovers are removed by the
//! next one.

use super::InstallError;
use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Prefix of the folder's name.
const PREFIX: &str = ".maelstrom-";
/// Suffix of the old installation's name during the replacement.
const OLD: &str = ".old";

/// The temporary folder; removed on drop.
#[derive(Debug)]
pub(crate) struct Staging {
    /// The folder in which the new installation is prepared.
    aside: TempDir,
    /// Dropped after `aside`: removes the parent folders that are empty then.
    made: MadeFolders,
    /// The folder of the installation.
    folder: PathBuf,
    /// Path of the old installation during the replacement.
    old: PathBuf,
    /// Held until drop, so that no other process installs there.
    _lock: Option<File>,
}

impl Staging {
    /// Creates the temporary folder next to this folder, which need not exist.
    pub(crate) fn prepare(folder: &Path) -> Result<Self, InstallError> {
        let folder = std::path::absolute(folder).map_err(failed("find", folder))?;
        let parent = folder.parent().unwrap_or(&folder);
        let made = MadeFolders::make(parent).map_err(failed("make the folder", parent))?;
        let lock = File::open(parent).map_err(failed("open the folder", parent))?;
        let lock = match lock.try_lock() {
            Ok(()) => Some(lock),
            Err(TryLockError::WouldBlock) => {
                return Err(InstallError::Busy { folder: parent.to_owned() });
            }
            // Some file systems have no locks: other installations cannot be detected there.
            Err(TryLockError::Error(_)) => None,
        };
        if lock.is_some() {
            remove_remains(parent);
        }
        let mut old = folder.clone().into_os_string();
        old.push(OLD);
        let old = PathBuf::from(old);
        finish_change(&folder, &old).map_err(failed("clear away", &old))?;
        let aside = tempfile::Builder::new().prefix(PREFIX).tempdir_in(parent);
        let aside = aside.map_err(failed("make a folder in", parent))?;
        Ok(Self { aside, made, folder, old, _lock: lock })
    }

    /// Path of the temporary folder.
    pub(crate) fn path(&self) -> &Path {
        self.aside.path()
    }

    /// Folders that were created for it, innermost first.
    pub(crate) fn made(&self) -> &[PathBuf] {
        &self.made.0
    }

    /// The folder of the installation.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Replaces the old installation by a prepared folder. If that fails, the old one stays.
    pub(crate) fn replace(&self, new: &Path) -> Result<(), InstallError> {
        let had_old = match fs::rename(&self.folder, &self.old) {
            Ok(()) => true,
            Err(error) if error.kind() == ErrorKind::NotFound => false,
            Err(error) => return Err(failed("move away", &self.folder)(error)),
        };
        if let Err(error) = fs::rename(new, &self.folder) {
            if had_old {
                fs::rename(&self.old, &self.folder).map_err(failed("move back", &self.old))?;
            }
            return Err(failed("move the new installation to", &self.folder)(error));
        }
        // Removed with the temporary folder. If the move fails, the next installation removes it.
        let _ = fs::rename(&self.old, self.aside.path().join(OLD));
        Ok(())
    }
}

/// Folders that were created for an installation: those that are empty at its end are removed.
#[derive(Debug)]
struct MadeFolders(Vec<PathBuf>);

impl MadeFolders {
    fn make(folder: &Path) -> io::Result<Self> {
        let missing = folder.ancestors().take_while(|folder| !folder.exists());
        let made = Self(missing.map(Path::to_owned).collect());
        fs::create_dir_all(folder)?;
        Ok(made)
    }
}

impl Drop for MadeFolders {
    fn drop(&mut self) {
        // From the innermost outwards, until one is not empty.
        let _ = self.0.iter().try_for_each(fs::remove_dir);
    }
}

/// Completes the replacement of an installation that was killed during it.
fn finish_change(folder: &Path, old: &Path) -> io::Result<()> {
    let is_there = |path: &Path| path.symlink_metadata().is_ok();
    match (is_there(folder), is_there(old)) {
        (_, false) => Ok(()),
        (false, true) => fs::rename(old, folder),
        (true, true) => fs::remove_dir_all(old),
    }
}

/// Removes the folders of installations that were killed together with their watchdog.
fn remove_remains(parent: &Path) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        if entry.file_name().as_encoded_bytes().starts_with(PREFIX.as_bytes()) {
            // A watchdog may remove it concurrently, and leftovers do no harm.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// The error of attempting this with a file or folder.
pub(super) fn failed(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> InstallError {
    let path = path.to_owned();
    move |source| InstallError::Io { doing, path, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with a file that contains this word.
    fn make(folder: &Path, word: &str) {
        fs::create_dir_all(folder).unwrap();
        fs::write(folder.join("word"), word).unwrap();
    }

    fn word(folder: &Path) -> String {
        fs::read_to_string(folder.join("word")).unwrap()
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn the_new_one_takes_the_place_of_the_old_one() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("made").join("too").join("it");
        for next in ["1", "2", "3"] {
            let staging = Staging::prepare(&folder).unwrap();
            let new = staging.path().join("new");
            make(&new, next);
            staging.replace(&new).unwrap();
            drop(staging);
            assert_eq!(word(&folder), next);
            assert_eq!(names(folder.parent().unwrap()), ["it"]);
        }
    }

    #[test]
    fn folders_that_were_made_for_nothing_are_removed() {
        let parent = tempfile::tempdir().unwrap();
        drop(Staging::prepare(&parent.path().join("made").join("too").join("it")).unwrap());
        assert_eq!(names(parent.path()), [""; 0]);
        // A folder that existed before is kept.
        fs::create_dir(parent.path().join("made")).unwrap();
        drop(Staging::prepare(&parent.path().join("made").join("it")).unwrap());
        assert_eq!(names(parent.path()), ["made"]);
    }

    #[test]
    fn the_old_one_stays_when_the_new_one_cannot_come() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("it");
        make(&folder, "old");
        let staging = Staging::prepare(&folder).unwrap();
        let problem = staging.replace(&staging.path().join("nothing")).unwrap_err().to_string();
        assert!(problem.starts_with("failed to move the new installation to /"), "{problem}");
        drop(staging);
        assert_eq!((word(&folder).as_str(), names(parent.path()).len()), ("old", 1));
    }

    #[test]
    fn what_was_left_is_put_right() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("it");
        // Killed between the two renames, with its watchdog.
        make(&parent.path().join("it.old"), "old");
        make(&parent.path().join(".maelstrom-xyz"), "half");
        drop(Staging::prepare(&folder).unwrap());
        assert_eq!((word(&folder).as_str(), names(parent.path()).len()), ("old", 1));
        // Killed after the second rename.
        make(&parent.path().join("it.old"), "older");
        drop(Staging::prepare(&folder).unwrap());
        assert_eq!((word(&folder).as_str(), names(parent.path()).len()), ("old", 1));
    }

    #[test]
    fn one_at_a_time() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("it");
        let first = Staging::prepare(&folder).unwrap();
        let problem = Staging::prepare(&folder).unwrap_err().to_string();
        assert!(problem.starts_with("another glomers install is at work in "), "{problem}");
        drop(first);
        Staging::prepare(&folder).unwrap();
    }
}
