//! `glomers report`: a table of runs, or a page of them.

mod output;
mod page;

use crate::browser;
use crate::exit::Exit;
use crate::failure::{BadArguments, Result};
use crate::github;
use crate::many_runs::open_runs;
use crate::one_run::below;
use crate::project::Project;
use crate::terminal;
use clap::{Args, ValueEnum};
use glomers_results::{Look, Run, junit, report_csv, report_table, stored_runs};
use output::Output;
use std::path::PathBuf;

const REPORT_EXAMPLES: &str = "\
Examples:
  glomers report --markdown                     every run of the store, the newest first
  glomers report --markdown store/latest        one run
  glomers report store/broadcast/*              some runs, for the terminal
  glomers report --challenge 3d --last 5        the last five of a challenge
  glomers report --update README.md             into the file, between two markers
  glomers report --format junit -o glomers.xml  for a CI system
  glomers report --html -o run.html --open      a page of the latest run, for a browser
  glomers report --html -o runs.html --last 20  a page with a table and the trends of the metrics";

#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
#[derive(Debug, Args)]
#[command(after_help = REPORT_EXAMPLES)]
pub(crate) struct ReportArguments {
    /// Run directories, results.edn files, folders of runs or sweeps [default: every run of the store, the
    /// newest first].
    #[arg(value_name = "RUN")]
    runs: Vec<PathBuf>,
    /// Only runs of this challenge, by name or number; may be given again.
    #[arg(long, value_name = "CHALLENGE")]
    challenge: Vec<String>,
    /// Only this many runs, the newest of the store.
    #[arg(long, value_name = "NUM", conflicts_with = "runs")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    last: Option<u32>,
    /// Print a Markdown table (the same as --format markdown).
    #[arg(long)]
    markdown: bool,
    /// How to print the report.
    #[arg(long, value_enum, default_value = "table", conflicts_with = "markdown")]
    format: ReportFormat,
    /// Write a page for a browser, which needs no network: of a run, by default the latest; with --last,
    /// --challenge or several runs, of all of them.
    #[arg(long, requires = "output", conflicts_with_all = ["markdown", "format", "update"])]
    html: bool,
    /// Open the page in a browser.
    #[arg(long, requires = "html")]
    open: bool,
    /// Write the report to a new file.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace the file if it exists.
    #[arg(long, requires = "output")]
    force: bool,
    /// Replace what is between `<!-- glomers report -->` and `<!-- end of glomers report -->` in this file
    /// by the Markdown table.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["output", "format"])]
    update: Option<PathBuf>,
    /// In a workflow of GitHub, write the table into the summary of the step, too, and an annotation for
    /// each run that did not pass.
    #[arg(long, conflicts_with_all = ["html", "update"])]
    github: bool,
    /// Folder of run directories [default: store beside glomers.toml, else here].
    #[arg(long, value_name = "DIR", conflicts_with = "runs")]
    store: Option<PathBuf>,
}

/// How a report is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ReportFormat {
    /// For people.
    Table,
    /// For programs: an array of runs.
    Json,
    /// For a README.
    Markdown,
    /// For a spreadsheet: a line for each run, with all metrics.
    Csv,
    /// For a CI system: a test case for each run, in the XML of `JUnit`.
    Junit,
}

/// Shows the given runs, or those of the store. Runs that cannot be read are named on stderr.
pub(crate) fn report(arguments: &ReportArguments) -> Result<Exit> {
    let ReportArguments { output, force, update, .. } = arguments;
    let output = Output::choose(output.as_deref(), *force, update.as_deref())?;
    if arguments.html {
        output.write(&page::html(arguments)?)?;
        if let Some(path) = arguments.output.as_deref().filter(|_| arguments.open) {
            browser::open_file(path);
        }
        return Ok(Exit::Valid);
    }
    let runs = runs(arguments)?;
    let is_markdown = arguments.markdown || arguments.update.is_some();
    let format = if is_markdown { ReportFormat::Markdown } else { arguments.format };
    let text = match format {
        ReportFormat::Table => {
            let is_shown = arguments.output.is_none();
            let colour = is_shown && terminal::colours_stdout();
            let width = terminal::width().filter(|_| is_shown);
            report_table(&runs, Look::Terminal { colour }, width)
        }
        ReportFormat::Json => serde_json::to_string_pretty(&runs)?,
        ReportFormat::Markdown => report_table(&runs, Look::Markdown, None),
        ReportFormat::Csv => report_csv(&runs),
        ReportFormat::Junit => junit(&runs),
    };
    output.write(&text)?;
    if arguments.github {
        github::summarize("report", &report_table(&runs, Look::Markdown, None), problems(&runs))?;
    }
    Ok(Exit::Valid)
}

/// Each run that did not pass, with its reason, by lines.
fn problems(runs: &[Run]) -> impl Iterator<Item = String> {
    let failed = runs.iter().filter(|run| !run.reasons().is_empty());
    failed.map(|run| format!("{}: {}", run.name(), run.reasons().join("\n")))
}

/// The chosen runs.
fn runs(arguments: &ReportArguments) -> Result<Vec<Run>> {
    let project = Project::find()?;
    let challenges = project.challenge_names(&arguments.challenge)?;
    let is_named = !arguments.runs.is_empty();
    let store = project.store(arguments.store.as_deref());
    let opened: Vec<Result<Run>> = if is_named {
        let open = |path: &PathBuf| match open_runs(&below(path, &store)) {
            Ok(runs) => runs.runs().iter().cloned().map(Ok).collect(),
            Err(error) => vec![Err(error)],
        };
        arguments.runs.iter().flat_map(open).collect()
    } else {
        stored_runs(&store)?.into_iter().rev().map(|stored| Ok(stored.run?)).collect()
    };
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
        return Err(error);
    }
    for error in unreadable {
        terminal::print_to_stderr(&format!("left out: {error}"));
    }
    runs.retain(|run| challenges.is_empty() || challenges.contains(&run.name()));
    if runs.is_empty() && !challenges.is_empty() {
        let text = format!("there is no run of {}", challenges.join(" or "));
        return Err(BadArguments(text).into());
    }
    runs.truncate(arguments.last.map_or(usize::MAX, |last| last as usize));
    Ok(runs)
}
