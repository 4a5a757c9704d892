//! `glomers show`: what `run` printed for a run, again.

use crate::commands::check;
use crate::exit::Exit;
use crate::failure::Result;
use crate::format::Format;
use crate::node_command::display;
use crate::one_run::named_or_latest;
use crate::project::Project;
use crate::run_outcome::{JudgedRun, exit_of, results_of_failure};
use crate::{summary, terminal};
use clap::Args;
use glomers_history::Validity;
use glomers_results::{
    RECORD_FILE, RESULTS_FILE, Run, RunRecord, TargetOutcome, folder_of_record, read_record,
};
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  glomers show                                  the latest run
  glomers show broadcast/20261121T061039.097Z-s7   one of those that `glomers runs` lists
  glomers show store/latest --format json

It shows and does not judge: the exit status is 0, whatever came of the run. `glomers check` judges \
again.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ShowArguments {
    /// A run directory, or its path below the store [default: the latest run in the store].
    #[arg(value_name = "RUN")]
    run: Option<PathBuf>,
    /// Folder of run directories [default: store beside glomers.toml, else here].
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
    /// How to print the run.
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

/// Prints a run.
pub(crate) fn show(arguments: &ShowArguments) -> Result<Exit> {
    let store = Project::find()?.store(arguments.store.as_deref());
    let path = named_or_latest(arguments.run.as_deref(), &store)?;
    let folder = folder_of_record(&path).unwrap_or(path);
    // Its own name and not that of a link, as `run` prints it.
    let folder = folder.canonicalize().unwrap_or(folder);
    let mut run = opened(&folder)?;
    let reasons = reasons(&run);
    if let Some(record) = &mut run.record {
        record.reasons.clone_from(&reasons);
    }
    let exit = exit_of(run.valid(), run.targets());
    let node = run.record.as_ref().map(|record| display(&record.node)).unwrap_or_default();
    let judged = JudgedRun { run, exit };
    match arguments.format {
        Format::Json => {
            let mut object = summary::run_json(&judged)?;
            object["reasons"] = reasons.into();
            terminal::print(&serde_json::to_string_pretty(&object)?)?;
        }
        format if judged.run.record.is_some() => {
            summary::show_run(&judged, &node, format, false)?;
        }
        format => summary::show_bare_run(&judged.run, &reasons, format)?,
    }
    Ok(Exit::Valid)
}

/// The run, also if it broke before it had results.
fn opened(path: &Path) -> Result<Run> {
    let record = if path.is_dir() && !path.join(RESULTS_FILE).exists() {
        read_record(&path.join(RECORD_FILE))?
    } else {
        None
    };
    let Some(record) = record else { return Ok(Run::open(path)?) };
    let failure = record.failure.as_deref().unwrap_or("it has no results");
    let results = results_of_failure(record.valid.unwrap_or(Validity::Unknown), failure)?;
    Ok(Run::new(path.to_owned(), results, Some(record)))
}

/// Why the run did not pass: as recorded, or else by judging its history again.
fn reasons(run: &Run) -> Vec<String> {
    let no_record = RunRecord::default();
    let record = run.record.as_ref().unwrap_or(&no_record);
    let is_met = run.targets().iter().all(TargetOutcome::is_met);
    let has_passed = run.valid() == Validity::Valid && is_met;
    if !record.reasons.is_empty() || has_passed {
        return record.reasons.clone();
    }
    if let Some(failure) = &record.failure {
        return vec![failure.clone()];
    }
    // Runs of Maelstrom itself and of versions before this one have no reasons.
    let mut reasons = Vec::new();
    if run.valid() != Validity::Valid {
        let folder = run.path.parent().filter(|_| run.path.is_file()).unwrap_or(&run.path);
        match check::reasons(folder) {
            Ok(found) => reasons.extend(found),
            Err(error) => terminal::print_to_stderr(&format!(
                "note: the reasons are not known: the history cannot be judged again: {error}"
            )),
        }
    }
    reasons.extend(run.targets().iter().filter_map(TargetOutcome::missed_text));
    reasons
}
