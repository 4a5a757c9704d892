//! A folder beside the installation in which the next one is made ready, and the change of the two.
//!
//! Whatever ends us, there is an installation or none, never half of one; what was left is removed
//! by the next.

use super::InstallError;
use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// How the folder's name begins.
const PREFIX: &str = ".maelstrom-";
/// What the name of the old installation ends with, while there are two.
const OLD: &str = ".old";

/// The folder; it is gone when this is dropped.
#[derive(Debug)]
pub(crate) struct Staging {
    /// The folder in which it becomes ready.
    aside: TempDir,
    /// Dropped after it: goes with what is empty then.
    made: MadeFolders,
    /// Where it will be installed.
    folder: PathBuf,
    /// Where the old one is in between.
    old: PathBuf,
    /// Held until our end, so that we are alone.
    _lock: Option<File>,
}

impl Staging {
    /// Makes it beside this folder, which need not exist.
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
            // Some file systems have no locks: we cannot know that we are alone.
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

    /// The folder to make it ready in.
    pub(crate) fn path(&self) -> &Path {
        self.aside.path()
    }

    /// Folders that were made for it, the innermost first.
    pub(crate) fn made(&self) -> &[PathBuf] {
        &self.made.0
    }

    /// Where it will be installed.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Puts a folder that is ready in place of the old one. If that fails, the old one stays.
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
        // It goes with our folder. Where it cannot be moved, the next installation removes it.
        let _ = fs::rename(&self.old, self.aside.path().join(OLD));
        Ok(())
    }
}

/// Folders that were made for an installation: those that are still empty at its end are removed.
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
        // From the inside out, as far as nothing is in them.
        let _ = self.0.iter().try_for_each(fs::remove_dir);
    }
}

/// Ends the change of an installation that was killed in between.
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
            // A watchdog may be about it; and what is left over harms nobody.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// The error of doing this with that file or folder.
pub(super) fn failed(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> InstallError {
    let path = path.to_owned();
    move |source| InstallError::Io { doing, path, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder that holds this word.
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
        // One that was there before stays.
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
        // Killed between the two changes of names, with its watchdog.
        make(&parent.path().join("it.old"), "old");
        make(&parent.path().join(".maelstrom-xyz"), "half");
        drop(Staging::prepare(&folder).unwrap());
        assert_eq!((word(&folder).as_str(), names(parent.path()).len()), ("old", 1));
        // Killed after the second.
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
