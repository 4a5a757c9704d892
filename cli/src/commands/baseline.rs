//! `glomers baseline`: runs that are kept under a name, to compare others with.

use crate::baselines;
use crate::exit::Exit;
use crate::failure::{BadArguments, Context as _, Result};
use crate::one_run::{below, refuse_unfinished};
use crate::project::Project;
use crate::terminal;
use clap::{Args, Subcommand};
use glomers_history::visible;
use glomers_results::{RunError, Runs, verdict_word};
use std::fs;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  glomers run broadcast-d --save-baseline good  keep a run
  glomers baseline save good                    keep the latest run, with its repetitions
  glomers compare good                          the latest run against it
  glomers baseline list
  glomers baseline rm good";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct BaselineArguments {
    #[command(subcommand)]
    action: Action,
    /// Folder of run directories [default: store beside glomers.toml, else here].
    #[arg(long, value_name = "DIR", global = true)]
    store: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Show all baselines.
    List,
    /// Keep a run under a name.
    Save {
        /// The name. A baseline that has it already is replaced.
        #[arg(value_name = "NAME")]
        name: String,
        /// A run directory, or a folder of several [default: the latest run, with its repetitions].
        #[arg(value_name = "RUN")]
        run: Option<PathBuf>,
    },
    /// Remove a baseline.
    Rm {
        /// Its name.
        #[arg(value_name = "NAME")]
        name: String,
    },
}

/// Shows, keeps or removes baselines.
pub(crate) fn baseline(arguments: &BaselineArguments) -> Result<Exit> {
    let store = Project::find()?.store(arguments.store.as_deref());
    match &arguments.action {
        Action::List => {
            if arguments.store.is_some() && !store.is_dir() {
                return Err(RunError::NoRuns(store).into());
            }
            let all = baselines::all(&store);
            if all.is_empty() {
                terminal::print_to_stderr(&format!("there is no baseline in {}", store.display()));
            }
            for (name, path) in all {
                let runs = match Runs::open(&path) {
                    Ok(runs) => runs,
                    Err(error) => {
                        terminal::print(&visible(&format!("{name}: {error}")))?;
                        continue;
                    }
                };
                let verdict = verdict_word(runs.valid());
                let challenge = runs.challenge().unwrap_or("unknown challenge");
                let count = match runs.runs().len() {
                    1 => "1 run".to_owned(),
                    count => format!("{count} runs"),
                };
                let line = format!("{name}: {challenge}, {verdict}, {count}");
                terminal::print(&visible(&line))?;
            }
        }
        Action::Save { name, run } => {
            let runs = match run {
                Some(run) => {
                    let run = below(run, &store);
                    refuse_unfinished(&run)?;
                    Runs::open(&run)?
                }
                None => baselines::latest_runs(&store)?,
            };
            let kept = baselines::save(&runs, &store, name)?;
            terminal::print(&format!("kept: {}", terminal::shown_path(&kept)))?;
        }
        Action::Rm { name } => {
            baselines::check_name(name)?;
            let path = baselines::folder(&store, name);
            if !path.is_dir() {
                let text = format!("there is no baseline {name}: see `glomers baseline list`");
                return Err(BadArguments(text).into());
            }
            baselines::refuse_foreign(&path)?;
            fs::remove_dir_all(&path)
                .with_context(|| format!("failed to remove {}", path.display()))?;
            terminal::print(&format!("removed: {}", terminal::shown_path(&path)))?;
        }
    }
    Ok(Exit::Valid)
}
