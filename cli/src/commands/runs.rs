//! `glomers runs`: what is in the store.

mod table;

use crate::exit::Exit;
use crate::failure::{BadArguments, Result};
use crate::project::Project;
use crate::stored::{Entry, State, entries_if_any};
use crate::terminal;
use clap::{Args, ValueEnum};
use glomers_results::{Look, RunError};
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  glomers runs                                  all runs of the store, the newest first
  glomers runs --failed --last 10               the last ten that did not pass
  glomers runs --challenge 3d --format csv      a line for each run of broadcast-d
  glomers show broadcast/20261121T061039.097Z-s7   one of them again

Runs of `run --repeat` are one row; as JSON and CSV, each run is listed by itself.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct RunsArguments {
    /// Only runs that did not pass: invalid, unknown, with a missed target, unfinished or damaged.
    #[arg(long)]
    failed: bool,
    /// Only runs of this challenge, by name or number; may be given again.
    #[arg(long, value_name = "CHALLENGE")]
    challenge: Vec<String>,
    /// Only this many, the newest; runs of one --repeat count as one.
    #[arg(long, value_name = "NUM")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    last: Option<u32>,
    /// Print a Markdown table (the same as --format markdown).
    #[arg(long)]
    markdown: bool,
    /// How to print the list.
    #[arg(long, value_enum, default_value = "table", conflicts_with = "markdown")]
    format: RunsFormat,
    /// Folder of run directories [default: store beside glomers.toml, else here].
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
}

/// How the list is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RunsFormat {
    /// For people.
    Table,
    /// For programs: an array of runs.
    Json,
    /// For a README.
    Markdown,
    /// For a spreadsheet: a line for each run.
    Csv,
}

/// Lists the runs of the store. Why some cannot be read is said on stderr.
pub(crate) fn runs(arguments: &RunsArguments) -> Result<Exit> {
    let project = Project::find()?;
    let store = project.store(arguments.store.as_deref());
    let chosen = chosen(&project, &store, arguments)?;
    for run in chosen.iter().flat_map(|entry| &entry.runs) {
        if let State::Damaged(error) = &run.state {
            terminal::print_to_stderr(&format!("damaged: {error}"));
        }
    }
    let format = if arguments.markdown { RunsFormat::Markdown } else { arguments.format };
    match format {
        RunsFormat::Table if chosen.is_empty() => {}
        RunsFormat::Table => {
            terminal::print(&table::table(&chosen, &store, terminal::look(), terminal::width()))?;
        }
        RunsFormat::Markdown => {
            terminal::print(&table::table(&chosen, &store, Look::Markdown, None))?;
        }
        RunsFormat::Json => {
            terminal::print(&serde_json::to_string_pretty(&table::json(&chosen))?)?;
        }
        RunsFormat::Csv => terminal::print(&table::csv(&chosen))?,
    }
    Ok(Exit::Valid)
}

/// The entries that were asked for. That there are none is said on stderr.
fn chosen(project: &Project, store: &Path, arguments: &RunsArguments) -> Result<Vec<Entry>> {
    let challenges = project.challenge_names(&arguments.challenge)?;
    let mut chosen = entries_if_any(store, arguments.store.is_some())?;
    if chosen.is_empty() {
        terminal::print_to_stderr(&RunError::NoRuns(store.to_owned()).to_string());
        return Ok(chosen);
    }
    chosen.retain(|entry| challenges.is_empty() || challenges.contains(&entry.name()));
    if chosen.is_empty() {
        let text = format!("there is no run of {}", challenges.join(" or "));
        return Err(BadArguments(text).into());
    }
    if arguments.failed {
        chosen.retain(|entry| !entry.has_passed() && !entry.is_going_on());
        if chosen.is_empty() {
            terminal::print_to_stderr("no run failed");
        }
    }
    chosen.truncate(arguments.last.map_or(usize::MAX, |last| last as usize));
    Ok(chosen)
}
