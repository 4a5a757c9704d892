//! `glomers report`: a table of runs.

use crate::exit::Exit;
use crate::failure::Result;
use crate::format::Format;
use crate::project::Project;
use crate::terminal;
use clap::Args;
use glomers_results::{Look, Run, RunError, report_table, stored_runs};
use std::path::PathBuf;

const REPORT_EXAMPLES: &str = "\
Examples:
  glomers report --markdown                     every run of the store
  glomers report --markdown store/latest        one run
  glomers report store/broadcast/*              some runs, for the terminal";

#[derive(Debug, Args)]
#[command(after_help = REPORT_EXAMPLES)]
pub(crate) struct ReportArguments {
    /// Run directories or results.edn files [default: every run of the store].
    #[arg(value_name = "RUN")]
    pub(crate) runs: Vec<PathBuf>,
    /// Print a Markdown table (the same as --format markdown).
    #[arg(long)]
    pub(crate) markdown: bool,
    /// How to print the report.
    #[arg(long, value_enum, default_value = "table", conflicts_with = "markdown")]
    pub(crate) format: Format,
    /// Folder of run directories [default: store beside glomers.toml, else here].
    #[arg(long, value_name = "DIR", conflicts_with = "runs")]
    pub(crate) store: Option<PathBuf>,
}

/// Shows the given runs, or all of the store. Runs that cannot be read are named on stderr.
pub(crate) fn report(arguments: &ReportArguments) -> Result<Exit> {
    let opened: Vec<Result<Run, RunError>> = if arguments.runs.is_empty() {
        let store = Project::find()?.store(arguments.store.as_deref());
        stored_runs(&store)?.into_iter().map(|stored| stored.run).collect()
    } else {
        arguments.runs.iter().map(|path| Run::open(path)).collect()
    };
    let is_named = !arguments.runs.is_empty();
    let (mut runs, mut unreadable) = (Vec::new(), Vec::new());
    for run in opened {
        match run {
            Ok(run) => runs.push(run),
            Err(error) => unreadable.push(error),
        }
    }
    // A shell glob may also match a run that was killed, which has no results.
    if is_named
        && runs.is_empty()
        && let Some(error) = unreadable.pop()
    {
        return Err(error.into());
    }
    for error in unreadable {
        terminal::print_to_stderr(&format!(
            "left out: {}",
            crate::failure::CommandFailure::from(error)
        ));
    }
    match arguments.format {
        Format::Json => terminal::print(&serde_json::to_string_pretty(&runs)?)?,
        Format::Table if !arguments.markdown => {
            let colour = terminal::colours_stdout();
            terminal::print(&report_table(&runs, Look::Terminal { colour }))?;
        }
        Format::Table | Format::Markdown => terminal::print(&report_table(&runs, Look::Markdown))?,
    }
    Ok(Exit::Valid)
}
