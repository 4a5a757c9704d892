//! Finds where two runs differ: the first differing line of the first differing file.

use crate::failure::{BadArguments, Context as _, Result};
use glomers_config::open_input;
use glomers_history::visible;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader};
use std::path::Path;

/// The history, which every run has.
const HISTORY: &str = "history.edn";
/// What is compared, in this order; a run may have been made without a journal.
const FILES: [&str; 3] = [HISTORY, "messages.jsonl", "results.edn"];
/// Most characters of a line that are shown.
const SHOWN_CHARS: usize = 160;

/// A line that differs.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Difference {
    file: &'static str,
    /// Line number, from 1.
    line: u64,
    /// The line of the original run; `None` past the end of the file.
    before: Option<String>,
    /// The line of the repetition; `None` past the end of the file.
    now: Option<String>,
}

/// Fails if the run has no history to compare with.
pub(super) fn check_there(run: &Path) -> Result<(), BadArguments> {
    if run.join(HISTORY).is_file() {
        return Ok(());
    }
    let shown = run.display();
    Err(BadArguments(format!("{shown} has no {HISTORY}: there is nothing to compare with")))
}

/// The first difference between two run directories, if there is one.
pub(super) fn first(before: &Path, now: &Path) -> Result<Option<Difference>> {
    for file in FILES {
        let (before, now) = (before.join(file), now.join(file));
        if file != HISTORY && !(before.is_file() && now.is_file()) {
            continue;
        }
        if let Some((line, before, now)) = first_line(&before, &now)? {
            return Ok(Some(Difference { file, line, before, now }));
        }
    }
    Ok(None)
}

/// The number of a line, and its text in each file; `None` past the end of a file.
type Lines = (u64, Option<String>, Option<String>);

/// The first line that differs.
fn first_line(before: &Path, now: &Path) -> Result<Option<Lines>> {
    let open = |path: &Path| open_input(path).map(BufReader::new);
    let (mut before_file, mut now_file) = (open(before)?, open(now)?);
    let (mut before_line, mut now_line) = (Vec::new(), Vec::new());
    for number in 1.. {
        before_line.clear();
        now_line.clear();
        before_file
            .read_until(b'\n', &mut before_line)
            .with_context(|| format!("failed to read {}", before.display()))?;
        now_file
            .read_until(b'\n', &mut now_line)
            .with_context(|| format!("failed to read {}", now.display()))?;
        if before_line != now_line {
            return Ok(Some((number, shown(&before_line), shown(&now_line))));
        }
        if before_line.is_empty() {
            break;
        }
    }
    Ok(None)
}

/// The line as it is printed; `None` if it is empty.
fn shown(line: &[u8]) -> Option<String> {
    if line.is_empty() {
        return None;
    }
    let text = String::from_utf8_lossy(line);
    let text = visible(text.trim_end_matches('\n')).into_owned();
    Some(match text.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    })
}

impl Difference {
    pub(super) fn lines(&self) -> Vec<String> {
        let Self { file, line, before, now } = self;
        let shown = |text: &Option<String>| text.clone().unwrap_or("(the file ends)".to_owned());
        vec![
            format!("different: {file}, line {line}"),
            format!("  before: {}", shown(before)),
            format!("  now:    {}", shown(now)),
        ]
    }

    pub(super) fn to_json(&self) -> Value {
        let Self { file, line, before, now } = self;
        json!({ "file": file, "line": line, "before": before, "now": now })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn compared(before: &[(&str, &str)], now: &[(&str, &str)]) -> Option<(&'static str, u64)> {
        let folder = |files: &[(&str, &str)]| {
            let folder = tempfile::tempdir().unwrap();
            for (name, text) in files {
                fs::write(folder.path().join(name), text).unwrap();
            }
            folder
        };
        let found = first(folder(before).path(), folder(now).path()).unwrap();
        found.map(|difference| (difference.file, difference.line))
    }

    #[test]
    fn the_first_line_that_differs_is_found() {
        let history = ("history.edn", "a\nb\n");
        assert_eq!(compared(&[history], &[history]), None);
        // Only files that both runs have are compared.
        assert_eq!(compared(&[history, ("messages.jsonl", "x\n")], &[history]), None);
        for (now, expected) in [
            ("a\nc\n", ("history.edn", 2)),
            ("a\n", ("history.edn", 2)),
            ("a\nb\nc\n", ("history.edn", 3)),
            ("a\nb", ("history.edn", 2)),
        ] {
            assert_eq!(compared(&[history], &[("history.edn", now)]), Some(expected), "{now:?}");
        }
        let with = |results| [history, ("results.edn", results)];
        assert_eq!(compared(&with("{}"), &with("{:a 1}")), Some(("results.edn", 1)));
    }
}
