//! `glomers story`: what happened in a run, line by line.

mod shown;

use crate::exit::Exit;
use crate::failing::{Note, around_failure, is_failed};
use crate::failure::{BadArguments, Result};
use crate::format::Format;
use crate::one_run::any_named_or_latest;
use crate::project::Project;
use crate::recorded::RecordedRun;
use crate::terminal;
use clap::Args;
use glomers_timeline::{Choice, Timeline, ValueTrace, story as write_story};
use shown::Shown;
use std::path::PathBuf;

const NANOS_PER_SECOND: f64 = 1e9;

const EXAMPLES: &str = "\
Examples:
  glomers story                     the latest run: around its failure, if it failed
  glomers story --value 30          who had 30 when, and which messages with it were dropped
  glomers story --operation 117     one operation, and what the node did for it
  glomers story --node n4 --from 6.5 --until 8
  glomers story store/latest --all --limit 0 > story.txt

The number of an operation is that of an entry of the history, as in the reasons of a failure.

Exit status:
  0    the story was written
  254  bad arguments, or a run that cannot be read
  255  glomers itself failed";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct StoryArguments {
    /// A run directory, ours or Maelstrom's, or a history [default: the latest run in the store].
    #[arg(value_name = "RUN")]
    run: Option<PathBuf>,
    /// Follow a value that clients wrote, as JSON: 30, "x".
    #[arg(long, value_name = "VALUE")]
    value: Option<String>,
    /// Show an operation, by the number of its entry in the history; may be repeated.
    #[arg(long, value_name = "ENTRY")]
    operation: Vec<u64>,
    /// Show what a node sent and received.
    #[arg(long, value_name = "NAME")]
    node: Option<String>,
    /// Begin at this time, in seconds.
    #[arg(long, value_name = "SECONDS", value_parser = nanos)]
    from: Option<i64>,
    /// End at this time, in seconds.
    #[arg(long, value_name = "SECONDS", value_parser = nanos)]
    until: Option<i64>,
    /// Show what the verdict is about: the default for a run that failed.
    #[arg(long, conflicts_with_all = ["value", "operation", "all"])]
    around_failure: bool,
    /// Show the whole run, even if it failed.
    #[arg(long, conflicts_with_all = ["value", "operation"])]
    all: bool,
    /// Show at most this number of events, the first and the last; 0 for all.
    #[arg(long, value_name = "LINES", default_value_t = 200)]
    limit: usize,
    /// Folder of run directories [default: store beside glomers.toml, else here].
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
    /// How to print it.
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

/// Writes the story of a run.
pub(crate) fn story(arguments: &StoryArguments) -> Result<Exit> {
    let store = Project::find()?.store(arguments.store.as_deref());
    let path = any_named_or_latest(arguments.run.as_deref(), &store)?;
    let run = RecordedRun::open(&path)?;
    let timeline = run.timeline();
    let given = given(arguments, &timeline)?;
    let is_whole = arguments.all || given != Choice::default();
    if arguments.around_failure && !is_failed(&run) {
        let text = format!("{} did not fail: there is no failure to show", path.display());
        return Err(BadArguments(text).into());
    }
    let is_of_failure = is_failed(&run) && (!is_whole || arguments.around_failure);
    let (choice, mut notes) = if is_of_failure {
        let around = around_failure(&run, &timeline);
        (
            Choice { node: given.node, from: given.from, until: given.until, ..around.choice },
            around.notes.iter().map(Note::with_flags).collect(),
        )
    } else {
        (given, Vec::new())
    };
    notes.extend(run.all_notes(&timeline));
    if choice.from.is_some_and(|from| from > timeline.end()) {
        let end = timeline.end().max(0) as f64 / NANOS_PER_SECOND;
        notes.push(format!("the run ends at {end:.1} s"));
    }
    // A part that was asked for is not about the failure.
    let reasons = if is_of_failure { run.reasons() } else { &[] };
    let text = write_story(&timeline, &run.heading(), &choice, reasons);
    for note in &notes {
        terminal::print_to_stderr(&format!("note: {note}"));
    }
    Shown { run: &run, story: &text, notes: &notes }.print(arguments.format, arguments.limit)?;
    Ok(Exit::Valid)
}

/// The part of the run that the flags name.
fn given(arguments: &StoryArguments, timeline: &Timeline<'_>) -> Result<Choice> {
    let StoryArguments { value, operation, node, from, until, .. } = arguments;
    let refused = |text: String| Err(BadArguments(text).into());
    if let Some(value) = value
        && ValueTrace::of(timeline, value).is_none()
    {
        return refused(format!("no client wrote {value}; values are JSON, such as 30 or '\"x\"'"));
    }
    for entry in operation {
        if timeline.operation_at(*entry).is_none() {
            return refused(format!(
                "the history has no operation of a client with the entry {entry}"
            ));
        }
    }
    let node = match node {
        None => None,
        Some(name) => Some(node_of(timeline, name)?),
    };
    if let (Some(from), Some(until)) = (from, until)
        && from > until
    {
        return refused("--from is after --until".to_owned());
    }
    let (value, operations) = (value.clone(), operation.clone());
    Ok(Choice { value, operations, node, from: *from, until: *until })
}

/// The position of a node.
pub(super) fn node_of(timeline: &Timeline<'_>, name: &str) -> Result<usize> {
    if let Some(node) = timeline.nodes().iter().position(|node| node == name) {
        return Ok(node);
    }
    let text = if timeline.nodes().is_empty() {
        "the folder does not show which nodes took part".to_owned()
    } else {
        format!("there is no node {name}; the nodes are {}", timeline.nodes().join(", "))
    };
    Err(BadArguments(text).into())
}

/// Parses a time of the run in seconds, as nanoseconds.
pub(super) fn nanos(text: &str) -> Result<i64, &'static str> {
    /// A century; more nanoseconds do not fit.
    const LONGEST: f64 = 3.2e9;
    let expected = "expected a time of the run in seconds, such as 6.79";
    let seconds: f64 = text.trim_end_matches('s').trim().parse().map_err(|_| expected)?;
    if !(0.0..LONGEST).contains(&seconds) {
        return Err(expected);
    }
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
    let nanos = (seconds * NANOS_PER_SECOND).round() as i64;
    Ok(nanos)
}
