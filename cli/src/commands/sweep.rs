//! `glomers sweep`: runs many seeds of one challenge, and summarizes them.

mod arguments;
mod folder;
mod show;
mod work;

use crate::build::build;
use crate::commands::run::{job, refuse_useless_flags, refuse_useless_settings};
use crate::exit::Exit;
use crate::failure::{BadArguments, CommandFailure, Context as _, Result};
use crate::interrupt::Interrupt;
use crate::job::Job;
use crate::node_command::NodeCommand;
use crate::project::Project;
use crate::repeat::repeat;
use crate::run_arguments::RunArguments;
use crate::run_outcome::RunContext;
use crate::{preflight, terminal, watchdog};
pub(crate) use arguments::SweepArguments;
use folder::SweepFolder;
use glomers_config::{Parameters, Plan};
use glomers_results::{BuildRecord, Clock};
use glomers_simulator::SIMULATES_PROGRAMS;
use glomers_simulator::sweep::{Merged, Shard, SweepRecord, merge};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::thread::available_parallelism;
use std::time::Instant;
use work::{Done, Work};

/// Subfolder of a sweep for its runs in real time, while it lasts.
const ASIDE: &str = "running";

/// Runs the given seeds, or merges the results of other sweeps.
pub(crate) fn sweep(mut arguments: SweepArguments) -> Result<Exit> {
    let project = Project::find()?;
    if !arguments.merge.is_empty() {
        return merge_parts(&project, &arguments);
    }
    let job = swept_job(&project, &mut arguments)?;
    let seeds = arguments.wanted_seeds()?;
    let is_simulated = arguments.run.sim;
    let is_carried = job.node.hosted.is_some();
    let interrupt = Interrupt::listen()?;
    let build = if is_simulated && is_carried {
        None
    } else {
        prepare(&job, arguments.run.quiet, &interrupt)?
    };
    if interrupt.is_set() {
        return Ok(Exit::Interrupted);
    }

    let cores = || available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let usual_jobs = if is_simulated { cores() } else { NonZeroUsize::MIN };
    if !is_simulated {
        terminal::print_to_stderr(&real_time_note(&job.plan));
    }
    let folder = SweepFolder::create(&job.store, &job.plan.challenge, arguments.shard)?;
    let began = Instant::now();
    let work = Work {
        job: &job,
        seeds,
        shard: arguments.shard.unwrap_or(Shard::WHOLE),
        jobs: arguments.jobs.unwrap_or(usual_jobs),
        until_failure: arguments.until_failure,
        keep: arguments.keep,
        quiet: arguments.run.quiet,
        interrupt: &interrupt,
    };
    let Done { runs, error } = run(&work, is_simulated, &folder.path, build.as_ref())?;
    let context = RunContext { plan: &job.plan, node: &job.node, build, group: None, began };
    let made = context.record();
    let record = SweepRecord {
        clock: if is_simulated { Clock::Virtual } else { Clock::Real },
        until_failure: arguments.until_failure,
        interrupted: interrupt.is_set(),
        node: made.node,
        versions: made.versions.into_iter().collect(),
        start: folder.start.to_string(),
        wall_seconds: made.wall_seconds,
        repeat: repeat(&job.plan, &arguments.run, is_simulated),
        ..SweepRecord::new(&job.plan, seeds, arguments.shard)
    };
    if let (Some(error), true) = (&error, runs.is_empty()) {
        folder.remove()?;
        return Ok(error.report());
    }
    let mut exit = finish(record.with_runs(runs), &folder, &arguments.run)?;
    if interrupt.is_set() {
        exit = exit.max(Exit::Interrupted);
    }
    Ok(error.map_or(exit, |error| exit.max(error.report())))
}

/// A note that the sweep runs in real time, and how long it will take.
fn real_time_note(plan: &Plan) -> String {
    let seconds = plan.time_limit.as_secs()
        + if plan.workload.has_final_reads() { plan.recovery.as_secs() } else { 0 };
    let instead = if SIMULATES_PROGRAMS {
        "simulated, it would take milliseconds to seconds"
    } else {
        "in a Linux container, it would be simulated"
    };
    format!("note: each seed is a run in real time of about {seconds} s; {instead}")
}

/// Runs the seeds, in virtual or in real time.
fn run(
    work: &Work<'_>,
    is_simulated: bool,
    folder: &Path,
    build: Option<&BuildRecord>,
) -> Result<Done> {
    if is_simulated {
        return Ok(work.simulate());
    }
    let aside = folder.join(ASIDE);
    let done = work.run(&aside, build);
    if aside.exists() {
        let failed = || format!("failed to remove {}", aside.display());
        std::fs::remove_dir_all(&aside).with_context(failed)?;
    }
    Ok(done)
}

/// The job that is repeated with every seed; refuses flags that have no effect on a sweep.
fn swept_job(project: &Project, arguments: &mut SweepArguments) -> Result<Job> {
    let SweepArguments { run: arguments, real, .. } = arguments;
    let refuse = |text: &str| Err(BadArguments(text.to_owned()).into());
    let entry = match arguments.challenges.as_slice() {
        [name] if name != "all" => project.catalogue.find(name)?,
        _ => return refuse("a sweep is of one challenge: name one, and sweep others after it"),
    };
    if arguments.engine.has_maelstrom() {
        return refuse("Maelstrom takes no seed, so there is nothing to sweep: leave out --engine");
    }
    if arguments.dry_run {
        return refuse("--dry-run prints Maelstrom's command line: use it with `glomers run`");
    }
    if arguments.watch {
        return refuse("--watch is for `glomers run`");
    }
    if arguments.repeat.is_some() || arguments.save_baseline.is_some() {
        return refuse("--repeat and --save-baseline are for `glomers run`: a sweep has --seeds");
    }
    refuse_useless_flags(arguments)?;
    let node = NodeCommand::choose(arguments, entry.node.as_ref())?;
    arguments.sim |= !*real && (node.hosted.is_some() || SIMULATES_PROGRAMS);
    let job = job(project, entry, arguments, None)?;
    refuse_useless_settings([&job.plan], &arguments.parameters())?;
    Ok(job)
}

/// Builds the node if necessary, unless interrupted, and checks that it can be run.
fn prepare(job: &Job, quiet: bool, interrupt: &Interrupt) -> Result<Option<BuildRecord>> {
    let mut record = None;
    if let Some(step) = &job.node.build {
        let watchdog = watchdog::start()?;
        let Some(time) = build(step, quiet, interrupt, &watchdog)? else { return Ok(None) };
        let (command, seconds) = (step.command.clone(), time.as_secs_f64());
        record = Some(BuildRecord { command, seconds });
    }
    preflight::check(&job.node)?;
    for note in preflight::notes(&job.node) {
        terminal::print_to_stderr(&format!("note: {note}"));
    }
    Ok(record)
}

/// Merges the parts of a sweep.
fn merge_parts(project: &Project, arguments: &SweepArguments) -> Result<Exit> {
    let run = &arguments.run;
    let decides = run.parameters() != Parameters::default()
        || !run.targets.is_empty()
        || run.sim
        || arguments.real
        || run.durable
        || run.dry_run
        || run.verbose
        || run.watch
        || run.repeat.is_some()
        || run.save_baseline.is_some()
        || run.engine.has_maelstrom()
        || run.maelstrom.is_some()
        || run.timeout.is_some()
        || !run.jvm_opt.is_empty()
        || run.bin.is_some()
        || run.node.is_some()
        || !run.node_args.is_empty();
    if decides {
        let text =
            "--merge runs nothing: beside it there may be --format, --quiet and --store only";
        return Err(BadArguments(text.to_owned()).into());
    }
    // The arguments name these files, so errors in them are errors in the arguments.
    let bad = |error: CommandFailure| BadArguments(error.to_string());
    let read = |path: &PathBuf| SweepRecord::read(path).map(|record| (path.clone(), record));
    let parts: Result<Vec<_>, _> = arguments.merge.iter().map(read).collect();
    let merged = merge(parts.map_err(|error| bad(error.into()))?);
    let Merged { record, repeated } = merged.map_err(|error| bad(error.into()))?;
    if let [first, ..] = repeated.as_slice() {
        terminal::print_to_stderr(&format!(
            "warning: seeds that several parts ran count once: {} of them, first {first}",
            repeated.len()
        ));
    }
    let store = project.store(run.store.as_deref());
    let folder = SweepFolder::create(&store, &record.challenge, record.shard)?;
    finish(record, &folder, run)
}

/// Writes and prints the summary.
fn finish(record: SweepRecord, folder: &SweepFolder, arguments: &RunArguments) -> Result<Exit> {
    record.write(&folder.path)?;
    let exit = show::exit_of(&record);
    show::show(record, &folder.path, arguments.format, arguments.quiet)?;
    Ok(exit)
}
