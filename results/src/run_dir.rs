//! Opens the runs of a store: `store/<workload>/<timestamp>/`, with `results.edn` and optionally
//! `run.json`. Run directories of the reference are accepted as well.

use crate::metrics::Metrics;
use crate::results::{Results, ResultsError};
use crate::run::{RECORD_FILE, RunRecord};
use crate::targets::TargetOutcome;
use crate::write::RESULTS_FILE;
use glomers_config::{InputError, read_input, read_input_text};
use glomers_history::Validity;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Name of the link to the newest run in a store.
const LATEST: &str = "latest";
/// Name of the link to a run in progress.
const CURRENT: &str = "current";
/// What is in the name of a folder with runs that repeat one another: `<time>-x5`.
pub const GROUP_MARK: &str = "-x";
/// Name of the directory in a store that contains summaries of sweeps instead of runs.
pub const SWEEPS: &str = "sweeps";
/// Name of the directory in a store that contains runs that are kept under a name.
pub const BASELINES: &str = "baselines";
/// Maximum size of a `results.edn` or a `run.json` in bytes; the largest known files have some MB.
const MOST_BYTES: u64 = 512 << 20;

/// A finished run of either engine.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// The path that was opened: a run directory or a `results.edn`.
    pub path: PathBuf,
    /// The content of `results.edn`.
    pub results: Results,
    /// The content of `run.json`, which only glomers' engine writes.
    pub record: Option<RunRecord>,
    /// Metrics of the results, and those that only the record contains.
    pub metrics: Metrics,
}

/// A run directory in a store.
#[derive(Debug)]
pub struct StoredRun {
    /// The directory.
    pub path: PathBuf,
    /// The run, or why it could not be opened.
    pub run: Result<Run, RunError>,
}

/// Why a run or a store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A file or directory could not be read.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The path does not exist.
    #[error("{} does not exist; give a results.edn, or a run directory such as store/latest", .0.display())]
    NotFound(PathBuf),
    /// A directory without results.
    #[error(
        "{} has no results.edn: give a run directory (store/<workload>/<time>); a run that crashed \
         leaves none",
        .0.display()
    )]
    NoResults(PathBuf),
    /// A directory with several runs.
    #[error("{} is a folder of runs: name one of them, such as {}", .folder.display(), .run.display())]
    Several {
        /// The directory.
        folder: PathBuf,
        /// One of the runs.
        run: PathBuf,
    },
    /// The results are invalid.
    #[error("failed to read {}, which is no results.edn or a damaged one", .path.display())]
    Results {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        #[source]
        error: ResultsError,
    },
    /// The `run.json` is invalid.
    #[error("failed to read {} (without that file, the results alone can be read)", .path.display())]
    Record {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        #[source]
        error: serde_json::Error,
    },
    /// A store without runs.
    #[error("no run in {}; `glomers run echo` makes one, --store DIR looks elsewhere", .0.display())]
    NoRuns(PathBuf),
}

impl Run {
    /// A run from parts that were already read.
    #[must_use]
    pub fn new(path: PathBuf, results: Results, record: Option<RunRecord>) -> Self {
        let mut metrics = Metrics::from_results(&results);
        if let Some(record) = &record {
            metrics = metrics.or(&record.metrics);
        }
        Self { path, results, record, metrics }
    }

    /// Opens a run directory, a link to one, its `run.json`, or a `results.edn`. The `run.json` is
    /// searched for in the directory, and next to a file with the name `results.edn`.
    pub fn open(path: &Path) -> Result<Self, RunError> {
        let folder = folder_of_record(path);
        let path = folder.as_deref().unwrap_or(path);
        let is_directory = match fs::metadata(path) {
            Ok(metadata) => metadata.is_dir(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(RunError::NotFound(path.to_owned()));
            }
            Err(error) => return Err(InputError::io(path, error).into()),
        };
        let results = if is_directory { path.join(RESULTS_FILE) } else { path.to_owned() };
        let Some(read) = read_results(&results)? else {
            let folder = path.to_owned();
            return Err(match runs_inside(path)?.pop() {
                Some(run) => RunError::Several { folder, run },
                None => RunError::NoResults(folder),
            });
        };
        let has_sidecar = results.file_name().is_some_and(|name| name == RESULTS_FILE);
        let record =
            if has_sidecar { read_record(&results.with_file_name(RECORD_FILE))? } else { None };
        Ok(Self::new(path.to_owned(), read, record))
    }

    /// The name of its challenge; for a run without a record, the name of its workload directory or
    /// file.
    #[must_use]
    pub fn name(&self) -> String {
        if let Some(record) = self.record.as_ref().filter(|record| !record.challenge.is_empty()) {
            return record.challenge.clone();
        }
        let name = |path: &Path| Some(path.file_name()?.to_string_lossy().into_owned());
        if name(&self.path).is_some_and(|name| name != RESULTS_FILE) && !self.path.is_dir() {
            return name(&self.path).unwrap_or_default();
        }
        // store/<workload>/<time>, also if opened as store/latest.
        let path = self.path.canonicalize().unwrap_or_else(|_| self.path.clone());
        let directory = if path.is_dir() { Some(path.as_path()) } else { path.parent() };
        let workload = directory.and_then(Path::parent).and_then(name);
        workload.unwrap_or_else(|| self.path.display().to_string())
    }

    /// The verdict of the record if there is one, since it may be stricter than the results
    /// (duplicated elements can make a run fail); otherwise the verdict of the results.
    #[must_use]
    pub fn valid(&self) -> Validity {
        let recorded = self.record.as_ref().and_then(|record| record.valid);
        recorded.unwrap_or(self.results.valid)
    }

    /// Why it is not valid, or missed a target; empty if it has no record.
    #[must_use]
    pub fn reasons(&self) -> &[String] {
        self.record.as_ref().map_or(&[], |record| &record.reasons)
    }

    /// The outcomes of its targets; empty if there is no record.
    #[must_use]
    pub fn targets(&self) -> &[TargetOutcome] {
        self.record.as_ref().map_or(&[], |record| &record.targets)
    }
}

/// Reads a `results.edn`; `None` if there is no such file.
pub fn read_results(path: &Path) -> Result<Option<Results>, RunError> {
    match read_input_text(path, MOST_BYTES) {
        Ok(text) => Results::parse(&text)
            .map(Some)
            .map_err(|error| RunError::Results { path: path.to_owned(), error }),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Reads a `run.json`; `None` if there is no such file.
pub fn read_record(path: &Path) -> Result<Option<RunRecord>, RunError> {
    match read_input(path, MOST_BYTES) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|error| RunError::Record { path: path.to_owned(), error }),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The run directory of a `run.json`; `None` for any other path.
#[must_use]
pub fn folder_of_record(path: &Path) -> Option<PathBuf> {
    let is_record = path.file_name().is_some_and(|name| name == RECORD_FILE) && path.is_file();
    let folder = is_record.then(|| path.parent())?.filter(|folder| !folder.as_os_str().is_empty());
    Some(folder.unwrap_or(Path::new(".")).to_owned())
}

/// The directory of a store's newest run: the target of the link `latest`, or else the last by
/// time.
pub fn latest(store: &Path) -> Result<PathBuf, RunError> {
    let link = store.join(LATEST);
    // A real directory of that name was not made by glomers.
    if link.is_symlink() && link.is_dir() {
        return Ok(link);
    }
    run_directories(store)?.pop().ok_or_else(|| RunError::NoRuns(store.to_owned()))
}

/// The runs of a store, the newest last, including those that cannot be opened.
pub fn stored_runs(store: &Path) -> Result<Vec<StoredRun>, RunError> {
    let paths = run_directories(store)?;
    Ok(paths.into_iter().map(|path| StoredRun { run: Run::open(&path), path }).collect())
}

/// The folder of the runs that a run repeats or is repeated by; `None` if there are none.
#[must_use]
pub fn group_of(run: &Path) -> Option<PathBuf> {
    let group = run.canonicalize().ok()?.parent()?.to_owned();
    is_group(&group).then_some(group)
}

/// Whether a folder is, by its name, one of runs that repeat one another.
#[must_use]
pub fn is_group(folder: &Path) -> bool {
    let name = folder.file_name().and_then(|name| name.to_str());
    let number = name.and_then(|name| name.rsplit_once(GROUP_MARK)).map(|(_, number)| number);
    number.is_some_and(|it| !it.is_empty() && it.bytes().all(|digit| digit.is_ascii_digit()))
}

/// The run directories in a folder that is none itself, in the order of their names; empty for a run
/// directory and for a file.
pub(crate) fn runs_inside(folder: &Path) -> Result<Vec<PathBuf>, RunError> {
    if !folder.is_dir() || folder.join(RESULTS_FILE).exists() {
        return Ok(Vec::new());
    }
    let mut runs = subdirectories(folder)?;
    let mut groups = Vec::new();
    runs.retain(|path| {
        let is_run = path.join(RESULTS_FILE).exists();
        if !is_run && is_group(path) {
            groups.push(path.clone());
        }
        is_run
    });
    for group in groups {
        runs.extend(runs_inside(&group)?);
    }
    runs.sort();
    Ok(runs)
}

/// The folders of runs in a group or another folder, by name, including runs without results; empty for a
/// run directory, for a file, and for a folder that cannot be read.
#[must_use]
pub fn run_folders(folder: &Path) -> Vec<PathBuf> {
    // The group may be named by a link or as `.`.
    let name = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let found = if is_group(&name) { subdirectories(folder) } else { runs_inside(folder) };
    let mut found = found.unwrap_or_default();
    found.sort();
    found
}

/// Every `store/<workload>/<time>`, and those in groups, ordered by time, without links, sweeps, and
/// directories with the names of links.
pub fn run_directories(store: &Path) -> Result<Vec<PathBuf>, RunError> {
    let mut runs = Vec::new();
    let is_other =
        |folder: &Path| [SWEEPS, BASELINES, LATEST, CURRENT].iter().any(|it| folder.ends_with(it));
    for workload in subdirectories(store)?.iter().filter(|folder| !is_other(folder)) {
        for folder in subdirectories(workload)? {
            // Runs of a group that were killed have no results.
            let members = if is_group(&folder) { subdirectories(&folder)? } else { Vec::new() };
            if !members.is_empty() {
                runs.extend(members);
                continue;
            }
            match runs_inside(&folder)? {
                group if !group.is_empty() => runs.extend(group),
                _ => runs.push(folder),
            }
        }
    }
    // The names begin with date and time.
    runs.sort_by(|a, b| a.file_name().cmp(&b.file_name()).then_with(|| a.cmp(b)));
    Ok(runs)
}

fn subdirectories(folder: &Path) -> Result<Vec<PathBuf>, RunError> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => RunError::NoRuns(folder.to_owned()),
        _ => InputError::io(folder, error).into(),
    };
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        // The type of the entry itself: a link does not count as a directory. What is being written or
        // removed has a hidden name.
        let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        if !is_hidden && entry.file_type().map_err(failed)?.is_dir() {
            found.push(entry.path());
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use glomers_config::Metric;
    use std::error::Error as _;

    /// A store with two runs, one of them without results; a sweep; and a link.
    fn store() -> tempfile::TempDir {
        let store = tempfile::tempdir().unwrap();
        let run = |workload: &str, time: &str| {
            let path = store.path().join(workload).join(time);
            fs::create_dir_all(&path).unwrap();
            path
        };
        run("broadcast", "20261121T045701.000Z");
        run(SWEEPS, "20261121T045702.000Z-echo");
        let echo = run("echo", "20261121T045700.000Z");
        let results = "{:stats {:count 3}, :valid? true}";
        fs::write(echo.join(RESULTS_FILE), results).unwrap();
        let record = r#"{"challenge": "echo", "metrics": {"op-count": 9, "op-latency-max": 2.5}}"#;
        fs::write(echo.join(RECORD_FILE), record).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink("echo/20261121T045700.000Z", store.path().join("latest"))
            .unwrap();
        store
    }

    #[test]
    fn runs_are_listed_by_time_and_unreadable_ones_too() {
        let store = store();
        let runs = stored_runs(store.path()).unwrap();
        assert_eq!(runs.len(), 2);
        assert_eq!(runs[0].run.as_ref().unwrap().name(), "echo");
        let error = runs[1].run.as_ref().unwrap_err().to_string();
        assert!(error.contains("20261121T045701.000Z has no results.edn"), "{error}");
    }

    #[test]
    fn a_run_opens_by_its_directory_its_file_or_a_link() {
        let store = store();
        for path in [latest(store.path()).unwrap(), store.path().join("latest").join(RESULTS_FILE)]
        {
            let run = Run::open(&path).unwrap();
            assert_eq!(run.name(), "echo");
            // Numbers in the results take precedence over the record.
            assert_eq!(run.metrics.get(Metric::OpCount), Some(3.0));
            assert_eq!(run.metrics.get(Metric::OpLatencyMax), Some(2.5));
        }
        let run = Run::open(&store.path().join("latest").join(RECORD_FILE)).unwrap();
        assert_eq!((run.name().as_str(), run.path), ("echo", store.path().join("latest")));
        fs::remove_file(store.path().join("latest")).unwrap();
        let newest = latest(store.path()).unwrap();
        assert!(newest.ends_with("broadcast/20261121T045701.000Z"), "{}", newest.display());

        // A copy in another directory has no `run.json`.
        let copy = store.path().join("baseline.edn");
        fs::copy(store.path().join("echo/20261121T045700.000Z/results.edn"), &copy).unwrap();
        let run = Run::open(&copy).unwrap();
        assert_eq!((run.name().as_str(), run.record), ("baseline.edn", None));
    }

    #[test]
    fn a_folder_called_latest_is_not_the_newest_run() {
        let store = store();
        fs::remove_file(store.path().join("latest")).unwrap();
        fs::create_dir_all(store.path().join("latest/x")).unwrap();
        let newest = latest(store.path()).unwrap();
        assert!(newest.ends_with("broadcast/20261121T045701.000Z"), "{}", newest.display());
        assert_eq!(stored_runs(store.path()).unwrap().len(), 2);
    }

    #[test]
    fn errors_name_the_path_and_the_way_out() {
        let store = store();
        let path = |name: &str| store.path().join(name);
        fs::write(path("wrong.edn"), "{:a 1}}").unwrap();
        let echo = path("echo/20261121T045700.000Z");
        fs::write(echo.join(RECORD_FILE), "{").unwrap();
        for (path, expected) in [
            (path("none"), "none does not exist; give a results.edn"),
            (path("broadcast"), "broadcast has no results.edn: give a run directory"),
            (
                path("wrong.edn"),
                "wrong.edn, which is no results.edn or a damaged one: line 1, column 7: unmatched `}`",
            ),
            (echo, "alone can be read): EOF while parsing an object at line 1 column 1"),
        ] {
            let error = Run::open(&path).unwrap_err();
            let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
            let error = format!("{error}{cause}");
            assert!(error.contains(expected), "{error}");
        }
        let error = latest(&path("echo")).unwrap_err().to_string();
        assert!(error.starts_with("no run in "), "{error}");
        assert!(matches!(stored_runs(&path("none")), Err(RunError::NoRuns(_))));
    }
}
