//! Finds the history that a path names, and the run that it is of.

use super::content::{Content, recognize};
use super::folder::RunFolder;
use super::history::HistoryFile;
use crate::failure::{BadArguments, Result};
use crate::one_run::refuse_several;
use glomers_config::{InputError, open_input};
use glomers_results::SWEEPS;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// File names of a history in a folder; the first that exists is taken.
const HISTORY_FILES: [&str; 4] = ["history.edn", "history.edn.gz", "history.json", "history.jsonl"];
/// Number of bytes from which a file's kind is recognized.
const BEGINNING_BYTES: u64 = 64 << 10;

/// A history file.
pub(crate) struct Input {
    pub(crate) history: HistoryFile,
    /// The run's folder, if the history is in one.
    pub(crate) folder: Option<RunFolder>,
    /// Whether the argument was the folder, not the history in it.
    pub(crate) is_folder: bool,
    /// Whether the file is empty.
    pub(crate) is_empty: bool,
}

impl Input {
    /// Finds the history, or explains what the path is and what to give instead.
    pub(crate) fn find(path: &Path) -> Result<Self> {
        let metadata = fs::metadata(path).map_err(|error| InputError::io(path, error));
        let metadata = match metadata {
            Err(error) if error.is_not_found() => {
                let text = format!(
                    "{} does not exist; give a run directory such as store/latest, or a history.edn",
                    path.display()
                );
                return Err(BadArguments(text).into());
            }
            metadata => metadata?,
        };
        let is_folder = metadata.is_dir();
        let file = if is_folder { in_folder(path)? } else { path.to_owned() };
        let is_named = file.file_name().and_then(|name| name.to_str());
        let is_named = is_named.is_some_and(|name| HISTORY_FILES.contains(&name));
        let beside = file
            .parent()
            .filter(|_| is_named)
            .map(|parent| if parent.as_os_str().is_empty() { Path::new(".") } else { parent });
        let folder = beside.and_then(RunFolder::read);
        let (history, content) = HistoryFile::open(&file, |history| {
            let mut start = Vec::new();
            history.take(BEGINNING_BYTES).read_to_end(&mut start)?;
            Ok(recognize(&start, &file))
        })?;
        let shown = file.display();
        match content {
            Content::Other { what, advice } => {
                let packed = if history.is_packed() { "holds, compressed, " } else { "is " };
                Err(BadArguments(format!("{shown} {packed}{what}: {advice}")).into())
            }
            content => {
                let is_empty = content == Content::Empty;
                let is_json = content == Content::Json;
                Ok(Self { history: history.in_json(is_json), folder, is_folder, is_empty })
            }
        }
    }
}

/// The path of the history in a folder.
fn in_folder(path: &Path) -> Result<PathBuf> {
    let histories = HISTORY_FILES.into_iter().map(|name| path.join(name));
    if let Some(history) = histories.into_iter().find(|history| history.exists()) {
        return Ok(history);
    }
    let shown = path.display();
    let has = |name: &str| path.join(name).exists();
    if !has("latest") {
        refuse_several(path)?;
    }
    let text = if path.file_name().is_some_and(|name| name == SWEEPS) || has("sweep.json") {
        format!(
            "{shown} is the folder of sweeps, which hold no histories: give the folder of a run \
             that a sweep kept (store/<workload>/<time>-s<seed>)"
        )
    } else if has("latest") {
        format!(
            "{shown} is a folder of runs: give one of them, such as {}",
            path.join("latest").display()
        )
    } else if has("run.json") || has("glomers.log") || has("jepsen.log") || has("test.jepsen") {
        format!(
            "{shown} is the folder of a run, but has no history.edn: the run broke before it wrote \
             one, or the file was removed"
        )
    } else if let Some(run) = some_run(path) {
        format!("{shown} has no history.edn, but {} has: give that", run.display())
    } else {
        format!("{shown} has no history.edn: give a run directory (store/<workload>/<time>)")
    };
    Err(BadArguments(text).into())
}

/// Of the subfolders that have a history, the last by name.
fn some_run(path: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(path).ok()?.flatten().map(|entry| entry.path());
    let has_history = |folder: &PathBuf| folder.join(HISTORY_FILES[0]).is_file();
    entries.filter(has_history).max()
}

/// Opens a regular file and reads its first bytes, to see whether it is compressed.
pub(crate) fn is_gzip(path: &Path) -> Result<bool, InputError> {
    let mut start = Vec::new();
    let file = open_input(path)?;
    file.take(2).read_to_end(&mut start).map_err(|error| InputError::io(path, error))?;
    Ok(start == [0x1f, 0x8b])
}
