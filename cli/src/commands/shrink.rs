//! `glomers shrink`: finds a smaller run that fails as a stored one did, and writes its story.

mod shown;

use crate::commands::replay::Recording;
use crate::exit::Exit;
use crate::failure::{BadArguments, Context as _, Result};
use crate::format::Format;
use crate::interrupt::Interrupt;
use crate::one_run::named_or_latest;
use crate::progress::ProgressLine;
use crate::project::Project;
use crate::run_outcome::RunContext;
use crate::{embedded, terminal};
use clap::Args;
use glomers_history::Validity;
use glomers_results::Clock;
use glomers_simulator::shrink::{ShrinkProgress, Shrunk, shrink as shrink_run};
use glomers_simulator::story::story;
use shown::{Saved, size_text};
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Name of the story in a run directory.
const STORY_FILE: &str = "story.txt";
/// Default of `--tries`.
const TRIES: &str = "3000";

const EXAMPLES: &str = "\
Examples:
  glomers run g-counter --sim --nemesis kill --seed 1    a run that fails: killed nodes forget
  glomers shrink                                a smaller one, and its story
  glomers replay                                the smaller one again

Exit status:
  0    shrunk
  2    the failure did not come back
  130  stopped by Ctrl-C; the smallest run so far was saved
  254  not a failure that can be shrunk
  255  glomers itself failed";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ShrinkArguments {
    /// The directory of a simulated run that failed [default: the latest run in the store].
    #[arg(value_name = "RUN")]
    run: Option<PathBuf>,
    /// How many runs to make at most.
    #[arg(long, value_name = "NUM", default_value = TRIES)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..))]
    tries: u64,
    /// Folder of run directories [default: store beside glomers.toml, else here].
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
    /// How to print what came of it.
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// Show no progress.
    #[arg(long, short)]
    quiet: bool,
}

/// Shrinks a run that failed.
pub(crate) fn shrink(arguments: &ShrinkArguments) -> Result<Exit> {
    let store = Project::find()?.store(arguments.store.as_deref());
    let run = named_or_latest(arguments.run.as_deref(), &store)?;
    let recording = Recording::open(&run)?;
    check(&recording, &run)?;
    let interrupt = Interrupt::listen()?;
    let Some(mut shrunk) = search(&recording, arguments, &interrupt)? else {
        terminal::print_to_stderr(&gone(&recording));
        return Ok(if interrupt.is_set() { Exit::Interrupted } else { Exit::Unknown });
    };
    let text = story(&mut shrunk.trial, &recording.node.display());
    let folder = save(&recording, &shrunk, &text, &store)?;
    Saved { shrunk: &shrunk, story: &text, folder: &folder }.show(arguments.format)?;
    Ok(if shrunk.is_stopped { Exit::Interrupted } else { Exit::Valid })
}

/// Fails if the run cannot be shrunk.
fn check(recording: &Recording, run: &Path) -> Result<()> {
    let shown = run.display();
    let text = match recording.record.valid {
        Some(Validity::Invalid) => return Ok(()),
        Some(Validity::Valid) => {
            format!("{shown} is valid: there is no failure to shrink (a missed target is none)")
        }
        Some(Validity::Unknown) | None => {
            format!("whether {shown} failed is unknown: there is nothing to shrink")
        }
    };
    Err(BadArguments(text).into())
}

/// Looks for the smallest run that fails in the same manner.
fn search(
    recording: &Recording,
    arguments: &ShrinkArguments,
    interrupt: &Interrupt,
) -> Result<Option<Shrunk>> {
    let spec = recording.node.spec();
    let progress = ProgressLine::new(arguments.quiet);
    let shrunk = shrink_run(
        &recording.plan,
        &spec,
        recording.scenario.as_ref(),
        arguments.tries,
        &mut |ShrinkProgress { tries, size }| {
            progress.show_count("shrinking", *tries, arguments.tries, &size_text(*size));
            if interrupt.is_set() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        },
    );
    progress.finish();
    Ok(shrunk?)
}

/// The message if the run does not fail again.
fn gone(recording: &Recording) -> String {
    let Recording { record, plan, .. } = recording;
    let node = record.node.name.as_deref().unwrap_or_default();
    let why = if record.clock == Clock::Real {
        "it failed in real time; simulated, with its seed and its plan, it does not fail"
    } else {
        "it does not fail any more: was it made by another version?"
    };
    format!(
        "the failure did not come back: {why}. `glomers sweep {} --node {node} --until-failure` \
         looks for a seed that fails",
        plan.challenge
    )
}

/// Repeats the smallest run in a run directory, and writes its story there.
fn save(recording: &Recording, shrunk: &Shrunk, text: &str, store: &Path) -> Result<PathBuf> {
    // A fresh interrupt: if the user stopped the search, the result so far is still saved.
    let interrupt = Interrupt::listen()?;
    let node = &recording.node;
    let context =
        RunContext { plan: &shrunk.plan, node, build: None, group: None, began: Instant::now() };
    let scenario = Some(&shrunk.scenario);
    let judged = embedded::simulate(&context, scenario, store, true, &interrupt)?;
    let path = judged.run.path.join(STORY_FILE);
    fs::write(&path, text).with_context(|| format!("failed to write {}", path.display()))?;
    Ok(judged.run.path)
}
