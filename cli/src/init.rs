//! The first files of a node: for each language those in `init/templates`.

mod language;

pub(crate) use language::{Guess, Language};

use crate::failure::{BadArguments, Context as _, Result};
use std::fs::{self, Permissions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// Permissions of a file, from which the user's mask takes away.
const TEXT_MODE: u32 = 0o666;
/// Permissions of a program, likewise.
const PROGRAM_MODE: u32 = 0o777;

/// A file to be written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Template {
    /// Its path in the new folder.
    pub(crate) path: &'static str,
    /// What it is, for the list of what was written.
    pub(crate) what: &'static str,
    text: &'static str,
    is_program: bool,
    /// Whether another file of that name will do as well, and is kept.
    is_replaceable: bool,
}

impl Template {
    /// Whether a file of that folder stands for it.
    pub(crate) fn is_kept_in(&self, folder: &Path) -> bool {
        self.is_replaceable && folder.join(self.path).is_file()
    }
}

/// Writes the files of a language into a folder, which is made if it does not exist: all of them, or, if
/// one of them exists already, none. Returns those that were written.
pub(crate) fn write(language: Language, folder: &Path) -> Result<Vec<Template>> {
    if folder.exists() && !folder.is_dir() {
        let text = format!("{} is not a folder: name a new one", folder.display());
        return Err(BadArguments(text).into());
    }
    let new = language.templates().iter().filter(|template| !template.is_kept_in(folder));
    let new: Vec<Template> = new.copied().collect();
    refuse_existing(language, &new, folder)?;
    let mut written: Vec<PathBuf> = Vec::new();
    for template in &new {
        let path = folder.join(template.path);
        if let Err(error) = write_one(language, template, folder) {
            for path in &written {
                // The first error is reported. Half of the files would only be in the way.
                let _ = fs::remove_file(path);
            }
            return Err(error);
        }
        written.push(path);
    }
    Ok(new)
}

fn refuse_existing(language: Language, new: &[Template], folder: &Path) -> Result<()> {
    // A link that leads nowhere is there, too.
    let existing = |template: &Template| {
        let there = folder.join(template.path).symlink_metadata().ok()?;
        let kind = if there.is_dir() { " (a folder)" } else { "" };
        Some(format!("{}{kind}", template.path))
    };
    let existing: Vec<String> = new.iter().filter_map(existing).collect();
    if existing.is_empty() { Ok(()) } else { Err(refusal(language, &existing, folder).into()) }
}

fn refusal(language: Language, existing: &[String], folder: &Path) -> BadArguments {
    BadArguments(format!(
        "there is already {} in {}, so nothing was written: remove what you do not need, or name another folder, \
         such as `glomers init --lang {} my-node`",
        existing.join(", "),
        folder.display(),
        language.name()
    ))
}

/// Writes a file aside, and gives it its name only if no other file has that.
fn write_one(language: Language, template: &Template, folder: &Path) -> Result<()> {
    let path = folder.join(template.path);
    let failed =
        || format!("failed to write {} (check that the folder is writable)", path.display());
    let parent = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(parent).with_context(failed)?;
    let mode = if template.is_program { PROGRAM_MODE } else { TEXT_MODE };
    let mut aside = tempfile::Builder::new()
        .permissions(Permissions::from_mode(mode))
        .tempfile_in(parent)
        .with_context(failed)?;
    aside.write_all(template.text.as_bytes()).with_context(failed)?;
    match aside.persist_noclobber(&path).map_err(|error| error.error) {
        // Another call was faster.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            Err(refusal(language, &[template.path.to_owned()], folder).into())
        }
        persisted => persisted.map(drop).with_context(failed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::CommandFailure;
    use std::sync::Barrier;
    use std::thread;

    #[test]
    fn of_two_at_once_one_writes_and_the_other_is_refused() {
        for _ in 0..20 {
            let folder = tempfile::tempdir().unwrap();
            let start = Barrier::new(4);
            let outcomes: Vec<_> = thread::scope(|scope| {
                let calls: Vec<_> = (0..4)
                    .map(|_| {
                        scope.spawn(|| {
                            start.wait();
                            write(Language::Java, folder.path())
                        })
                    })
                    .collect();
                calls.into_iter().map(|call| call.join().unwrap()).collect()
            });
            assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
            for error in outcomes.into_iter().filter_map(Result::err) {
                assert!(matches!(error, CommandFailure::BadArguments(_)), "{error}");
            }
            let names = fs::read_dir(folder.path()).unwrap().count();
            assert_eq!(names, Language::Java.templates().len(), "nothing else is left");
        }
    }
}
