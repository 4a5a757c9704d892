//! `glomers compare`: runs of the same test, metric by metric.

use crate::baselines;
use crate::exit::Exit;
use crate::failure::Result;
use crate::flag_parsers::{FailOn, MetricRule, fail_on, metric_rule};
use crate::github;
use crate::many_runs::open_runs;
use crate::one_run::{refuse_several, refuse_unfinished};
use crate::project::Project;
use crate::store::note_unfinished;
use crate::terminal;
use clap::{Args, ValueEnum};
use glomers_results::{Comparison, Look, Rules, Runs, run_folders};
use std::path::{Path, PathBuf};

const COMPARE_EXAMPLES: &str = "\
Examples:
  cp store/latest/results.edn baseline.edn      keep a run to compare with
  glomers compare baseline.edn                  the latest run against it
  glomers compare baseline.edn store/latest     the same, said out loud
  glomers compare old.edn new.edn --fail-on worse
  glomers compare old.edn new.edn --fail-on worse=5% --metric server-msgs-per-op
  glomers compare before/ after/                two folders with several runs each
  glomers compare good --fail-on worse          a baseline that --save-baseline kept

Exit status:
  0    compared; with --fail-on worse: nothing is worse
  1    with --fail-on worse: the verdict, a target or a metric is worse
  254  bad arguments, or runs of different tests
  255  glomers itself failed";

#[derive(Debug, Args)]
#[command(after_help = COMPARE_EXAMPLES)]
pub(crate) struct CompareArguments {
    /// A results.edn, a run directory, ours or Maelstrom's, a folder of run directories, a sweep, what
    /// `run --format json` printed, or the name of a baseline (`glomers baseline`).
    #[arg(value_name = "BASELINE")]
    baseline: PathBuf,
    /// Another one [default: the latest run in the store, with its repetitions].
    #[arg(value_name = "CANDIDATE")]
    candidate: Option<PathBuf>,
    /// Exit with 1 when it is worse. With a percentage, smaller differences of metrics are noise;
    /// without, what is known of each metric is.
    #[arg(long, value_name = "worse[=PERCENT]", value_parser = fail_on)]
    fail_on: Option<FailOn>,
    /// Let this metric decide, with its own percentage, and no other one; may be repeated.
    #[arg(long, value_name = "NAME[=PERCENT]", value_parser = metric_rule)]
    metric: Vec<MetricRule>,
    /// Compare runs of different tests, too.
    #[arg(long)]
    force: bool,
    /// Folder of run directories and baselines [default: store beside glomers.toml, else here].
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
    /// How to print the comparison.
    #[arg(long, value_enum, default_value = "table")]
    format: CompareFormat,
    /// In a workflow of GitHub, write the summary of the step, and an annotation for all that is worse.
    #[arg(long)]
    github: bool,
}

/// How a comparison is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum CompareFormat {
    /// For people.
    Table,
    /// For programs: one object.
    Json,
    /// For a README.
    Markdown,
    /// For a spreadsheet: a line for each metric.
    Csv,
}

/// One side: a run, several, or a baseline.
fn opened(side: &Path, store: &Path) -> Result<Runs> {
    let path = baselines::find(side, store)?;
    refuse_unfinished(&path)?;
    let runs = match open_runs(&path) {
        Ok(runs) => runs,
        // A folder without a run that was judged.
        Err(error) => {
            refuse_several(&path)?;
            return Err(error);
        }
    };
    let left_out = run_folders(&path).len().saturating_sub(runs.runs().len());
    if left_out > 0 {
        let path = terminal::shown_path(&path);
        terminal::print_to_stderr(&format!(
            "note: {left_out} of the runs in {path} go on or were killed: they are left out"
        ));
    }
    Ok(runs)
}

/// Compares the candidate, or the latest run, with the baseline.
pub(crate) fn compare(arguments: &CompareArguments) -> Result<Exit> {
    let store = Project::find()?.store(arguments.store.as_deref());
    let baseline = opened(&arguments.baseline, &store)?;
    let candidate = match &arguments.candidate {
        Some(candidate) => {
            note_unfinished(candidate);
            opened(candidate, &store)?
        }
        None => baselines::latest_runs(&store)?,
    };
    if candidate.path.canonicalize().is_ok_and(|it| Some(it) == baseline.path.canonicalize().ok()) {
        terminal::print_to_stderr(
            "note: the baseline is compared with itself: name another run behind it",
        );
    }
    let rules = Rules {
        tolerance: arguments.fail_on.and_then(|fail_on| fail_on.tolerance),
        metrics: arguments.metric.iter().map(|rule| (rule.metric, rule.tolerance)).collect(),
    };
    let comparison = Comparison::new(baseline, candidate, &rules, arguments.force)?;
    match arguments.format {
        CompareFormat::Table => {
            let text = comparison.table(terminal::look(), terminal::width());
            terminal::print(&text)?;
        }
        CompareFormat::Markdown => terminal::print(&comparison.table(Look::Markdown, None))?,
        CompareFormat::Json => terminal::print(&serde_json::to_string_pretty(&comparison)?)?,
        CompareFormat::Csv => terminal::print(&comparison.csv())?,
    }
    if arguments.github {
        let table = comparison.table(Look::Markdown, None);
        github::summarize("compare", &table, comparison.reasons().into_iter())?;
    }
    let fails = arguments.fail_on.is_some() && comparison.is_worse();
    Ok(if fails { Exit::Invalid } else { Exit::Valid })
}
