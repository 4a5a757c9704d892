//! Files that a node writes into its own folder, such as a log: each run would be a reason for the next.

use crate::init::Language;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// After this number of runs in a row that were all followed by such changes only, these are the node's own.
const ROUNDS: u32 = 3;
/// How far the times of files may be behind the clock.
const CLOCK_STEP: Duration = Duration::from_millis(50);

/// Counts the runs during which everything was written that changed since the run before.
#[derive(Debug, Default)]
pub(super) struct OwnWrites {
    rounds: u32,
}

/// When a run began and ended.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) began: SystemTime,
    pub(super) ended: SystemTime,
}

impl OwnWrites {
    /// Takes the files of a folder that changed since the last run began, and says whether the node itself
    /// wrote them, by what was seen so far. A source file never counts: it may have been saved by a user
    /// who is faster than the runs.
    pub(super) fn are_these(&mut self, folder: &Path, changed: &[PathBuf], run: Span) -> bool {
        let earliest = run.began.checked_sub(CLOCK_STEP).unwrap_or(run.began);
        let is_within = |path: &PathBuf| {
            let written = folder.join(path).metadata().and_then(|file| file.modified());
            written.is_ok_and(|time| (earliest..=run.ended).contains(&time))
        };
        let is_source =
            |path: &PathBuf| Language::of_file(path).is_some() || path.ends_with("glomers.toml");
        if changed.iter().all(|path| is_within(path) && !is_source(path)) {
            self.rounds = self.rounds.saturating_add(1);
        } else {
            self.rounds = 0;
        }
        self.rounds >= ROUNDS
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// Whether a file, saved that many seconds after the begin of a run of 10 s, is taken for the node's own.
    fn judged(own: &mut OwnWrites, name: &str, after: i64) -> bool {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(name), "").unwrap();
        let written = folder.path().join(name).metadata().unwrap().modified().unwrap();
        let seconds = Duration::from_secs(after.unsigned_abs());
        let began = if after < 0 { written + seconds } else { written - seconds };
        let run = Span { began, ended: began + Duration::from_secs(10) };
        own.are_these(folder.path(), &[PathBuf::from(name)], run)
    }

    #[test]
    fn what_was_written_during_three_runs_in_a_row_is_the_nodes_own() {
        let mut own = OwnWrites::default();
        let outcomes: Vec<bool> = (0..4).map(|_| judged(&mut own, "debug.log", 5)).collect();
        assert_eq!(outcomes, [false, false, true, true]);
        assert!(judged(&mut own, "other.log", 5), "its name may differ each time");
        for after in [-5, 15] {
            assert!(!judged(&mut own, "debug.log", after), "it was written outside of the run");
            assert!(!judged(&mut own, "debug.log", 5), "the next three count");
        }
    }

    #[test]
    fn a_source_file_is_the_users() {
        let mut own = OwnWrites::default();
        assert!((0..5).all(|_| !judged(&mut own, "main.go", 5)));
        let mut own = OwnWrites::default();
        assert!((0..5).all(|_| !judged(&mut own, "glomers.toml", 5)));
    }
}
