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

    /// The time with which the name of a run directory begins, ours or Maelstrom's, which has an offset
    /// from UTC instead of the Z.
    pub(crate) fn of_name(name: &str) -> Option<Self> {
        /// Length of `20261121T061039.097`.
        const LENGTH: usize = 19;
        let (time, rest) = name.split_at_checked(LENGTH)?;
        let is_time = time.bytes().enumerate().all(|(position, byte)| match position {
            8 => byte == b'T',
            15 => byte == b'.',
            _ => byte.is_ascii_digit(),
        });
        if !is_time {
            return None;
        }
        let (date, clock) = (&time[..8], &time[9..]);
        let text = format!(
            "{}-{}-{}T{}:{}:{}Z",
            &date[..4],
            &date[4..6],
            &date[6..],
            &clock[..2],
            &clock[2..4],
            &clock[4..]
        );
        let local = humantime::parse_rfc3339(&text).ok()?;
        if rest.starts_with('Z') {
            return Some(Self(local));
        }
        let offset = rest.get(1..5)?;
        let minutes = 60 * offset[..2].parse::<u64>().ok()? + offset[2..].parse::<u64>().ok()?;
        let offset = Duration::from_secs(60 * minutes);
        match rest.as_bytes()[0] {
            b'+' => local.checked_sub(offset).map(Self),
            b'-' => local.checked_add(offset).map(Self),
            _ => None,
        }
    }

    /// How long ago it was; zero if it is in the future.
    pub(crate) fn age(self) -> Duration {
        self.0.elapsed().unwrap_or_default()
    }

    /// In UTC, as a table has it: `2026-11-21 06:10:39`.
    pub(crate) fn in_tables(self) -> String {
        humantime::format_rfc3339_seconds(self.0).to_string().replace('T', " ").replace('Z', "")
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
    fn names_of_run_directories_are_read() {
        let shown = |name: &str| StartTime::of_name(name).map(StartTime::in_tables);
        let expected = Some("2026-11-21 06:10:39".to_owned());
        for name in [
            "20261121T061039.097Z-s5",
            "20261121T061039.097Z",
            "20261121T071039.097+0100",
            "20261121T014039.097-0430",
        ] {
            assert_eq!(shown(name), expected, "{name}");
        }
        for name in [
            "",
            "notes",
            "20261121T061039.097",
            "20261121T061039.097+01",
            "20261321T061039.097Z",
            "20261121T06103é.097Z",
            "20261121T061039.097+é10",
            "20261121 061039.097Z",
        ] {
            assert_eq!(shown(name), None, "{name}");
        }
        let old = StartTime(SystemTime::UNIX_EPOCH);
        assert!(old.age() > Duration::from_hours(1));
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
