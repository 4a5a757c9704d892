//! `glomers replay`: repeats a run from its `run.json`, and reports whether it came out identical.

mod difference;
mod recording;

pub(crate) use recording::Recording;

use crate::exit::Exit;
use crate::failure::Result;
use crate::format::Format;
use crate::interrupt::Interrupt;
use crate::one_run::named_or_latest;
use crate::project::Project;
use crate::run_outcome::{JudgedRun, RunContext};
use crate::{embedded, preflight, terminal, watchdog};
use clap::Args;
use difference::Difference;
use glomers_history::{Validity, visible};
use glomers_results::{Clock, folder_of_record, verdict_word};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::time::Instant;

const EXAMPLES: &str = "\
Examples:
  glomers replay                                the latest run again, and compared
  glomers replay store/broadcast/20261121T045701.000Z-s7
  glomers replay store/latest/run.json          the latest, by its record

Exit status:
  0    it came out identical; in real time: with the same verdict
  1    it came out otherwise
  130  stopped by Ctrl-C
  254  not a run that can be repeated
  255  glomers itself failed";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ReplayArguments {
    /// A run directory of glomers' own engine, or the run.json in it [default: the latest run in the
    /// store].
    #[arg(value_name = "RUN")]
    run: Option<PathBuf>,
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

/// Repeats a run.
pub(crate) fn replay(arguments: &ReplayArguments) -> Result<Exit> {
    let store = Project::find()?.store(arguments.store.as_deref());
    let run = named_or_latest(arguments.run.as_deref(), &store)?;
    let folder = folder_of_record(&run).unwrap_or(run);
    // The new run moves the link `latest`.
    let folder = folder.canonicalize().unwrap_or(folder);
    let recording = Recording::open(&folder)?;
    difference::check_there(&folder)?;
    let judged = run_again(&recording, &store, arguments.quiet)?;
    if judged.exit == Exit::Interrupted {
        terminal::print_to_stderr("stopped: nothing was compared");
        return Ok(Exit::Interrupted);
    }
    let outcome = Repetition {
        difference: difference::first(&folder, &judged.run.path)?,
        before: recording.record.valid.unwrap_or(Validity::Unknown),
        judged,
        recording,
    };
    outcome.show(arguments.format)?;
    Ok(if outcome.is_same() { Exit::Valid } else { Exit::Invalid })
}

/// Repeats the run in a new directory.
fn run_again(recording: &Recording, store: &Path, quiet: bool) -> Result<JudgedRun> {
    let Recording { plan, node, scenario, record, .. } = recording;
    if node.hosted.is_none() || record.clock == Clock::Real {
        preflight::check(node)?;
    }
    let interrupt = Interrupt::listen()?;
    let context =
        RunContext { plan, node, build: record.build.clone(), group: None, began: Instant::now() };
    if record.clock == Clock::Real {
        let watchdog = watchdog::start()?;
        return embedded::run(&context, store, quiet, &interrupt, &watchdog);
    }
    embedded::simulate(&context, scenario.as_ref(), store, quiet, &interrupt)
}

/// The outcome of a repetition.
struct Repetition {
    recording: Recording,
    judged: JudgedRun,
    /// The first line that differs, if any.
    difference: Option<Difference>,
    /// The verdict of the original run.
    before: Validity,
}

impl Repetition {
    fn is_real(&self) -> bool {
        self.recording.record.clock == Clock::Real
    }

    /// The verdict of the repetition.
    fn now(&self) -> Validity {
        self.judged.run.valid()
    }

    /// Whether the repetition is identical to the original.
    fn is_same(&self) -> bool {
        if self.is_real() { self.now() == self.before } else { self.difference.is_none() }
    }

    fn show(&self, format: Format) -> Result<()> {
        match format {
            Format::Json => terminal::print(&serde_json::to_string_pretty(&self.to_json())?),
            Format::Table | Format::Markdown => terminal::print(&self.lines().join("\n")),
        }
    }

    fn to_json(&self) -> serde_json::Value {
        let difference = self.difference.as_ref().map(Difference::to_json);
        json!({
            "identical": self.difference.is_none(),
            "difference": difference,
            "valid": verdict_word(self.now()),
            "valid_before": verdict_word(self.before),
            "real_time": self.is_real(),
            "store": self.judged.run.path,
            "notes": self.recording.notes,
        })
    }

    fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let plan = &self.recording.plan;
        let (now, before) = (verdict_word(self.now()), verdict_word(self.before));
        let verdict = if now == before {
            format!("{now}, as before")
        } else {
            format!("{now}, and was {before}")
        };
        lines.push(format!(
            "{}: {verdict} ({}, seed {})",
            visible(&plan.challenge),
            visible(&self.recording.node.display()),
            plan.seed
        ));
        match &self.difference {
            None => lines.push("identical, byte by byte".to_owned()),
            Some(difference) => lines.extend(difference.lines()),
        }
        if self.is_real() && self.difference.is_some() {
            lines
                .push("(real time cannot be repeated exactly: the verdict is compared)".to_owned());
        }
        lines.extend(self.recording.notes.iter().map(|note| format!("note: {note}")));
        lines.push(format!("files: {}", terminal::shown_path(&self.judged.run.path)));
        lines
    }
}
