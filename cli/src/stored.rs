//! What is in a store: runs, and groups of runs that repeat one another, with the state of each.

use crate::begun::{Begun, seed_of_name};
use crate::exit::Exit;
use crate::failure::{CommandFailure, Result};
use crate::in_progress::InProgress;
use crate::run_outcome::exit_of;
use crate::start_time::StartTime;
use glomers_results::{
    RECORD_FILE, RESULTS_FILE, Run, RunError, RunRecord, is_group, read_record, run_directories,
};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Files of which every run directory has one, ours and Maelstrom's.
const RUN_FILES: [&str; 6] =
    [RESULTS_FILE, RECORD_FILE, "glomers.log", "history.edn", "jepsen.log", "test.jepsen"];
/// For how long a folder without any mark may be one that another process is only just making.
const MAKING: Duration = Duration::from_secs(30);

/// A run directory.
#[derive(Debug)]
pub(crate) struct StoredRun {
    /// Its path, below that of the store.
    pub(crate) path: PathBuf,
    pub(crate) state: State,
}

/// How far a run came.
#[derive(Debug)]
pub(crate) enum State {
    /// It was judged.
    Judged(Box<Run>),
    /// It ended without results, for the reason in its record.
    Broken(Box<RunRecord>),
    /// It has not ended yet.
    GoingOn,
    /// It was killed before it was judged.
    Unfinished,
    /// Its files cannot be read, for this reason.
    Damaged(String),
}

/// A run, or a group of runs that repeat one another.
#[derive(Debug)]
pub(crate) struct Entry {
    /// The folder of the run or of the group.
    pub(crate) path: PathBuf,
    /// By seed or time.
    pub(crate) runs: Vec<StoredRun>,
    /// Whether it is a group to which runs are still added.
    pub(crate) is_growing: bool,
}

impl StoredRun {
    /// Reads a run directory; `None` if it is none.
    fn read(path: PathBuf) -> Option<Self> {
        let state = state(&path)?;
        Some(Self { path, state })
    }

    pub(crate) fn record(&self) -> Option<&RunRecord> {
        match &self.state {
            State::Judged(run) => run.record.as_ref(),
            State::Broken(record) => Some(record),
            State::GoingOn | State::Unfinished | State::Damaged(_) => None,
        }
    }

    /// What is known of it without a record.
    pub(crate) fn begun(&self) -> Option<Begun> {
        let is_without = matches!(self.state, State::GoingOn | State::Unfinished);
        is_without.then(|| Begun::of(&self.path)).flatten()
    }

    /// Its seed, if it has one.
    pub(crate) fn seed(&self) -> Option<u64> {
        match &self.state {
            State::GoingOn | State::Unfinished => seed_of_name(&self.path),
            _ => self.record()?.seed,
        }
    }

    /// Whether `shrink` made it, or it was made again from one of those: its operations are given.
    pub(crate) fn is_shrunk(&self) -> bool {
        self.record().is_some_and(|record| record.scenario.is_some())
    }

    /// The name of its challenge; without a record, that of its workload.
    pub(crate) fn name(&self) -> String {
        match &self.state {
            State::Judged(run) => run.name(),
            State::Broken(record) => record.challenge.clone(),
            State::GoingOn | State::Unfinished | State::Damaged(_) => {
                if let Some(begun) = self.begun() {
                    return begun.challenge;
                }
                let parent = self.path.parent();
                let parent = parent.filter(|it| !is_group(it)).or_else(|| parent?.parent());
                let name = parent.and_then(Path::file_name).unwrap_or_default();
                name.to_string_lossy().into_owned()
            }
        }
    }

    /// Whether it was valid and met its targets.
    pub(crate) fn has_passed(&self) -> bool {
        let is_stopped = self.record().is_some_and(|record| record.interrupted);
        match &self.state {
            State::Judged(run) => !is_stopped && exit_of(run.valid(), run.targets()) == Exit::Valid,
            _ => false,
        }
    }
}

impl Entry {
    /// The name of its challenge.
    pub(crate) fn name(&self) -> String {
        let known = self.runs.iter().find(|run| run.record().is_some());
        known.or(self.runs.first()).map(StoredRun::name).unwrap_or_default()
    }

    /// Whether it is a group that has runs.
    pub(crate) fn is_group(&self) -> bool {
        self.runs.iter().any(|run| run.path != self.path)
    }

    /// When it began.
    pub(crate) fn start(&self) -> Option<StartTime> {
        StartTime::of_name(self.path.file_name()?.to_str()?)
    }

    /// Whether a run of it is in progress, or is still to come.
    pub(crate) fn is_going_on(&self) -> bool {
        self.is_growing || self.runs.iter().any(|run| matches!(run.state, State::GoingOn))
    }

    /// Whether nothing else is in its folder, if it is a group.
    pub(crate) fn holds_only_runs(&self) -> bool {
        let entries = || fs::read_dir(&self.path).map_or(0, Iterator::count);
        !self.is_group() || entries() == self.runs.len()
    }

    /// Whether all its runs were valid and met their targets.
    pub(crate) fn has_passed(&self) -> bool {
        self.runs.iter().all(StoredRun::has_passed)
    }
}

/// As [`entries`]; none if there is no store yet, which the first run makes. One that the user named should
/// be there.
pub(crate) fn entries_if_any(store: &Path, is_named: bool) -> Result<Vec<Entry>> {
    match entries(store) {
        Err(RunError::NoRuns(_)) if !is_named => Ok(Vec::new()),
        entries => Ok(entries?),
    }
}

/// All runs of a store, the newest first, groups as one. What is no run directory is left out.
fn entries(store: &Path) -> Result<Vec<Entry>, RunError> {
    let mut entries: Vec<Entry> = Vec::new();
    for path in run_directories(store)? {
        let parent = path.parent().filter(|parent| is_group(parent));
        let folder = parent.map_or_else(|| path.clone(), Path::to_owned);
        let Some(run) = StoredRun::read(path) else { continue };
        match entries.iter_mut().rfind(|entry| entry.path == folder) {
            Some(group) => group.runs.push(run),
            None => entries.push(Entry {
                is_growing: InProgress::is_marked(&folder) && is_group(&folder),
                path: folder,
                runs: vec![run],
            }),
        }
    }
    entries.sort_by(|a, b| b.path.file_name().cmp(&a.path.file_name()));
    Ok(entries)
}

/// How far the run of this folder came; `None` if it is no run directory.
pub(crate) fn state(folder: &Path) -> Option<State> {
    let has_files = RUN_FILES.iter().any(|name| folder.join(name).exists());
    let is_named = || StartTime::of_name(folder.file_name()?.to_str()?);
    let is_run = has_files || (is_named().is_some() && is_only_made(folder));
    if !is_run {
        return None;
    }
    let changed = fs::metadata(folder).and_then(|metadata| metadata.modified());
    let is_new = !has_files && changed.is_ok_and(|it| it.elapsed().unwrap_or_default() < MAKING);
    if folder.join(RESULTS_FILE).exists() {
        // Until its record is there, too, the run is not over.
        let is_open = !folder.join(RECORD_FILE).exists() && InProgress::is_marked(folder);
        return Some(match Run::open(folder) {
            _ if is_open => State::GoingOn,
            Ok(run) => State::Judged(Box::new(run)),
            Err(error) => State::Damaged(CommandFailure::from(error).to_string()),
        });
    }
    Some(match read_record(&folder.join(RECORD_FILE)) {
        Ok(Some(record)) => State::Broken(Box::new(record)),
        Ok(None) if is_new || InProgress::is_marked(folder) => State::GoingOn,
        Ok(None) => State::Unfinished,
        Err(error) => State::Damaged(CommandFailure::from(error).to_string()),
    })
}

/// Whether a folder has nothing yet but the folder of the nodes' logs.
fn is_only_made(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|mut entries| {
        entries.all(|entry| entry.is_ok_and(|entry| entry.file_name() == "node-logs"))
    })
}
