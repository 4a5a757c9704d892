//! `glomers run --watch`: the same run again, whenever the sources of the node change.

mod own_writes;

use super::{jobs, run_one};
use crate::build::build;
use crate::exit::Exit;
use crate::failure::{BadArguments, Result};
use crate::format::Format;
use crate::interrupt::Interrupt;
use crate::job::{Job, Output};
use crate::node_command::NodeCommand;
use crate::project::Project;
use crate::run_arguments::RunArguments;
use crate::run_outcome::Judgements;
use crate::sources::{MOST_FILES, Sources, Unseen};
use crate::watchdog::LazyWatchdog;
use crate::{preflight, summary, terminal};
use glomers_results::{BuildRecord, Comparison, Rules, Run, Runs};
use own_writes::{OwnWrites, Span};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

/// Time between two looks at the files, at least.
const LOOK_INTERVAL: Duration = Duration::from_millis(200);
/// Time between two looks, at most: an interrupt is noticed after it.
const LONGEST_INTERVAL: Duration = Duration::from_secs(2);
/// How many times as long as a look the time between two looks is, at least: of a large folder, too,
/// looking takes only a small part of a core.
const LOOKS_APART: u32 = 20;
/// Most changed files that are named.
const SHOWN_FILES: usize = 3;

/// Refuses what cannot be watched.
pub(super) fn check(arguments: &RunArguments) -> Result<()> {
    let flags = [
        ("--repeat", arguments.repeat.is_some()),
        ("--save-baseline", arguments.save_baseline.is_some()),
        ("--dry-run", arguments.dry_run),
        ("--format json", arguments.format == Format::Json),
        ("--engine maelstrom (or both)", arguments.engine.has_maelstrom()),
    ];
    if let Some((flag, _)) = flags.iter().find(|(_, is_given)| *is_given) {
        let text = format!("--watch runs without end, which {flag} cannot: drop one of them");
        return Err(BadArguments(text).into());
    }
    Ok(())
}

/// Runs the challenge, and again after each change, until it is interrupted. Errors of later builds and
/// runs are shown, and the next change is awaited.
pub(super) fn watch(project: &Project, arguments: &RunArguments, output: Output) -> Result<Exit> {
    let mut job = job(project, arguments)?;
    let folder = folder(&job.node)?;
    // Before its folder is looked at: that of a missing program may be anything, such as `/`.
    if job.node.build.is_none() {
        preflight::check(&job.node)?;
    }
    let program = job.node.build.as_ref().map(|_| job.node.program.as_path());
    let ignored: Vec<&Path> = program.into_iter().chain([job.store.as_path()]).collect();
    let interrupt = Interrupt::listen()?;
    let mut sources = match Sources::new(&folder, &ignored, &|| interrupt.is_set()) {
        Ok(sources) => sources,
        Err(why) => return unseen(why, &folder),
    };
    // The same operations each time, so that what differs is due to the node.
    let seed = job.plan.seed;
    let rounds = Rounds { output, interrupt, watchdog: LazyWatchdog::default() };
    let mut own_writes = OwnWrites::default();
    let mut previous: Option<Run> = None;
    loop {
        job.plan.seed = seed;
        let began = SystemTime::now();
        match rounds.run(&job, &mut sources) {
            Ok(Some(run)) if run.record.as_ref().is_some_and(|record| record.interrupted) => {
                return Ok(Exit::Interrupted);
            }
            Ok(Some(run)) => {
                if let Some(previous) = previous.replace(run.clone()) {
                    terminal::print(&comparison(previous, run))?;
                }
            }
            Ok(None) => {}
            Err(error) => {
                error.report();
            }
        }
        let span = Span { began, ended: SystemTime::now() };
        job = loop {
            terminal::print_to_stderr(&format!(
                "waiting for a change in {} (Ctrl-C ends)",
                folder.display()
            ));
            let changed = match rounds.wait(&mut sources) {
                Ok(changed) => changed,
                Err(why) => return unseen(why, &folder),
            };
            if own_writes.are_these(&folder, &changed, span) {
                ignore(&mut sources, &changed);
                continue;
            }
            terminal::print_to_stderr(&format!("changed: {}", shown(&changed)));
            // glomers.toml may have changed, too, or be gone: then glomers' own node is none to watch.
            let job = Project::find().and_then(|project| self::job(&project, arguments));
            match job.and_then(|job| self::folder(&job.node).map(|_| job)) {
                Ok(job) => break job,
                Err(error) => {
                    error.report();
                }
            }
        };
    }
}

/// The end, since the files cannot be looked at.
fn unseen(why: Unseen, folder: &Path) -> Result<Exit> {
    match why {
        Unseen::Interrupted => Ok(Exit::Interrupted),
        Unseen::TooMany => Err(BadArguments(format!(
            "--watch looks at the files in {}, which has more than {MOST_FILES}: put the node into a \
             folder of its own",
            folder.display()
        ))
        .into()),
    }
}

/// Leaves out files that the node writes, and says so.
fn ignore(sources: &mut Sources, files: &[PathBuf]) {
    terminal::print_to_stderr(&format!(
        "note: {} changed during each of the last runs, so the node seems to write there: that is no \
         longer taken for a change",
        shown(files)
    ));
    for file in files {
        sources.ignore(file);
    }
}

/// The one run that the arguments name.
fn job(project: &Project, arguments: &RunArguments) -> Result<Job> {
    let mut jobs = jobs(project, arguments)?;
    match (jobs.pop(), jobs.is_empty()) {
        (Some(job), true) => Ok(job),
        _ => Err(BadArguments("--watch is for one challenge: name one".to_owned()).into()),
    }
}

/// The folder with the sources of a node.
fn folder(node: &NodeCommand) -> Result<PathBuf> {
    let of_program = || node.program.parent().map(Path::to_owned);
    let folder = if node.hosted.is_some() { None } else { node.folder.clone().or_else(of_program) };
    folder.ok_or_else(|| {
        let text = "--watch is for a node of yours: name its program with --bin, or as bin in glomers.toml";
        BadArguments(text.to_owned()).into()
    })
}

/// What all runs share.
struct Rounds {
    output: Output,
    interrupt: Interrupt,
    watchdog: LazyWatchdog,
}

impl Rounds {
    /// Builds and runs the node, and shows the results; `None` if it was stopped before the run.
    fn run(&self, job: &Job, sources: &mut Sources) -> Result<Option<Run>> {
        let mut builds = Vec::new();
        if let Some(step) = &job.node.build {
            let built = build(step, self.output.quiet, &self.interrupt, self.watchdog.get()?);
            sources.after_build(&|| self.interrupt.is_set());
            let Some(time) = built? else { return Ok(None) };
            let record = BuildRecord { command: step.command.clone(), seconds: time.as_secs_f64() };
            builds.push((step.clone(), record));
        }
        let judged = run_one(job, self.output, &mut builds, &self.interrupt, &self.watchdog)?;
        let Some(judged) = judged else { return Ok(None) };
        summary::show(&judged, &job.node, self.output.format, self.output.quiet)?;
        Ok(match judged {
            Judgements::One(run) => Some(run.run),
            Judgements::Both(_) => None,
        })
    }

    /// Waits until files have changed, and no further ones do.
    fn wait(&self, sources: &mut Sources) -> Result<Vec<PathBuf>, Unseen> {
        let mut changed: Vec<PathBuf> = Vec::new();
        loop {
            if self.interrupt.is_set() {
                return Err(Unseen::Interrupted);
            }
            let began = Instant::now();
            let more = sources.changes(&|| self.interrupt.is_set())?;
            let took = began.elapsed();
            if more.is_empty() && !changed.is_empty() {
                return Ok(changed);
            }
            changed.extend(more);
            changed.sort();
            changed.dedup();
            thread::sleep((took * LOOKS_APART).clamp(LOOK_INTERVAL, LONGEST_INTERVAL));
        }
    }
}

/// What changed against the previous run, in a few lines.
fn comparison(previous: Run, run: Run) -> String {
    let is_broken = run.record.as_ref().is_some_and(|record| record.failure.is_some());
    match Comparison::new(Runs::one(previous), Runs::one(run), &Rules::default(), false) {
        Ok(comparison) => {
            let mut lines = comparison.changes();
            if is_broken {
                // Nothing was measured, so no metric can be said to be the same.
                lines.truncate(1);
            }
            format!("against the previous run:\n  {}", lines.join("\n  "))
        }
        Err(error) => format!("not compared with the previous run: {error}"),
    }
}

/// Some files, and how many more there are.
fn shown(files: &[PathBuf]) -> String {
    let names: Vec<String> =
        files.iter().take(SHOWN_FILES).map(|file| file.display().to_string()).collect();
    match files.len().saturating_sub(SHOWN_FILES) {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}
