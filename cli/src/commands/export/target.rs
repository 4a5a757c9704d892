//! Where an export goes: to a new file, or to stdout.

use crate::failure::{BadArguments, Context as _, Result};
use crate::terminal;
use glomers_results::write_atomically;
use std::fs;
use std::io::{self, Write as _};
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
        if path.as_os_str() == "-" {
            return Ok(Self::Stdout);
        }
        let refused = |why: &str| Err(BadArguments(format!("{} {why}", path.display())).into());
        match fs::metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
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
    pub(super) fn write(&self, content: &[u8]) -> Result<()> {
        match self {
            Self::Stdout => {
                let mut out = io::stdout().lock();
                match out.write_all(content).and_then(|()| out.flush()) {
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
                Ok(write_atomically(&path, content)?)
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
