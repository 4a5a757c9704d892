//! `glomers compare`: two runs, metric by metric.

use crate::exit::Exit;
use crate::failure::Result;
use crate::format::Format;
use crate::project::Project;
use crate::store::named_or_latest;
use crate::terminal;
use clap::{Args, ValueEnum};
use glomers_results::{Comparison, Look, Run};
use std::path::PathBuf;

/// What makes `compare` fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// Any metric or the verdict is worse.
    Worse,
}

const COMPARE_EXAMPLES: &str = "\
Examples:
  cp store/latest/results.edn baseline.edn      keep a run to compare with
  glomers compare baseline.edn                  the latest run against it
  glomers compare baseline.edn store/latest     the same, said out loud
  glomers compare old.edn new.edn --fail-on worse

Exit status:
  0    compared; with --fail-on worse: nothing is worse
  1    with --fail-on worse: a metric or the verdict is worse
  254  bad arguments
  255  glomers itself failed";

#[derive(Debug, Args)]
#[command(after_help = COMPARE_EXAMPLES)]
pub(crate) struct CompareArguments {
    /// A results.edn or a run directory, ours or Maelstrom's.
    #[arg(value_name = "BASELINE")]
    pub(crate) baseline: PathBuf,
    /// Another one [default: the latest run in the store].
    #[arg(value_name = "CANDIDATE")]
    pub(crate) candidate: Option<PathBuf>,
    /// Exit with 1 when this is so.
    #[arg(long, value_enum, value_name = "WHEN")]
    pub(crate) fail_on: Option<FailOn>,
    /// Folder of run directories, for the latest run [default: store beside glomers.toml, else here].
    #[arg(long, value_name = "DIR", conflicts_with = "candidate")]
    pub(crate) store: Option<PathBuf>,
    /// How to print the comparison.
    #[arg(long, value_enum, default_value = "table")]
    pub(crate) format: Format,
}

/// Compares the candidate, or the latest run, with the baseline.
pub(crate) fn compare(arguments: &CompareArguments) -> Result<Exit> {
    let baseline = Run::open(&arguments.baseline)?;
    let store = Project::find()?.store(arguments.store.as_deref());
    let candidate = Run::open(&named_or_latest(arguments.candidate.as_deref(), &store)?)?;
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
