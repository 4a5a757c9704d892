//! `glomers export`: pictures of a run, and its content for viewers of other projects.

mod target;

use super::check::is_stdout;
use super::story::nanos;
use crate::exit::Exit;
use crate::failure::{BadArguments, Result};
use crate::one_run::any_named_or_latest;
use crate::project::Project;
use crate::recorded::RecordedRun;
use crate::terminal;
use clap::{ArgGroup, Args};
use glomers_rendering::{DEFAULT_MESSAGES, MessageChoice, SHIVIZ_HOSTS, SHIVIZ_REGEX, Scope};
use glomers_timeline::Timeline;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;
use target::Target;

const EXAMPLES: &str = "\
Examples:
  glomers export --pictures pictures                   the latest run, with its whole journal
  glomers export --pictures part --from 6.5 --until 7 --node n4
  glomers export --perfetto trace.json                 to be opened at ui.perfetto.dev
  glomers export store/latest --shiviz - > log.txt
  glomers export --otlp spans.json --force

ShiViz reads the log with this regular expression:
  (?<host>\\S+) (?<clock>\\{[^}]*\\}) (?<date>\\S+) (?<event>.*)

Messages of the set-up (init, topology) are left out, long bodies shortened. \
In OpenTelemetry, a message between nodes is part of the request that it answers, \
or else of what its sender received within 10 ms before: that is a guess.

Exit status:
  0    everything was written
  254  bad arguments, a run that cannot be read, or a file that exists (--force replaces it)
  255  glomers itself failed";

/// What is not drawn; only a part of a run can be drawn.
const OTHERS: [&str; 3] = ["perfetto", "shiviz", "otlp"];

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
#[command(group = ArgGroup::new("what").required(true))]
pub(crate) struct ExportArguments {
    /// A run directory, ours or Maelstrom's, or a history [default: the latest run in the store].
    #[arg(value_name = "RUN")]
    run: Option<PathBuf>,
    /// Draw messages.svg, latency.svg, latency-quantiles.svg and rate.svg into this folder.
    #[arg(long, value_name = "DIR", group = "what")]
    pictures: Option<PathBuf>,
    /// Write trace events, as Perfetto and Chrome read them; - is stdout.
    #[arg(long, value_name = "FILE", group = "what")]
    perfetto: Option<PathBuf>,
    #[expect(clippy::doc_markdown, reason = "it is the help")]
    /// Write a log with vector clocks for ShiViz; - is stdout.
    #[arg(long, value_name = "FILE", group = "what")]
    shiviz: Option<PathBuf>,
    /// Write spans as OpenTelemetry's JSON, one for each operation and message; - is stdout.
    #[arg(long, value_name = "FILE", group = "what")]
    otlp: Option<PathBuf>,
    /// Replace files that exist.
    #[arg(long)]
    force: bool,
    /// Draw messages from this time on, in seconds.
    #[arg(long, value_name = "SECONDS", value_parser = nanos, conflicts_with_all = OTHERS)]
    from: Option<i64>,
    /// Draw messages until this time, in seconds.
    #[arg(long, value_name = "SECONDS", value_parser = nanos, conflicts_with_all = OTHERS)]
    until: Option<i64>,
    /// Draw only messages that a node sent or received.
    #[arg(long, value_name = "NAME", conflicts_with_all = OTHERS)]
    node: Option<String>,
    /// Draw at most this number of messages [default: 1000]; 0 for all.
    #[arg(long, value_name = "MESSAGES", conflicts_with_all = OTHERS)]
    limit: Option<usize>,
    /// Folder of run directories [default: store beside glomers.toml, else here].
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
}

/// Writes what the arguments name.
pub(crate) fn export(arguments: &ExportArguments) -> Result<Exit> {
    let store = Project::find()?.store(arguments.store.as_deref());
    let path = any_named_or_latest(arguments.run.as_deref(), &store)?;
    let run = RecordedRun::open(&path)?;
    let timeline = run.timeline();
    let mut notes = run.all_notes(&timeline);
    let ExportArguments { pictures, perfetto, shiviz, otlp, force, .. } = arguments;
    let heading = run.heading();
    let to = |file: &Path, write: &dyn Fn(&mut dyn Write) -> io::Result<()>| {
        Target::check(file, *force)?.write(write)
    };
    if let Some(folder) = pictures {
        draw(arguments, &run, &timeline, folder)?;
    }
    if let Some(file) = perfetto {
        to(file, &|out| glomers_rendering::perfetto(&timeline, &heading, out))?;
    }
    if let Some(file) = shiviz {
        let hosts = timeline.participants().len();
        if hosts > SHIVIZ_HOSTS {
            let text = format!(
                "{hosts} nodes, services and clients are more than ShiViz can show ({SHIVIZ_HOSTS}): \
                 --perfetto takes them"
            );
            return Err(BadArguments(text).into());
        }
        to(file, &|out| glomers_rendering::shiviz(&timeline, out))?;
        notes.push(format!("ShiViz reads it with {SHIVIZ_REGEX}"));
    }
    if let Some(file) = otlp {
        let (start, note) = start_of(&run);
        notes.extend(note);
        to(file, &|out| glomers_rendering::otlp(&timeline, &heading, start, out))?;
    }
    for note in &notes {
        terminal::print_to_stderr(&format!("note: {note}"));
    }
    Ok(Exit::Valid)
}

fn draw(
    arguments: &ExportArguments,
    run: &RecordedRun,
    timeline: &Timeline<'_>,
    folder: &Path,
) -> Result<()> {
    let scope = Scope { messages: choice(arguments, timeline)?, counts: None };
    let drawn = glomers_rendering::pictures(timeline, &run.heading(), &scope);
    if drawn.is_empty() {
        let text = format!("{} has neither operations nor messages", run.path.display());
        return Err(BadArguments(text).into());
    }
    if is_stdout(folder) {
        let text = "--pictures needs a folder for several files: - is not one (./- would be)";
        return Err(BadArguments(text.to_owned()).into());
    }
    let target = |name| Target::check(&folder.join(name), arguments.force);
    let targets: Vec<Target> = drawn.iter().map(|it| target(it.name)).collect::<Result<_>>()?;
    for (target, picture) in targets.iter().zip(&drawn) {
        target.write(|out| out.write_all(picture.svg.as_bytes()))?;
        terminal::print(&target.shown())?;
    }
    Ok(())
}

/// When the run began, in ns since 1970, as far as its record says.
fn start_of(run: &RecordedRun) -> (u64, Option<String>) {
    let start = run.record().and_then(|record| humantime::parse_rfc3339(&record.start).ok());
    let since = start.and_then(|start| start.duration_since(UNIX_EPOCH).ok());
    match since.and_then(|since| u64::try_from(since.as_nanos()).ok()) {
        Some(nanos) => (nanos, None),
        None => (
            0,
            Some("run.json does not say when the run began: its times begin in 1970".to_owned()),
        ),
    }
}

/// The messages that the arguments name.
fn choice(arguments: &ExportArguments, timeline: &Timeline<'_>) -> Result<MessageChoice> {
    let ExportArguments { from, until, node, limit, .. } = arguments;
    let node = match node {
        None => None,
        Some(name) => Some(super::story::node_of(timeline, name)?),
    };
    if let (Some(from), Some(until)) = (from, until)
        && from > until
    {
        return Err(BadArguments("--from is after --until".to_owned()).into());
    }
    let limit = match limit {
        None => DEFAULT_MESSAGES,
        Some(0) => usize::MAX,
        Some(limit) => *limit,
    };
    Ok(MessageChoice { from: *from, until: *until, node, limit })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_shows_the_expression_that_is_used() {
        assert!(EXAMPLES.contains(&format!("\n  {SHIVIZ_REGEX}\n")));
    }
}
