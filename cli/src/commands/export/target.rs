//! Where an export goes: to a new file, or to stdout.

use crate::commands::check::{is_of_run, is_stdout, resolved, why_not_new};
use crate::failure::{BadArguments, Context as _, Result};
use crate::terminal;
use glomers_results::write_atomically_with;
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Where an export goes.
#[derive(Debug)]
pub(super) enum Target {
    Stdout,
    File(PathBuf),
}

impl Target {
    /// Checks that it can be written, before it is made. `-` is stdout.
    pub(super) fn check(path: &Path, force: bool) -> Result<Self> {
        if is_stdout(path) {
            return Ok(Self::Stdout);
        }
        let refused = |why: &str| Err(BadArguments(format!("{} {why}", path.display())).into());
        if is_of_run(&resolved(path)) {
            return refused("has the name of a file that a run consists of: name another");
        }
        match fs::metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if let Some(why) = why_not_new(path, true) {
                    return refused(&why);
                }
            }
            Err(error) => {
                return refused(&format!("cannot be written: {error}"));
            }
            Ok(found) if !found.is_file() => return refused("exists, and is no file"),
            Ok(_) if !force => return refused("exists: name a new file, or add --force"),
            Ok(_) => {}
        }
        Ok(Self::File(path.to_owned()))
    }

    /// Writes it whole; its folder is made if there is none.
    pub(super) fn write(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
        match self {
            Self::Stdout => {
                let mut out = BufWriter::new(io::stdout().lock());
                match write(&mut out).and_then(|()| out.flush()) {
                    // A reader like `head` has seen enough.
                    Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
                    written => Ok(written.context("failed to write to stdout")?),
                }
            }
            Self::File(path) => {
                if let Some(folder) = path.parent().filter(|it| !it.as_os_str().is_empty()) {
                    fs::create_dir_all(folder).with_context(|| {
                        format!("failed to make the folder {}", folder.display())
                    })?;
                }
                // What a link leads to is replaced, not the link.
                let path = path.canonicalize().unwrap_or_else(|_| path.clone());
                Ok(write_atomically_with(&path, write)?)
            }
        }
    }

    /// Its name.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Stdout => "stdout".to_owned(),
            Self::File(path) => terminal::shown_path(path),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_replaced_unasked_and_no_file_of_a_run_ever() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in ["old.json", "history.edn", "results.edn"] {
            fs::write(path(name), "old").unwrap();
        }
        std::os::unix::fs::symlink(path("history.edn"), path("link")).unwrap();
        std::os::unix::fs::symlink(path("nowhere"), path("dangling")).unwrap();
        fs::create_dir(path("node-logs")).unwrap();
        fs::write(path("node-logs/n0.log"), "old").unwrap();
        let refused = |name: &str, force| {
            Target::check(&path(name), force).err().map(|error| error.to_string())
        };
        assert_eq!(refused("new.json", false), None);
        assert_eq!(refused("old.json", true), None);
        assert!(refused("old.json", false).unwrap().ends_with("or add --force"));
        for name in ["history.edn", "results.edn", "link", "messages.jsonl", "node-logs/n0.log"] {
            let error = refused(name, true).unwrap();
            assert!(error.contains("a file that a run consists of"), "{error}");
        }
        assert!(refused("dangling", true).unwrap().ends_with("is a link that leads nowhere"));
        assert!(refused("none/", true).unwrap().ends_with("names a folder"));
        assert!(refused("", true).unwrap().ends_with("exists, and is no file"));

        Target::check(&path("a/b/new.json"), false)
            .unwrap()
            .write(|out| out.write_all(b"x"))
            .unwrap();
        assert_eq!(fs::read_to_string(path("a/b/new.json")).unwrap(), "x");
        let failing = Target::check(&path("old.json"), true).unwrap();
        assert!(failing.write(|_| Err(io::Error::other("full"))).is_err());
        assert_eq!(fs::read_to_string(path("old.json")).unwrap(), "old");
    }
}
