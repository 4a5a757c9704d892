//! Where `--write` may put results: a new file, or a regular file outside the run's own files.

use crate::failure::BadArguments;
use glomers_results::RESULTS_FILE;
use std::fs;
use std::path::{Path, PathBuf};

/// Files of a run that `--write` must not overwrite.
const RUN_FILES: [&str; 8] = [
    "run.json",
    "history.edn",
    "history.txt",
    "messages.jsonl",
    "glomers.log",
    "console.log",
    "jepsen.log",
    "sweep.json",
];

/// Whether a path has the name of a file that a run consists of.
pub(crate) fn is_of_run(path: &Path) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(|it| RUN_FILES.contains(&it))
}

/// The file to write, with links followed. Refuses to overwrite files of a run.
pub(super) fn write_target(file: &Path, history: &Path) -> Result<PathBuf, BadArguments> {
    let refused = |why: &str| {
        let shown = file.display();
        BadArguments(format!("--write {shown} {why}: name a new file, such as {RESULTS_FILE}"))
    };
    let Ok(present) = fs::canonicalize(file) else {
        return if is_of_run(file) {
            Err(refused("has the name of another file of a run"))
        } else {
            Ok(file.to_owned())
        };
    };
    if !present.is_file() {
        Err(refused("is no regular file"))
    } else if fs::canonicalize(history).is_ok_and(|history| history == present) {
        Err(refused("would replace the history"))
    } else if is_of_run(&present) {
        Err(refused("would replace another file of a run"))
    } else {
        Ok(present)
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
        std::os::unix::fs::symlink(path("other.edn"), path("link")).unwrap();
        let target = |name: &str, history: &str| write_target(&path(name), &path(history));
        assert_eq!(target("new.edn", "history.edn").unwrap(), path("new.edn"));
        let written = target("link", "history.edn").unwrap();
        assert_eq!(written, fs::canonicalize(path("other.edn")).unwrap());
        assert!(target("results.edn", "history.edn").is_ok());
        for (name, history) in [
            ("history.edn", "history.edn"),
            ("link", "other.edn"),
            ("run.json", "history.edn"),
            ("messages.jsonl", "history.edn"),
            (".", "history.edn"),
        ] {
            assert!(target(name, history).is_err(), "{name}");
        }
        let null = write_target(Path::new("/dev/null"), &path("history.edn")).unwrap_err();
        assert!(null.to_string().contains("is no regular file"), "{null}");
    }
}
