//! `glomers compare`: two runs, metric by metric.

use crate::args::{CompareArguments, FailOn, Format};
use crate::exit::Exit;
use crate::project::Project;
use crate::store::note_unfinished;
use crate::terminal;
use anyhow::Result;
use glomers_results::{Comparison, Look, Run, latest};

/// Compares the candidate, or the latest run, with the baseline.
pub(crate) fn compare(arguments: &CompareArguments) -> Result<Exit> {
    let baseline = Run::open(&arguments.baseline)?;
    let candidate = match &arguments.candidate {
        Some(candidate) => candidate.clone(),
        None => latest(&Project::find()?.store(arguments.store.as_deref()))?,
    };
    note_unfinished(&candidate);
    let candidate = Run::open(&candidate)?;
    if candidate.path.canonicalize().is_ok_and(|it| Some(it) == baseline.path.canonicalize().ok()) {
        terminal::print_to_stderr(
            "note: the baseline is compared with itself: name another run behind it",
        );
    }
    let comparison = Comparison::new(&baseline, &candidate);
    match arguments.format {
        Format::Table => {
            let colour = terminal::colours_stdout();
            terminal::print(&comparison.table(Look::Terminal { colour }))?;
        }
        Format::Markdown => terminal::print(&comparison.table(Look::Markdown))?,
        Format::Json => terminal::print(&serde_json::to_string_pretty(&comparison)?)?,
    }
    let fails = arguments.fail_on == Some(FailOn::Worse) && comparison.any_worse();
    Ok(if fails { Exit::Invalid } else { Exit::Valid })
}
