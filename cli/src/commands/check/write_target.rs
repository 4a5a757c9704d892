//! Where files may be written that a user names: never over files of a run, and `--write` only to a new file
//! or over results.

use crate::failure::BadArguments;
use glomers_results::{RESULTS_FILE, read_results};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Files of a run that `--write` must not overwrite.
const RUN_FILES: [&str; 9] = [
    "run.json",
    "history.edn",
    "history.txt",
    "messages.jsonl",
    "glomers.log",
    "console.log",
    "jepsen.log",
    "test.jepsen",
    "sweep.json",
];
/// The folder of a run with what its nodes wrote to stderr.
const NODE_LOGS: &str = "node-logs";

/// Whether a path, with its links followed, is that of a file that a run consists of.
pub(crate) fn is_of_run(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == RESULTS_FILE) || is_other_of_run(path)
}

/// The same for files other than the results.
fn is_other_of_run(path: &Path) -> bool {
    let is_named = |name: &str| RUN_FILES.contains(&name);
    path.file_name().and_then(|name| name.to_str()).is_some_and(is_named)
        || path.parent().is_some_and(|folder| folder.ends_with(NODE_LOGS))
}

/// A path with its links followed; if there is no such file, at least those of its folder.
pub(crate) fn resolved(path: &Path) -> PathBuf {
    let of_folder = || {
        let folder = folder_of(path)?.canonicalize().ok()?;
        Some(folder.join(path.file_name()?))
    };
    path.canonicalize().ok().or_else(of_folder).unwrap_or_else(|| path.to_owned())
}

/// The folder of a file.
fn folder_of(path: &Path) -> Option<&Path> {
    let folder = path.parent()?;
    Some(if folder.as_os_str().is_empty() { Path::new(".") } else { folder })
}

/// Whether a path is `-`, which is stdout.
pub(crate) fn is_stdout(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Why a file cannot be made there, if nothing is there yet; its folder may be made, too, if `makes_folder`.
pub(crate) fn why_not_new(path: &Path, makes_folder: bool) -> Option<String> {
    if path.is_symlink() {
        return Some("is a link that leads nowhere".to_owned());
    }
    if path.as_os_str().as_encoded_bytes().ends_with(b"/") || path.file_name().is_none() {
        return Some("names a folder".to_owned());
    }
    let folder = folder_of(path)?;
    match fs::metadata(folder) {
        Ok(found) if found.is_dir() => None,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            (!makes_folder).then(|| "is in a folder that does not exist".to_owned())
        }
        Ok(_) => Some("is in something that is no folder".to_owned()),
        Err(error) => Some(format!("cannot be written: {error}")),
    }
}

/// The file to write, with links followed; `None` for stdout. Refuses to overwrite anything but results.
pub(super) fn write_target(file: &Path, history: &Path) -> Result<Option<PathBuf>, BadArguments> {
    if is_stdout(file) {
        return Ok(None);
    }
    let refused = |why: &str| {
        let shown = file.display();
        BadArguments(format!("--write {shown} {why}: name a new file, such as {RESULTS_FILE}"))
    };
    let Ok(present) = fs::canonicalize(file) else {
        return if is_other_of_run(&resolved(file)) {
            Err(refused("has the name of another file of a run"))
        } else if let Some(why) = why_not_new(file, false) {
            Err(refused(&why))
        } else {
            Ok(Some(file.to_owned()))
        };
    };
    if !present.is_file() {
        Err(refused("is no regular file"))
    } else if fs::canonicalize(history).is_ok_and(|history| history == present) {
        Err(refused("would replace the history"))
    } else if is_other_of_run(&present) {
        Err(refused("would replace another file of a run"))
    } else if !matches!(read_results(&present), Ok(Some(_))) {
        Err(refused("exists, and has no results in it"))
    } else {
        Ok(Some(present))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_results_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in ["history.edn", "other.edn", "results.edn", "run.json"] {
            fs::write(path(name), "x").unwrap();
        }
        for name in ["other.edn", "results.edn"] {
            fs::write(path(name), "{:valid? true}").unwrap();
        }
        fs::write(path("notes.txt"), "mine").unwrap();
        fs::create_dir(path("node-logs")).unwrap();
        fs::write(path("node-logs/n0.log"), "").unwrap();
        std::os::unix::fs::symlink(path("nowhere"), path("dangling")).unwrap();
        std::os::unix::fs::symlink(path("other.edn"), path("link")).unwrap();
        let target = |name: &str, history: &str| write_target(&path(name), &path(history));
        assert_eq!(target("new.edn", "history.edn").unwrap(), Some(path("new.edn")));
        assert_eq!(write_target(Path::new("-"), &path("history.edn")).unwrap(), None);
        let written = target("link", "history.edn").unwrap();
        assert_eq!(written, fs::canonicalize(path("other.edn")).ok());
        assert!(target("results.edn", "history.edn").is_ok());
        for (name, history) in [
            ("history.edn", "history.edn"),
            ("link", "other.edn"),
            ("run.json", "history.edn"),
            ("messages.jsonl", "history.edn"),
            (".", "history.edn"),
            ("notes.txt", "history.edn"),
            ("node-logs/n0.log", "history.edn"),
            ("node-logs/n1.log", "history.edn"),
            ("dangling", "history.edn"),
            ("none/new.edn", "history.edn"),
            ("notes.txt/new.edn", "history.edn"),
            ("none/", "history.edn"),
        ] {
            assert!(target(name, history).is_err(), "{name}");
        }
        let null = write_target(Path::new("/dev/null"), &path("history.edn")).unwrap_err();
        assert!(null.to_string().contains("is no regular file"), "{null}");
    }
}
