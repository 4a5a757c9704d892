//! `glomers run`: builds the node, runs challenges against it, judges, and shows the results.

mod repeated;
mod watch;

use crate::build::build;
use crate::exit::Exit;
use crate::failure::{BadArguments, Result};
use crate::format::Format;
use crate::interrupt::Interrupt;
use crate::job::{Job, Output, Time};
use crate::maelstrom::{self, MaelstromRun};
use crate::node_command::{BuildStep, NodeCommand};
use crate::project::Project;
use crate::repeat::repeat;
use crate::run_arguments::RunArguments;
use crate::run_outcome::{JudgedRun, Judgements, RunContext};
use crate::watchdog::LazyWatchdog;
use crate::{baselines, embedded, limits, preflight, summary, terminal};
use glomers_config::{CatalogueEntry, Fault, Parameters, Plan, UselessSetting, lay_targets};
use glomers_engine::check_plan;
use glomers_maelstrom::Installation;
use glomers_results::{BuildRecord, Run, Runs};
use glomers_simulator::SIMULATES_PROGRAMS;
use glomers_simulator::sweep::SEED_MARK;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::time::Instant;

/// Runs the given challenges, one after the other.
pub(crate) fn run(arguments: &RunArguments) -> Result<Exit> {
    let project = Project::find()?;
    refuse_useless_flags(arguments)?;
    if arguments.watch {
        watch::check(arguments)?;
    }
    if arguments.dry_run {
        refuse_beside_dry_run(arguments)?;
        return dry_run(&project, arguments);
    }
    let RunArguments { format, quiet, verbose, .. } = *arguments;
    let output = Output { format, quiet, verbose };
    if arguments.watch {
        return watch::watch(&project, arguments, output);
    }
    repeated::check(arguments)?;
    let jobs = jobs(&project, arguments)?;
    let (exit, done) = match arguments.repeat {
        Some(count) => {
            return repeated::run(jobs, count, output, arguments.save_baseline.as_deref());
        }
        None => run_and_show(&jobs, output, |_| false)?,
    };
    if let (Some(name), [job]) = (&arguments.save_baseline, jobs.as_slice()) {
        save_baseline(name, job, 1, exit, &done)?;
    }
    if let ([job], Exit::Invalid) = (jobs.as_slice(), exit)
        && !quiet
        && format == Format::Table
        && can_be_simulated(job)
    {
        let again = repeat(&job.plan, arguments, true);
        let again = again.replacen(SEED_MARK, &job.plan.seed.to_string(), 1);
        terminal::print_command_to_stderr(&format!("again in virtual time, from a seed: {again}"));
    }
    Ok(exit)
}

/// Keeps the runs of a job under a name, if all of them were completed and judged.
fn save_baseline(
    name: &str,
    job: &Job,
    planned: usize,
    exit: Exit,
    done: &[(usize, Judgements)],
) -> Result<()> {
    let runs = done.iter().map(|(_, judged)| match judged {
        Judgements::One(run) => run.run.clone(),
        Judgements::Both(both) => both.0.run.clone(),
    });
    let runs: Vec<Run> = runs.collect();
    if runs.len() < planned || !matches!(exit, Exit::Valid | Exit::Invalid) {
        let text = format!("not kept as {name}: not all runs were completed and judged");
        terminal::print_to_stderr(&text);
        return Ok(());
    }
    let kept = baselines::save(&Runs::several(job.store.clone(), runs), &job.store, name)?;
    terminal::print_to_stderr(&format!("kept: {}", terminal::shown_path(&kept)));
    Ok(())
}

/// Whether a run was in real time, and could be simulated.
fn can_be_simulated(job: &Job) -> bool {
    let is_possible = job.node.hosted.is_some() || SIMULATES_PROGRAMS;
    job.embedded == Some(Time::Real) && job.maelstrom.is_none() && is_possible
}

/// Runs the jobs one after the other; stops early if a run's exit makes the rest pointless.
pub(crate) fn run_jobs(
    jobs: &[Job],
    output: Output,
    is_enough: impl Fn(Exit) -> bool,
) -> Result<Exit> {
    run_and_show(jobs, output, is_enough).map(|(exit, _)| exit)
}

/// As [`run_jobs`], and returns the runs, with the indices of their jobs.
fn run_and_show(
    jobs: &[Job],
    output: Output,
    is_enough: impl Fn(Exit) -> bool,
) -> Result<(Exit, Vec<(usize, Judgements)>)> {
    let show = |judged: &Judgements, job: &Job| {
        summary::show(judged, &job.node, output.format, output.quiet)
    };
    let (exit, done) = complete(jobs, output, is_enough, show)?;
    let judged: Vec<&Judgements> = done.iter().map(|(_, judged)| judged).collect();
    if jobs.len() > 1 && output.format != Format::Json {
        terminal::print(&summary::of_several(&judged))?;
    }
    Ok((exit, done))
}

/// Runs the jobs one after the other, showing each. Returns the worst exit, and the runs with the indices
/// of their jobs.
fn complete(
    jobs: &[Job],
    output: Output,
    is_enough: impl Fn(Exit) -> bool,
    show: impl Fn(&Judgements, &Job) -> Result<()>,
) -> Result<(Exit, Vec<(usize, Judgements)>)> {
    let interrupt = Interrupt::listen()?;
    let watchdog = LazyWatchdog::default();
    let mut builds: Vec<(BuildStep, BuildRecord)> = Vec::new();
    let mut done: Vec<(usize, Judgements)> = Vec::new();
    let mut exit = Exit::Valid;
    for (index, job) in jobs.iter().enumerate() {
        match run_one(job, output, &mut builds, &interrupt, &watchdog) {
            Ok(Some(judged)) => {
                show(&judged, job)?;
                exit = exit.max(judged.exit());
                done.push((index, judged));
            }
            Ok(None) => {}
            // The runs before the error are still shown.
            Err(error) => {
                exit = exit.max(error.report());
                break;
            }
        }
        if interrupt.is_set() {
            exit = exit.max(Exit::Interrupted);
            break;
        }
        if is_enough(exit) {
            break;
        }
    }
    if output.format == Format::Json {
        summary::print_json(done.iter().map(|(_, judged)| judged), jobs.len() > 1)?;
    }
    Ok((exit, done))
}

/// Prints the command lines for Maelstrom. Needs no Maelstrom, and builds and starts nothing.
fn dry_run(project: &Project, arguments: &RunArguments) -> Result<Exit> {
    let installation = maelstrom::installation(project, arguments)?;
    let (mut lines, mut plans) = (Vec::new(), Vec::new());
    for entry in entries(project, arguments)? {
        let (plan, node) = plan(entry, arguments)?;
        let invocation = maelstrom::invocation(installation.as_ref(), &plan, &node, arguments)?;
        lines.push(invocation.shell_line());
        plans.push(plan);
    }
    refuse_useless_settings(&plans, &arguments.parameters())?;
    terminal::print(&lines.join("\n"))?;
    Ok(Exit::Valid)
}

/// Refuses flags that only Maelstrom uses if the embedded engine runs alone.
pub(super) fn refuse_useless_flags(arguments: &RunArguments) -> Result<()> {
    if arguments.dry_run || arguments.engine.has_maelstrom() {
        return Ok(());
    }
    let flags = [
        ("--maelstrom", arguments.maelstrom.is_some()),
        ("--jvm-opt", !arguments.jvm_opt.is_empty()),
        ("--timeout", arguments.timeout.is_some()),
        ("--verbose", arguments.verbose),
    ];
    match flags.iter().find(|(_, is_given)| *is_given) {
        Some((flag, _)) => {
            let text = format!("{flag} is for --engine maelstrom (or both): add that, or drop it");
            Err(BadArguments(text).into())
        }
        None => Ok(()),
    }
}

/// Refuses flags that have no effect on the printed command line.
fn refuse_beside_dry_run(arguments: &RunArguments) -> Result<()> {
    let flags = [
        ("--sim", arguments.sim),
        ("--durable", arguments.durable),
        ("--timeout", arguments.timeout.is_some()),
        ("--store", arguments.store.is_some()),
        ("--targets", !arguments.targets.is_empty()),
        ("--format", arguments.format != Format::Table),
        ("--verbose", arguments.verbose),
        ("--repeat", arguments.repeat.is_some()),
        ("--save-baseline", arguments.save_baseline.is_some()),
    ];
    match flags.iter().find(|(_, is_given)| *is_given) {
        Some((flag, _)) => {
            let text = format!(
                "--dry-run only prints Maelstrom's command line, of which {flag} is no part: drop \
                 one of them"
            );
            Err(BadArguments(text).into())
        }
        None => Ok(()),
    }
}

/// The challenges that the arguments name.
fn entries<'a>(project: &'a Project, arguments: &RunArguments) -> Result<Vec<&'a CatalogueEntry>> {
    let mut entries = Vec::new();
    for name in &arguments.challenges {
        entries.extend(project.catalogue.find_all(name)?);
    }
    Ok(entries)
}

fn plan(entry: &CatalogueEntry, arguments: &RunArguments) -> Result<(Plan, NodeCommand)> {
    let given = arguments.parameters();
    let mut plan = Plan::resolve(&entry.challenge, given, draw_seed())?;
    // For a comparison, both engines must do the same with the same nodes.
    if arguments.engine.has_embedded() && arguments.engine.has_maelstrom() {
        plan.strict = true;
        plan.keep_going = true;
    }
    lay_targets(&mut plan.targets, arguments.targets());
    plan.check_targets()?;
    if !arguments.engine.has_embedded() {
        check_measured_by_maelstrom(&plan)?;
    }
    let node = NodeCommand::choose(arguments, entry.node.as_ref())?;
    Ok((plan, node))
}

/// Refuses targets for metrics that Maelstrom's files do not contain.
fn check_measured_by_maelstrom(plan: &Plan) -> Result<()> {
    let mut metrics = plan.targets.iter().map(|target| target.metric);
    match metrics.find(|metric| !metric.is_measured_by_maelstrom()) {
        Some(metric) => {
            let text = format!(
                "the target {metric} cannot be measured with --engine maelstrom: drop it, or use \
                 glomers' own engine"
            );
            Err(BadArguments(text).into())
        }
        None => Ok(()),
    }
}

/// Plans and checks every run before the first one begins.
fn jobs(project: &Project, arguments: &RunArguments) -> Result<Vec<Job>> {
    let engine = arguments.engine;
    let installation =
        if engine.has_maelstrom() { maelstrom::installation(project, arguments)? } else { None };
    let entries = entries(project, arguments)?;
    let mut jobs = Vec::new();
    for entry in entries {
        let job = || job(project, entry, arguments, installation.as_ref());
        match repeated::seeds(arguments) {
            None => jobs.push(job()?),
            Some(seeds) => {
                for seed in seeds {
                    let mut job = job()?;
                    job.plan.seed = seed;
                    jobs.push(job);
                }
            }
        }
    }
    refuse_useless_settings(jobs.iter().map(|job| &job.plan), &arguments.parameters())?;
    Ok(jobs)
}

/// Refuses settings that have no effect on any of the plans.
pub(super) fn refuse_useless_settings<'a>(
    plans: impl IntoIterator<Item = &'a Plan>,
    flags: &Parameters,
) -> Result<(), UselessSetting> {
    let mut useless: Option<Vec<UselessSetting>> = None;
    let mut has_final_reads = false;
    for plan in plans {
        has_final_reads |= plan.workload.has_final_reads();
        let here = plan.useless_flags(flags);
        match &mut useless {
            None => useless = Some(here),
            Some(useless) => {
                useless.retain(|one| here.iter().any(|other| other.setting == one.setting));
            }
        }
    }
    // Users often pass `--recovery` habitually.
    if flags.recovery.is_some() && !has_final_reads {
        terminal::print_to_stderr("note: --recovery has no effect: there are no final reads");
    }
    useless.iter().flatten().next().map_or(Ok(()), |useless| Err(*useless))
}

/// Plans and checks one run.
pub(super) fn job(
    project: &Project,
    entry: &CatalogueEntry,
    arguments: &RunArguments,
    installation: Option<&Installation>,
) -> Result<Job> {
    let (plan, node) = plan(entry, arguments)?;
    if node.is_built_in && !glomers_solutions::WORKLOADS.contains(&plan.workload.name()) {
        let text =
            format!("glomers' own node does not play {}: name a node with --bin", plan.workload);
        return Err(BadArguments(text).into());
    }
    check_plan(&plan)?;
    check_time(&plan, &node, arguments)?;
    let time = if arguments.sim { Time::Virtual } else { Time::Real };
    let embedded = arguments.engine.has_embedded().then_some(time);
    let maelstrom = arguments
        .engine
        .has_maelstrom()
        .then(|| MaelstromRun::new(installation, &plan, &node, arguments))
        .transpose()?;
    let store = match (&arguments.store, &entry.store) {
        (None, Some(store)) => store.clone(),
        (flag, _) => project.store(flag.as_deref()),
    };
    Ok(Job { plan, node, store, group: None, embedded, maelstrom })
}

/// Refuses what cannot be done in the chosen kind of time.
fn check_time(plan: &Plan, node: &NodeCommand, arguments: &RunArguments) -> Result<()> {
    let is_durable = node.hosted.as_ref().is_some_and(|hosted| hosted.node.is_durable);
    if is_durable && arguments.engine.has_maelstrom() {
        let text = "--durable is for --engine embedded: Maelstrom's nodes share one folder";
        return Err(BadArguments(text.to_owned()).into());
    }
    if arguments.sim {
        if node.hosted.is_some() && arguments.parameters().schedule.is_some() {
            let text = "--schedule is for programs (--bin): this node has no threads";
            return Err(BadArguments(text.to_owned()).into());
        }
        if arguments.engine.has_maelstrom() {
            let text = "--sim is for --engine embedded: Maelstrom knows no virtual time";
            return Err(BadArguments(text.to_owned()).into());
        }
        require_simulation(node)?;
    } else if arguments.parameters().schedule.is_some() {
        let text = "--schedule needs --sim: in real time the system orders threads";
        return Err(BadArguments(text.to_owned()).into());
    } else if plan.faults.contains(Fault::Skew) {
        let text = "--nemesis skew needs --sim: the clock of a process cannot be changed";
        return Err(BadArguments(text.to_owned()).into());
    }
    Ok(())
}

/// Fails if this node cannot be simulated on this system.
pub(super) fn require_simulation(node: &NodeCommand) -> Result<()> {
    if node.hosted.is_some() || SIMULATES_PROGRAMS {
        return Ok(());
    }
    let text = format!(
        "--sim runs any program on Linux with an x86-64 or arm64 processor, and here only nodes that \
         glomers brings along: use a Linux container for {}, leave out --sim, or run --node ours",
        node.program.display()
    );
    Err(BadArguments(text).into())
}

/// Draws a seed that is short enough to type. The source of randomness is the standard library's
/// hasher, which the system seeds.
pub(crate) fn draw_seed() -> u64 {
    RandomState::new().build_hasher().finish() & u64::from(u32::MAX)
}

/// Makes one run, or the same run with both engines; `None` if it was stopped before it began.
fn run_one(
    job: &Job,
    output: Output,
    builds: &mut Vec<(BuildStep, BuildRecord)>,
    interrupt: &Interrupt,
    watchdog: &LazyWatchdog,
) -> Result<Option<Judgements>> {
    let Job { plan, node, store, .. } = job;
    // A node that is part of this program needs neither descriptors nor a build.
    let is_hosted = job.embedded == Some(Time::Virtual) && node.hosted.is_some();
    if !is_hosted {
        limits::require_descriptors(plan.nodes.len())?;
    }
    if let Some(step) = node.build.as_ref().filter(|_| !is_hosted)
        && !builds.iter().any(|(built, _)| built == step)
    {
        let Some(time) = build(step, output.quiet, interrupt, watchdog.get()?)? else {
            return Ok(None);
        };
        let record = BuildRecord { command: step.command.clone(), seconds: time.as_secs_f64() };
        builds.push((step.clone(), record));
    }
    if !is_hosted {
        preflight::check(node)?;
        for note in preflight::notes(node) {
            terminal::print_to_stderr(&format!("note: {note}"));
        }
    }
    let mine = builds.iter().find(|(step, _)| Some(step) == node.build.as_ref());
    let build = mine.map(|(_, record)| record.clone());
    let group = job.group.as_deref();
    let context = || RunContext { plan, node, build: build.clone(), group, began: Instant::now() };
    let run_embedded = || match job.embedded {
        Some(Time::Virtual) => embedded::simulate(&context(), None, store, output.quiet, interrupt),
        _ => embedded::run(&context(), store, output.quiet, interrupt, watchdog.get()?),
    };
    let Some(reference) = &job.maelstrom else {
        return run_embedded().map(|judged| Some(Judgements::One(Box::new(judged))));
    };
    let mut embedded: Option<JudgedRun> = job.embedded.map(|_| run_embedded()).transpose()?;
    // Stopped between the two engines.
    if let Some(judged) = embedded.take_if(|_| interrupt.is_set()) {
        return Ok(Some(Judgements::One(Box::new(judged))));
    }
    let reference = reference.run(&context(), store, output, interrupt, watchdog.get()?)?;
    Ok(Some(match embedded {
        Some(embedded) => Judgements::Both(Box::new((embedded, reference))),
        None => Judgements::One(Box::new(reference)),
    }))
}
