//! Runs without results: those in progress, and those that were killed.

use super::address;
use super::fence::Fence;
use glomers_config::open_input;
use glomers_results::{BASELINES, GROUP_MARK, RECORD_FILE, RESULTS_FILE, SWEEPS};
use serde::Serialize;
use std::fmt::Write as _;
use std::fs;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// How much of the end of a file is looked at, in bytes.
const END_BYTES: u64 = 4 << 10;
/// Without a change for this long, a run is taken for one that was killed.
const SILENCE: Duration = Duration::from_mins(1);
/// How long a run without results is listed after its last change.
const LISTED: Duration = Duration::from_hours(24);
/// Files that grow during a run.
const GROWING: [&str; 3] = ["history.edn", "glomers.log", "messages.jsonl"];

/// A run without results.
#[derive(Debug, Serialize)]
pub(super) struct UnfinishedRun {
    /// Its path in the store.
    name: String,
    /// The address of its page.
    link: String,
    /// How far it is.
    state: String,
}

/// The runs without results that changed in the last day, the newest first.
pub(super) fn unfinished(fence: &Fence) -> Vec<UnfinishedRun> {
    let mut runs = Vec::new();
    for workload in folders(fence.store()) {
        if workload.ends_with(SWEEPS) || workload.ends_with(BASELINES) {
            continue;
        }
        for folder in folders(&workload) {
            let name = folder.file_name().unwrap_or_default().to_string_lossy();
            if name.contains(GROUP_MARK) {
                runs.extend(folders(&folder));
            } else {
                runs.push(folder);
            }
        }
    }
    runs.sort_by(|a, b| b.file_name().cmp(&a.file_name()));
    let is_ended = |run: &Path| [RECORD_FILE, RESULTS_FILE].iter().any(|it| run.join(it).exists());
    runs.retain(|run| !is_ended(run));
    let now = SystemTime::now();
    let run = |path: &PathBuf| {
        let state = state(fence, path, now)?;
        let inner = fence.inner(path);
        let link = address::of("run", inner);
        Some(UnfinishedRun { name: inner.display().to_string(), link, state })
    };
    runs.iter().filter_map(run).collect()
}

/// The folders in a folder, without links; none if it cannot be read, as one that was removed just now.
fn folders(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let is_folder = |entry: &fs::DirEntry| entry.file_type().is_ok_and(|kind| kind.is_dir());
    entries.flatten().filter(is_folder).map(|entry| entry.path()).collect()
}

/// How far a run is; `None` if it has no files, or did not change for long.
fn state(fence: &Fence, run: &Path, now: SystemTime) -> Option<String> {
    let file = |name: &str| fence.within(&run.join(name));
    let changed = GROWING.iter().filter_map(|name| fs::metadata(file(name)?).ok()?.modified().ok());
    // A clock that was set back makes a change one of the future.
    let silent = now.duration_since(changed.max()?).unwrap_or_default();
    if silent > LISTED {
        return None;
    }
    let log = end_of(file("glomers.log")).unwrap_or_default();
    let nanos = end_of(file("history.edn")).as_deref().and_then(last_time);
    let unknown = if nanos.is_some() { "running" } else { "no operation yet" };
    let mut state = last_phase(&log).unwrap_or(unknown).to_owned();
    if let Some(nanos) = nanos {
        let _ = write!(state, ", {:.1} s", nanos as f64 / 1e9);
    }
    if let Some(event) = last_event(&log) {
        state += "; ";
        state += event;
    }
    if silent > SILENCE {
        let _ = write!(state, "; no change for {} s, it was probably killed", silent.as_secs());
    }
    Some(state)
}

/// The end of a regular file; `None` if it cannot be read. (Opening a named pipe would never end.)
fn end_of(path: Option<PathBuf>) -> Option<String> {
    let mut file = open_input(&path?).ok()?;
    let length = file.metadata().ok()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(END_BYTES))).ok()?;
    let mut bytes = Vec::new();
    file.take(END_BYTES).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// The time of the last entry of a history, in ns.
fn last_time(history: &str) -> Option<i64> {
    const TIME: &str = ":time ";
    let (_, rest) = history.rsplit_once(TIME)?;
    let end = rest.find(|c: char| !c.is_ascii_digit())?;
    rest[..end].parse().ok()
}

/// What the lines of a log that begin a phase have behind their time.
const PHASE: &str = "phase: ";

/// The events of a log, the last first, without their times.
fn events_backwards(log: &str) -> impl Iterator<Item = &str> {
    log.lines().rev().filter_map(|line| Some(line.trim_start().split_once("  ")?.1.trim()))
}

fn last_phase(log: &str) -> Option<&str> {
    events_backwards(log).find_map(|event| event.strip_prefix(PHASE))
}

/// What happened since the last phase began, if anything did.
fn last_event(log: &str) -> Option<&str> {
    events_backwards(log).next().filter(|event| !event.starts_with(PHASE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_without_results_is_in_progress_until_it_is_silent() {
        let store = tempfile::tempdir().unwrap();
        let run = store.path().join("echo/20260101T000000.000Z-s1");
        fs::create_dir_all(&run).unwrap();
        fs::create_dir_all(store.path().join("sweeps/x")).unwrap();
        let fence = Fence::around(store.path()).unwrap();
        assert!(unfinished(&fence).is_empty(), "it has no files yet");
        fs::write(run.join("history.edn"), "{:index 0, :time 1500000000, :type :invoke").unwrap();
        let log = "            echo with ./node\n     start  phase: starting nodes\n  0.000513  phase: running\n";
        fs::write(run.join("glomers.log"), log).unwrap();
        let [only] = &unfinished(&fence)[..] else { panic!("one run") };
        assert_eq!(only.name, "echo/20260101T000000.000Z-s1");
        assert_eq!(only.state, "running, 1.5 s");
        fs::write(run.join("glomers.log"), format!("{log}  1.200000  nemesis: healed\n")).unwrap();
        let [only] = &unfinished(&fence)[..] else { panic!("one run") };
        assert_eq!(only.state, "running, 1.5 s; nemesis: healed");
        let run = run.canonicalize().unwrap();
        let later = SystemTime::now() + Duration::from_secs(100);
        assert!(state(&fence, &run, later).unwrap().ends_with("it was probably killed"));
        assert_eq!(state(&fence, &run, later + LISTED), None);
        fs::write(run.join(RESULTS_FILE), "{}").unwrap();
        assert!(unfinished(&fence).is_empty());
    }
}
