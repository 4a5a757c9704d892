//! Runs that are kept under a name, to compare others with: `<store>/baselines/<name>/`.

use crate::failure::{BadArguments, Context as _, Result};
use crate::one_run::{below, named_or_latest};
use glomers_results::{BASELINES, RECORD_FILE, RESULTS_FILE, Runs, group_of};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Fails unless this can be the name of a baseline.
pub(crate) fn check_name(name: &str) -> Result<()> {
    /// A name of a file may be somewhat longer.
    const LONGEST: usize = 100;
    let is_plain = |c: char| c.is_alphanumeric() || "-_.".contains(c);
    let is_short = (1..=LONGEST).contains(&name.len());
    if is_short && !name.starts_with('.') && name.chars().all(is_plain) {
        return Ok(());
    }
    let text = format!(
        "a baseline cannot be named {name:?}: use up to {LONGEST} letters, digits, dots, - and _"
    );
    Err(BadArguments(text).into())
}

/// Where a baseline is kept.
pub(crate) fn folder(store: &Path, name: &str) -> PathBuf {
    store.join(BASELINES).join(name)
}

/// The baselines of a store, by name.
pub(crate) fn all(store: &Path) -> Vec<(String, PathBuf)> {
    let entries = fs::read_dir(store.join(BASELINES)).into_iter().flatten().flatten();
    let folders = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    let named =
        folders.filter_map(|entry| Some((entry.file_name().into_string().ok()?, entry.path())));
    // One that is being written has no complete name yet.
    let mut all: Vec<_> = named.filter(|(name, _)| !name.starts_with('.')).collect();
    all.sort();
    all
}

/// The path of a side of a comparison: a path, or else the name of a baseline.
pub(crate) fn find(named: &Path, store: &Path) -> Result<PathBuf> {
    if named.exists() {
        return Ok(named.to_owned());
    }
    let baseline = named.to_str().map(|name| folder(store, name));
    let baseline = baseline.filter(|baseline| baseline.is_dir());
    let run = || Some(below(named, store)).filter(|run| run.exists());
    baseline.or_else(run).ok_or_else(|| {
        let text = format!(
            "{} does not exist, and no baseline has that name (see `glomers baseline list`)",
            named.display()
        );
        BadArguments(text).into()
    })
}

/// The latest run of a store, with those that repeat it.
pub(crate) fn latest_runs(store: &Path) -> Result<Runs> {
    let latest = named_or_latest(None, store)?;
    let here = std::env::current_dir().unwrap_or_default();
    let runs = group_of(&latest).unwrap_or(latest);
    Ok(Runs::open(runs.strip_prefix(&here).unwrap_or(&runs))?)
}

/// Fails for a folder that is not a baseline, or that has something else in it: it would be lost. A damaged
/// baseline is one, too.
pub(crate) fn refuse_foreign(kept: &Path) -> Result<()> {
    /// How many files are named.
    const NAMED: usize = 5;
    let failed = || format!("failed to read {}", kept.display());
    let shown = kept.display();
    let is_folder = fs::symlink_metadata(kept).with_context(failed)?.is_dir();
    let mut found = Content::default();
    if is_folder {
        found.read(kept, true).with_context(failed)?;
    }
    if found.results == 0 {
        let text = format!("{shown} is not a baseline: remove it, or use another name");
        return Err(BadArguments(text).into());
    }
    if found.foreign.is_empty() {
        return Ok(());
    }
    found.foreign.sort();
    let first = found.foreign.iter().take(NAMED);
    let names: Vec<_> = first.map(|path| path.display().to_string()).collect();
    let more = found.foreign.len() - names.len();
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    let text = format!(
        "{shown} has what is not part of a baseline: move {}{more} elsewhere first",
        names.join(", ")
    );
    Err(BadArguments(text).into())
}

/// What is in the folder of a baseline.
#[derive(Debug, Default)]
struct Content {
    /// The number of results.
    results: usize,
    foreign: Vec<PathBuf>,
}

impl Content {
    fn read(&mut self, folder: &Path, has_runs: bool) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let (name, kind) = (entry.file_name(), entry.file_type()?);
            let is_number = name.as_encoded_bytes().iter().all(u8::is_ascii_digit);
            if kind.is_file() && name == RESULTS_FILE {
                self.results += 1;
            } else if kind.is_dir() && has_runs && is_number {
                self.read(&entry.path(), false)?;
            } else if !(kind.is_file() && name == RECORD_FILE) {
                self.foreign.push(entry.path());
            }
        }
        Ok(())
    }
}

/// Keeps a run, or a folder of runs, under a name; one of that name is replaced. Histories and journals are
/// not kept.
pub(crate) fn save(runs: &Runs, store: &Path, name: &str) -> Result<PathBuf> {
    check_name(name)?;
    let kept = folder(store, name);
    if fs::symlink_metadata(&kept).is_ok() {
        refuse_foreign(&kept)?;
    }
    let aside = folder(store, &format!(".{name}.{}", std::process::id()));
    let failed = || format!("failed to write {}", kept.display());
    let write = || {
        fs::create_dir_all(&aside)?;
        for (number, run) in runs.runs().iter().enumerate() {
            let into = if runs.runs().len() == 1 {
                aside.clone()
            } else {
                let folder = aside.join(format!("{number:03}"));
                fs::create_dir(&folder)?;
                folder
            };
            let is_file = run.path.is_file();
            let results = if is_file { run.path.clone() } else { run.path.join(RESULTS_FILE) };
            fs::copy(&results, into.join(RESULTS_FILE))?;
            if run.record.is_some() {
                fs::copy(results.with_file_name(RECORD_FILE), into.join(RECORD_FILE))?;
            }
        }
        if kept.is_dir() {
            fs::remove_dir_all(&kept)?;
        }
        fs::rename(&aside, &kept)
    };
    let written = write();
    if written.is_err() {
        // What was written so far is of no use.
        let _ = fs::remove_dir_all(&aside);
    }
    written.with_context(failed)?;
    Ok(kept)
}
