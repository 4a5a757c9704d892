//! The files next to a history: the record, the results and the log of its run.

use glomers_config::Workload;
use glomers_maelstrom::{LOG_FILE, LoggedTest};
use glomers_results::{
    Engine, RECORD_FILE, RESULTS_FILE, Results, RunRecord, read_record, read_results,
};
use std::path::{Path, PathBuf};

/// Files that only a run of the embedded engine, or of Jepsen, leaves in its folder.
const OUR_LOG: &str = "glomers.log";
const JEPSEN_TEST: &str = "test.jepsen";

/// A file next to a history.
#[derive(Debug)]
pub(crate) enum Recorded<T> {
    /// The file does not exist.
    Absent,
    /// The file cannot be read; holds the reason.
    Damaged(String),
    /// The parsed content.
    Found(T),
}

impl<T> Recorded<T> {
    pub(crate) fn found(&self) -> Option<&T> {
        match self {
            Self::Found(found) => Some(found),
            Self::Absent | Self::Damaged(_) => None,
        }
    }
}

/// The folder of a run.
#[derive(Debug)]
pub(crate) struct RunFolder {
    pub(crate) path: PathBuf,
    pub(crate) record: Recorded<RunRecord>,
    pub(crate) results: Recorded<Results>,
    /// The test that a Jepsen log describes.
    pub(crate) logged: Option<LoggedTest>,
    /// Whether the embedded engine made the run, which then has a record.
    pub(crate) is_built_in: bool,
}

impl RunFolder {
    /// Reads the files of a run in this folder; `None` if there are none.
    pub(crate) fn read(path: &Path) -> Option<Self> {
        let has = |name: &str| path.join(name).is_file();
        let record = match read_record(&path.join(RECORD_FILE)) {
            Ok(None) => Recorded::Absent,
            Ok(Some(record)) if record.workload.is_empty() => {
                Recorded::Damaged("it names no workload".to_owned())
            }
            Ok(Some(record)) => Recorded::Found(record),
            Err(error) => Recorded::Damaged(chain(&error)),
        };
        let results = match read_results(&path.join(RESULTS_FILE)) {
            Ok(None) => Recorded::Absent,
            Ok(Some(results)) => Recorded::Found(results),
            Err(error) => Recorded::Damaged(chain(&error)),
        };
        // Only settings are read from the log: without them the run is judged by the defaults.
        let logged = LoggedTest::read(&path.join(LOG_FILE)).ok().flatten();
        let of_maelstrom = record.found().is_some_and(|record| record.engine == Engine::Maelstrom);
        let is_built_in = !of_maelstrom
            && (has(OUR_LOG) || (!matches!(record, Recorded::Absent) && !has(LOG_FILE)));
        let is_run = is_built_in
            || of_maelstrom
            || has(LOG_FILE)
            || has(JEPSEN_TEST)
            || !matches!(results, Recorded::Absent);
        is_run.then(|| Self { path: path.to_owned(), record, results, logged, is_built_in })
    }

    /// The workload that the parent folder is named after, as in a store.
    pub(crate) fn workload_of_name(&self) -> Option<Workload> {
        let path = self.path.canonicalize().ok()?;
        path.parent()?.file_name()?.to_str()?.parse().ok()
    }

    /// Whether the embedded engine or Maelstrom made the run, and not another Jepsen test.
    pub(crate) fn is_of_maelstrom(&self) -> bool {
        let has_its_keys =
            |results: &Results| results.net.is_some() || results.availability.is_some();
        self.is_built_in
            || self.record.found().is_some()
            || self.logged.as_ref().is_some_and(LoggedTest::is_of_maelstrom)
            || self.results.found().is_some_and(has_its_keys)
    }
}

/// An error and its causes as one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
