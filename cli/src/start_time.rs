//! The start time of a run, and the folder that is named after it.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// The moment at which a run or a sweep began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StartTime(SystemTime);

impl StartTime {
    /// The current time.
    pub(crate) fn now() -> Self {
        Self(SystemTime::now())
    }

    /// The prefix of file names, in UTC with milliseconds: `20261121T061039.097Z`.
    pub(crate) fn in_names(self) -> String {
        humantime::format_rfc3339_millis(self.0).to_string().replace(['-', ':'], "")
    }

    /// Creates a new folder `<time><suffix>` in `parent`, which must exist. If two runs begin in
    /// the same millisecond, the time of one is moved to the next.
    pub(crate) fn create_folder(parent: &Path, suffix: &str) -> io::Result<(Self, PathBuf)> {
        let mut start = Self::now();
        loop {
            let path = parent.join(format!("{}{suffix}", start.in_names()));
            match fs::create_dir(&path) {
                Ok(()) => return Ok((start, path)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    start.0 += Duration::from_millis(1);
                }
                Err(error) => return Err(error),
            }
        }
    }
}

impl fmt::Display for StartTime {
    /// The format of `run.json` (RFC 3339).
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        humantime::format_rfc3339(self.0).fmt(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_begin_with_the_time_to_the_millisecond() {
        let start =
            StartTime(SystemTime::UNIX_EPOCH + Duration::from_micros(1_795_241_439_097_512));
        assert_eq!(start.to_string(), "2026-11-21T06:10:39.097512000Z");
        assert_eq!(start.in_names(), "20261121T061039.097Z");
    }

    #[test]
    fn folders_of_one_moment_have_different_names() {
        let parent = tempfile::tempdir().unwrap();
        let made: Vec<PathBuf> =
            (0..5).map(|_| StartTime::create_folder(parent.path(), "-s1").unwrap().1).collect();
        assert!(made.iter().all(|folder| folder.is_dir()));
        assert!(made.is_sorted() && made[0] != made[4]);
    }
}
