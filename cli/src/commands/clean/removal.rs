//! Removes run directories: each is first moved aside as a whole, so that none is left half removed where
//! runs are looked for.

use crate::failure::{Context as _, Result};
use crate::in_progress::InProgress;
use nix::errno::Errno;
use nix::unistd::{AccessFlags, access};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// How the name of a folder begins to which a run is moved, in the store, to be removed: the number of the
/// process and letters follow. It is hidden, as runs are looked for in folders with other names.
const ASIDE: &str = ".glomers-removed-";
/// The number of letters.
const LETTERS: usize = 8;
/// How often a run is moved, if other processes remove the folder that it goes to.
const TRIES: u32 = 10;

/// Removes a run directory or a group. Returns whether it was there: another process may have removed it.
///
/// One that cannot be removed stays where it was.
pub(super) fn remove(run: &Path, store: &Path) -> Result<bool> {
    let failed = || format!("failed to remove {}", run.display());
    let mut tries = 0;
    loop {
        if fs::symlink_metadata(run).is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
            return Ok(false);
        }
        // Else a part of it would be gone before the first folder that stays.
        refuse_fixed(run).with_context(failed)?;
        // Each run has its own: others may have the same name, and other processes remove some, too.
        let name = format!("{ASIDE}{}-", std::process::id());
        let aside = tempfile::Builder::new().prefix(&name).rand_bytes(LETTERS).tempdir_in(store);
        let aside = aside.with_context(failed)?;
        let _mark = InProgress::mark(aside.path());
        let moved = aside.path().join("run");
        tries += 1;
        match fs::rename(run, &moved) {
            Ok(()) => return finish(aside, &moved, run).with_context(failed),
            // Either of the two is gone.
            Err(error) if error.kind() == io::ErrorKind::NotFound && tries < TRIES => {}
            Err(error) => return Err(error).with_context(failed),
        }
    }
}

/// Removes what was moved aside; what cannot be removed is moved back.
fn finish(aside: TempDir, moved: &Path, run: &Path) -> io::Result<bool> {
    if let Err(error) = remove_all(moved) {
        // If that fails, too, it must not vanish with the folder: a later process tries again.
        if fs::rename(moved, run).is_err() {
            let _ = aside.keep();
        }
        return Err(error);
    }
    // Another process may be faster, and so may one that looks for what was left.
    remove_all(&aside.keep())?;
    Ok(true)
}

/// Removes a folder with all that is in it; it is no error if others do so, too.
fn remove_all(folder: &Path) -> io::Result<()> {
    loop {
        match fs::remove_dir_all(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if fs::symlink_metadata(folder).is_err() {
                    return Ok(());
                }
                // Something in it was removed by another process.
            }
            removed => return removed,
        }
    }
}

/// Fails for a folder from which nothing can be removed, or with one like that in it.
fn refuse_fixed(folder: &Path) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        // Another process removes it.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    let mut entries = entries.peekable();
    if entries.peek().is_some() {
        let there = |error| {
            let error = io::Error::from(error);
            io::Error::new(error.kind(), format!("{}: {error}", folder.display()))
        };
        match access(folder, AccessFlags::W_OK | AccessFlags::X_OK) {
            Err(Errno::ENOENT) => return Ok(()),
            allowed => allowed.map_err(there)?,
        }
    }
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            refuse_fixed(&entry.path())?;
        }
    }
    Ok(())
}

/// What processes that were killed left in a store.
pub(super) fn leftovers(store: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(store).into_iter().flatten().flatten();
    let folders = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    let own = folders.filter(|entry| entry.file_name().to_str().is_some_and(is_aside));
    own.map(|entry| entry.path()).filter(|path| !InProgress::is_marked(path)).collect()
}

/// Removes what another process left.
pub(super) fn remove_leftover(folder: &Path) -> Result<()> {
    remove_all(folder).with_context(|| format!("failed to remove {}", folder.display()))
}

/// Whether a folder was made here, by its name.
fn is_aside(name: &str) -> bool {
    let process_and_letters = name.strip_prefix(ASIDE).and_then(|rest| rest.split_once('-'));
    process_and_letters.is_some_and(|(process, letters)| {
        process.parse::<u32>().is_ok()
            && letters.len() == LETTERS
            && letters.bytes().all(|letter| letter.is_ascii_alphanumeric())
    })
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
    fn a_run_is_removed_whole_and_nothing_that_is_not_ours() {
        let store = tempfile::tempdir().unwrap();
        let run = store.path().join("echo/20261121T045700.000Z-s1");
        fs::create_dir_all(run.join("node-logs")).unwrap();
        fs::write(run.join("results.edn"), "12345").unwrap();
        fs::write(run.join("node-logs/n0.log"), "123").unwrap();
        assert_eq!(bytes_of(&run), 8);
        let users = store.path().join(".removed");
        fs::create_dir(&users).unwrap();
        assert!(remove(&run, store.path()).unwrap());
        assert!(!remove(&run, store.path()).unwrap());
        assert!(!run.exists() && users.exists());
        // That of the workload, and that of the user.
        assert_eq!(fs::read_dir(store.path()).unwrap().count(), 2);
    }

    #[test]
    fn what_a_killed_process_left_is_known_by_its_name() {
        let store = tempfile::tempdir().unwrap();
        let left = store.path().join(".glomers-removed-17-aB3dE6gH");
        fs::create_dir_all(left.join("run")).unwrap();
        let others = [".removed", ".glomers-removed-", ".glomers-removed-17-notes", "echo"];
        for other in others {
            fs::create_dir(store.path().join(other)).unwrap();
        }
        fs::write(store.path().join(".glomers-removed-18-aB3dE6gH"), "").unwrap();
        assert_eq!(leftovers(store.path()), [left.as_path()]);
        let mark = InProgress::mark(&left).unwrap();
        assert!(leftovers(store.path()).is_empty(), "its process still removes it");
        drop(mark);
        remove_leftover(&left).unwrap();
        remove_leftover(&left).unwrap();
        assert!(!left.exists());
    }

    #[test]
    fn what_cannot_be_moved_stays() {
        // It is on another file system, which has no store.
        let own = Path::new("/proc/self/task");
        if own.exists() {
            let store = tempfile::tempdir().unwrap();
            let error = remove(own, store.path()).unwrap_err().to_string();
            assert!(error.starts_with("failed to remove /proc/self/task: "), "{error}");
            assert_eq!(fs::read_dir(store.path()).unwrap().count(), 0);
        }
    }

    #[test]
    fn sizes_are_short() {
        let texts = [0, 999, 1500, 45_600, 611_000_000, 1_250_000_000].map(size_text);
        assert_eq!(texts, ["0 bytes", "999 bytes", "1.5 kB", "46 kB", "611 MB", "1.2 GB"]);
    }
}
