//! Marks the folder of a run for as long as it is being made: other processes see whether a run without
//! results is going on, or was killed.

use std::fs::{File, TryLockError};
use std::path::Path;

/// The mark, which ends with this value or with the process.
#[derive(Debug)]
pub(crate) struct InProgress {
    /// The open folder, whose lock is the mark.
    _folder: File,
}

impl InProgress {
    /// Marks a folder; `None` where the file system has no locks.
    pub(crate) fn mark(folder: &Path) -> Option<Self> {
        let folder = File::open(folder).ok()?;
        folder.try_lock().ok()?;
        Some(Self { _folder: folder })
    }

    /// Whether a folder is marked.
    pub(crate) fn is_marked(folder: &Path) -> bool {
        let Ok(folder) = File::open(folder) else { return false };
        matches!(folder.try_lock_shared(), Err(TryLockError::WouldBlock))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_ends_with_its_value() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!InProgress::is_marked(folder.path()));
        let mark = InProgress::mark(folder.path()).unwrap();
        assert!(InProgress::is_marked(folder.path()));
        drop(mark);
        assert!(!InProgress::is_marked(folder.path()));
        assert!(!InProgress::is_marked(&folder.path().join("none")));
    }
}
