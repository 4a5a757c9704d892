//! Removes run directories: each is first moved aside as a whole, so that none is left half removed where
//! runs are looked for.

use crate::failure::{BadArguments, Context as _, Result};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Where runs are moved to, in the store, to be removed; its name is hidden, as runs are looked for in
/// folders with other names.
const ASIDE: &str = ".removed";

/// A store from which runs are removed.
pub(super) struct Removal {
    aside: PathBuf,
}

impl Removal {
    pub(super) fn new(store: &Path) -> Result<Self> {
        let aside = store.join(ASIDE);
        if fs::symlink_metadata(&aside).is_ok_and(|there| !there.is_dir()) {
            let text = format!("{} is in the way: move it elsewhere", aside.display());
            return Err(BadArguments(text).into());
        }
        Ok(Self { aside })
    }

    /// Removes a run directory or a group. Returns whether it was there: another process may have removed
    /// it.
    pub(super) fn remove(&self, run: &Path) -> Result<bool> {
        let failed = || format!("failed to remove {}", run.display());
        fs::create_dir_all(&self.aside).with_context(failed)?;
        // Runs of two workloads may have the same name.
        let own = tempfile::tempdir_in(&self.aside).with_context(failed)?;
        match fs::rename(run, own.path().join("run")) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            moved => moved.with_context(failed)?,
        }
        own.close().with_context(failed)?;
        Ok(true)
    }

    /// Removes what is left aside, also by a process that was killed.
    pub(super) fn finish(&self) -> Result<()> {
        match fs::remove_dir_all(&self.aside) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => {
                removed.with_context(|| format!("failed to remove {}", self.aside.display()))
            }
        }
    }
}

/// Size of the files in a folder. What cannot be read counts nothing.
pub(super) fn bytes_of(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let size = |entry: fs::DirEntry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => bytes_of(&entry.path()),
        Ok(metadata) => metadata.len(),
        Err(_) => 0,
    };
    entries.map(size).sum()
}

/// A size in the unit that suits it.
pub(super) fn size_text(bytes: u64) -> String {
    let mut size = bytes as f64;
    for unit in ["bytes", "kB", "MB"] {
        if size < 1000.0 {
            let digits = usize::from(unit != "bytes" && size < 10.0);
            return format!("{size:.digits$} {unit}");
        }
        size /= 1000.0;
    }
    format!("{size:.1} GB")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_removed_whole_and_so_is_what_another_process_left() {
        let store = tempfile::tempdir().unwrap();
        let run = store.path().join("echo/20261121T045700.000Z-s1");
        fs::create_dir_all(run.join("node-logs")).unwrap();
        fs::write(run.join("results.edn"), "12345").unwrap();
        fs::write(run.join("node-logs/n0.log"), "123").unwrap();
        assert_eq!(bytes_of(&run), 8);
        let left = store.path().join(ASIDE).join("left/run");
        fs::create_dir_all(&left).unwrap();
        let removal = Removal::new(store.path()).unwrap();
        assert!(removal.remove(&run).unwrap());
        assert!(!removal.remove(&run).unwrap());
        assert!(!run.exists());
        removal.finish().unwrap();
        removal.finish().unwrap();
        assert!(!store.path().join(ASIDE).exists());
    }

    #[test]
    fn what_is_in_the_way_is_not_removed() {
        let store = tempfile::tempdir().unwrap();
        fs::write(store.path().join(ASIDE), "").unwrap();
        assert!(Removal::new(store.path()).is_err());
        assert!(store.path().join(ASIDE).exists());
    }

    #[test]
    fn sizes_are_short() {
        let texts = [0, 999, 1500, 45_600, 611_000_000, 1_250_000_000].map(size_text);
        assert_eq!(texts, ["0 bytes", "999 bytes", "1.5 kB", "46 kB", "611 MB", "1.2 GB"]);
    }
}
