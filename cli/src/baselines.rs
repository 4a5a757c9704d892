//! Runs that are kept under a name, to compare others with: `<store>/baselines/<name>/`.

use crate::failure::{BadArguments, Context as _, Result};
use crate::one_run::{below, named_or_latest};
use glomers_results::{BASELINES, RECORD_FILE, RESULTS_FILE, Runs, group_of};
use std::fs;
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

/// Keeps a run, or a folder of runs, under a name; one of that name is replaced. Histories and journals are
/// not kept.
pub(crate) fn save(runs: &Runs, store: &Path, name: &str) -> Result<PathBuf> {
    check_name(name)?;
    let kept = folder(store, name);
    if kept.exists() && Runs::open(&kept).is_err() {
        let text = format!("{} is not a baseline: remove it, or use another name", kept.display());
        return Err(BadArguments(text).into());
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
        if kept.exists() {
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
