//! A table in a workflow of GitHub: the summary of the step, and annotations.

use crate::failure::{BadArguments, Context as _, Result};
use crate::terminal;
use std::env;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;

/// Names the file to which a step appends its summary.
const SUMMARY: &str = "GITHUB_STEP_SUMMARY";

/// Appends a table to the summary of the step, and prints an annotation for each thing that is wrong.
/// `command` made them.
pub(crate) fn summarize(
    command: &str,
    table: &str,
    problems: impl Iterator<Item = String>,
) -> Result<()> {
    let path = env::var_os(SUMMARY).filter(|path| !path.is_empty()).map(PathBuf::from);
    let path = path.ok_or_else(|| {
        BadArguments(format!("--github needs {SUMMARY}, which is set in workflows of GitHub"))
    })?;
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(&path)
        .and_then(|mut file| file.write_all(format!("{table}\n").as_bytes()))
        .with_context(|| format!("failed to write {}", path.display()))?;
    for problem in problems {
        // The runner reads them from stderr, too; stdout may be JSON.
        terminal::print_to_stderr(&annotation(command, &problem));
    }
    Ok(())
}

/// A command to the runner, in which some characters must be escaped.
fn annotation(command: &str, problem: &str) -> String {
    let escaped = problem.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    format!("::error title=glomers {command}::{escaped}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_annotation_is_one_line() {
        let text = annotation("compare", "worse: msgs-per-op 2, now 3 (+50 %)\nmore");
        assert_eq!(
            text,
            "::error title=glomers compare::worse: msgs-per-op 2, now 3 (+50 %25)%0Amore"
        );
    }
}
