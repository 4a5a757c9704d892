//! Finds the one run that a command is about, or says why there is none: a folder of several, or a run that
//! did not come to its end.

use crate::failure::{BadArguments, Result};
use crate::in_progress::InProgress;
use crate::project::Project;
use crate::store::note_unfinished;
use crate::stored::{State, state};
use crate::terminal::shown_path;
use glomers_results::{folder_of_record, is_group, latest, run_folders};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// How many runs of a folder are named.
const NAMED: usize = 10;

/// The run that was named, or else the latest one of the store. Prints a note to stderr if a later one
/// has no record.
///
/// # Errors
/// Unless it is one run that came to its end.
pub(crate) fn named_or_latest(run: Option<&Path>, store: &Path) -> Result<PathBuf> {
    let run = any_named_or_latest(run, store)?;
    refuse_unfinished(&run)?;
    Ok(run)
}

/// As [`named_or_latest`], also a run in progress, or one that was killed.
///
/// # Errors
/// Unless it is one run.
pub(crate) fn any_named_or_latest(run: Option<&Path>, store: &Path) -> Result<PathBuf> {
    let run = match run {
        Some(run) => below(run, store),
        None => latest(store)?,
    };
    note_unfinished(&run);
    refuse_several(&run)?;
    Ok(run)
}

/// A path as it was given, or else, as `glomers runs` shows it, below the store.
pub(crate) fn below(path: &Path, store: &Path) -> PathBuf {
    let below = store.join(path);
    if !path.exists() && below.exists() { below } else { path.to_owned() }
}

/// As [`below`] the store of this project.
pub(crate) fn below_usual_store(path: &Path) -> Result<PathBuf> {
    if path.exists() {
        return Ok(path.to_owned());
    }
    Ok(below(path, &Project::find()?.store(None)))
}

/// Fails for a folder of several runs; the message names some.
pub(crate) fn refuse_several(path: &Path) -> Result<(), BadArguments> {
    let runs = run_folders(path);
    let folder = shown_path(path);
    let Some(last) = runs.last() else {
        let name = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        if is_group(&name) && path.is_dir() {
            return Err(BadArguments(format!("{folder} is a folder for runs, and has none yet")));
        }
        return Ok(());
    };
    let has_ended =
        |run: &&PathBuf| !matches!(state(run), Some(State::GoingOn | State::Unfinished));
    let suggested = runs.iter().rev().find(has_ended).unwrap_or(last);
    let more = if InProgress::is_marked(path) { ", and more are to come" } else { "" };
    let mut text = format!(
        "{folder} is a folder of {}{more}: name one of them, such as {}",
        if runs.len() == 1 { "one run".to_owned() } else { format!("{} runs", runs.len()) },
        shown_path(suggested)
    );
    for run in runs.iter().rev().take(NAMED) {
        let _ = write!(text, "\n  {}{}", shown_path(run), said(run));
    }
    if runs.len() > NAMED {
        let _ = write!(text, "\n  and {} more: see `glomers runs`", runs.len() - NAMED);
    }
    Err(BadArguments(text))
}

/// What is known of a run, behind its name.
fn said(run: &Path) -> String {
    match state(run) {
        Some(State::Judged(run)) => format!(": {}", glomers_results::verdict_word(run.valid())),
        Some(State::GoingOn) => ": going on".to_owned(),
        Some(State::Unfinished) => ": unfinished".to_owned(),
        Some(State::Damaged(_)) => ": damaged".to_owned(),
        Some(State::Broken(_)) | None => String::new(),
    }
}

/// Fails for a run in progress, or one that was killed before it was judged.
pub(crate) fn refuse_unfinished(path: &Path) -> Result<(), BadArguments> {
    let folder = folder_of_record(path).unwrap_or_else(|| path.to_owned());
    let shown = shown_path(path);
    match state(&folder.canonicalize().unwrap_or(folder)) {
        Some(State::GoingOn) => Err(BadArguments(format!(
            "{shown} is a run that is still going on: wait for its end, or name another one (see \
             `glomers runs`)"
        ))),
        Some(State::Unfinished) => Err(BadArguments(format!(
            "{shown} is a run that was killed before it was judged: `glomers check --partial {}` judges \
             what is there",
            shlex::try_quote(&shown).unwrap_or_else(|_| shown.as_str().into())
        ))),
        Some(State::Judged(_) | State::Broken(_) | State::Damaged(_)) | None => Ok(()),
    }
}
