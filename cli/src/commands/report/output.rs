//! Where a report goes: to stdout, to a new file, or into a part of an existing one.

use crate::commands::check::{is_of_run, is_stdout, resolved, why_not_new};
use crate::failure::{BadArguments, Context as _, Result};
use crate::terminal;
use glomers_config::read_input_text;
use glomers_results::write_atomically;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::path::{Path, PathBuf};

/// Lines between which a report is kept up to date in a file.
const BEGIN: &str = "<!-- glomers report -->";
const END: &str = "<!-- end of glomers report -->";
/// Maximum size of a file with a report in it, in bytes.
const MOST_BYTES: u64 = 64 << 20;

/// Where a report goes.
pub(super) enum Output {
    Stdout,
    /// A file that does not exist yet.
    New(PathBuf),
    /// A file that exists, and may be replaced.
    Replaced(PathBuf),
    /// A file with the text before the report, and that behind it.
    Part {
        path: PathBuf,
        before: String,
        behind: String,
    },
}

impl Output {
    /// Checks that the report can be written there, before it is made.
    pub(super) fn choose(new: Option<&Path>, force: bool, part: Option<&Path>) -> Result<Self> {
        if let Some(path) = new {
            if is_stdout(path) {
                return Ok(Self::Stdout);
            }
            let refused = |why: &str| Err(BadArguments(format!("{} {why}", path.display())).into());
            if is_of_run(&resolved(path)) {
                return refused("has the name of a file that a run consists of: name another");
            }
            return match fs::metadata(path) {
                Ok(found) if !found.is_file() => refused("exists, and is no file"),
                Ok(_) if force => Ok(Self::Replaced(path.to_owned())),
                Ok(_) => refused("exists: name a new file, or add --force"),
                Err(_) => match why_not_new(path, false) {
                    Some(why) => refused(&why),
                    None => Ok(Self::New(path.to_owned())),
                },
            };
        }
        let Some(path) = part else { return Ok(Self::Stdout) };
        let text = read_input_text(path, MOST_BYTES)?;
        let Some((before, behind)) = split(&text) else {
            let text = format!(
                "{} needs the lines {BEGIN} and {END} once, in this order: the report goes between them",
                path.display()
            );
            return Err(BadArguments(text).into());
        };
        let (before, behind) = (before.to_owned(), behind.to_owned());
        Ok(Self::Part { path: path.to_owned(), before, behind })
    }

    /// Writes the report.
    pub(super) fn write(self, report: &str) -> Result<()> {
        match self {
            Self::Stdout => terminal::print(report),
            Self::New(path) => write(&path, &format!("{}\n", report.trim_end_matches('\n'))),
            Self::Replaced(path) => replace(&path, &format!("{}\n", report.trim_end_matches('\n'))),
            Self::Part { path, before, behind } => {
                let part = format!("\n{}\n", report.trim_end_matches('\n'));
                let has_returns = before.contains("\r\n") || behind.contains("\r\n");
                let part = if has_returns { part.replace('\n', "\r\n") } else { part };
                replace(&path, &format!("{before}{part}{behind}"))
            }
        }
    }
}

fn write(path: &Path, text: &str) -> Result<()> {
    Ok(write_atomically(path, text.as_bytes())?)
}

/// Replaces the content of a file, which keeps its permissions and its owner.
fn replace(path: &Path, text: &str) -> Result<()> {
    let failed = || format!("failed to write {}", path.display());
    // What a link leads to is replaced, not the link.
    let path = path.canonicalize().with_context(failed)?;
    let before = fs::metadata(&path).with_context(failed)?;
    if before.permissions().readonly() {
        return Err(BadArguments(format!("{} is read-only", path.display())).into());
    }
    write(&path, text)?;
    fs::set_permissions(&path, before.permissions()).with_context(failed)?;
    // Only root can, and needs to.
    let _ = chown(&path, Some(before.uid()), Some(before.gid()));
    Ok(())
}

/// The text up to the first marker, with it, and that from the second one on.
fn split(text: &str) -> Option<(&str, &str)> {
    let (begin, end) = (text.find(BEGIN)?, text.find(END)?);
    let is_once = text.matches(BEGIN).count() == 1 && text.matches(END).count() == 1;
    let before = begin + BEGIN.len();
    (is_once && before <= end).then(|| (&text[..before], &text[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_a_new_file_and_none_of_a_run() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::create_dir(path("node-logs")).unwrap();
        fs::write(path("old"), "").unwrap();
        std::os::unix::fs::symlink(path("nowhere"), path("dangling")).unwrap();
        for (name, says) in [
            ("results.edn", "has the name of a file that a run consists of"),
            ("run.json", "has the name of a file that a run consists of"),
            ("messages.jsonl", "has the name of a file that a run consists of"),
            ("node-logs/n7.log", "has the name of a file that a run consists of"),
            ("old", "exists: name a new file"),
            ("dangling", "is a link that leads nowhere"),
            ("none/x", "is in a folder that does not exist"),
            ("old/x", "is in something that is no folder"),
            ("none/", "names a folder"),
        ] {
            let refused =
                Output::choose(Some(&path(name)), false, None).err().map(|it| it.to_string());
            assert!(refused.as_ref().is_some_and(|it| it.contains(says)), "{name}: {refused:?}");
        }
        assert!(matches!(Output::choose(Some(&path("new")), false, None), Ok(Output::New(_))));
        assert!(matches!(Output::choose(Some(Path::new("-")), false, None), Ok(Output::Stdout)));
    }

    #[test]
    fn both_markers_are_needed_once_and_in_order() {
        let text = format!("# A\n{BEGIN}\nold\n{END}\nrest\n");
        let (before, behind) = split(&text).unwrap();
        assert_eq!(before, format!("# A\n{BEGIN}"));
        assert_eq!(behind, format!("{END}\nrest\n"));
        for wrong in
            [String::new(), BEGIN.to_owned(), format!("{END}{BEGIN}"), format!("{BEGIN}{END}{END}")]
        {
            assert_eq!(split(&wrong), None, "{wrong}");
        }
    }
}
