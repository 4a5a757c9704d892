//! The folders of programs in a simulated run: empty at its beginning, gone after it, and with the
//! same paths in each run, since a program can see them.

use nix::unistd::getuid;
use std::fs::{self, DirBuilder, File, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

/// Number of runs of one user that can be simulated at the same time.
const MOST_RUNS: usize = 1000;
/// Access for the user only.
const PRIVATE: u32 = 0o700;

/// The folders of a run's programs. Each run that takes place at the same time has others: the first
/// free ones.
#[derive(Debug)]
pub(crate) struct RunFolders {
    root: PathBuf,
    /// Locked for as long as the folders are in use. The kernel unlocks it if glomers dies.
    _lock: File,
}

/// The folders of one node.
#[derive(Debug, Clone)]
pub(crate) struct NodeFolders {
    /// Its working directory.
    pub(super) work: PathBuf,
    /// Its `TMPDIR`.
    pub(super) temporary: PathBuf,
    /// Its `HOME`.
    pub(super) home: PathBuf,
    /// The file for its stderr.
    pub(super) stderr: PathBuf,
}

impl RunFolders {
    /// Takes the first folders that no other run uses.
    ///
    /// # Errors
    /// If the system's temporary folder cannot be used.
    pub(crate) fn take() -> io::Result<Self> {
        let base = std::env::temp_dir().join(format!("glomers-sim-{}", getuid()));
        create_private(&base)?;
        for number in 0..MOST_RUNS {
            let lock = File::options()
                .create(true)
                .append(true)
                .open(base.join(format!("{number:03}.lock")))?;
            match lock.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => continue,
                Err(TryLockError::Error(error)) => return Err(error),
            }
            let root = base.join(format!("{number:03}"));
            remove(&root)?;
            DirBuilder::new().mode(PRIVATE).create(&root)?;
            return Ok(Self { root, _lock: lock });
        }
        Err(io::Error::other(format!("{MOST_RUNS} runs are being simulated in {}", base.display())))
    }

    /// The folders of a node, which do not exist yet.
    pub(crate) fn of(&self, node: &str) -> NodeFolders {
        let root = self.root.join(node);
        NodeFolders {
            work: root.join("work"),
            temporary: root.join("tmp"),
            home: root.join("home"),
            stderr: root.join("stderr.log"),
        }
    }
}

impl NodeFolders {
    /// Creates the folders, unless they exist: a node that is restarted finds its files.
    pub(super) fn create(&self) -> io::Result<()> {
        [&self.work, &self.temporary, &self.home].into_iter().try_for_each(fs::create_dir_all)
    }

    /// The folder of all nodes of the run.
    fn of_run(&self) -> &Path {
        self.work.parent().and_then(Path::parent).unwrap_or(&self.work)
    }

    /// Whether a text contains their path.
    pub(super) fn are_named_in(&self, text: &[u8]) -> bool {
        memchr::memmem::find(text, self.of_run().as_os_str().as_encoded_bytes()).is_some()
    }

    /// The part of the path that depends on which other runs take place.
    pub(super) fn slot(&self) -> String {
        self.of_run().file_name().unwrap_or_default().to_string_lossy().into_owned()
    }
}

impl Drop for RunFolders {
    fn drop(&mut self) {
        // What cannot be removed now is removed by the next run that takes the folders.
        let _ = remove(&self.root);
    }
}

/// Creates a folder that only this user can access; it may exist, if it is such a one.
fn create_private(path: &Path) -> io::Result<()> {
    match DirBuilder::new().mode(PRIVATE).create(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        created => return created,
    }
    let found = fs::symlink_metadata(path)?;
    if found.is_dir() && found.uid() == getuid().as_raw() {
        return Ok(());
    }
    Err(io::Error::other(format!(
        "{} is not a folder of this user: remove it, or set TMPDIR to another folder",
        path.display()
    )))
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_at_the_same_time_have_different_folders_which_are_reused() {
        let one = RunFolders::take().unwrap();
        let other = RunFolders::take().unwrap();
        assert_ne!(one.root, other.root);
        let node = other.of("n1");
        node.create().unwrap();
        fs::write(node.work.join("file"), "").unwrap();
        let root = other.root.clone();
        drop(other);
        assert!(!root.exists());
    }
}
