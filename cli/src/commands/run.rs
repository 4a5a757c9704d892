//! `glomers run`: builds the node, runs challenges against it, judges, and shows the results.

use crate::args::{Format, RunArguments};
use crate::build::build;
use crate::execute::{execute, start_watchdog};
use crate::exit::{self, BadArguments, Exit};
use crate::interrupt::Interrupt;
use crate::node_command::{BuildStep, NodeCommand};
use crate::preflight;
use crate::project::Project;
use crate::store::RunDirectory;
use crate::summary;
use crate::verdict::{Circumstances, JudgedRun, conclude};
use anyhow::Result;
use glomers_config::{CatalogueEntry, Plan, Workload};
use glomers_engine::Watchdog;
use glomers_results::BuildRecord;
use std::cell::RefCell;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Instant;

/// A run that is to be made.
struct Job {
    plan: Plan,
    node: NodeCommand,
    store: PathBuf,
}

/// Runs what was asked for, one challenge after the other.
pub(crate) fn run(arguments: &RunArguments) -> Result<Exit> {
    let project = Project::find()?;
    let jobs = jobs(&project, arguments)?;
    let interrupt = Interrupt::listen()?;
    let watchdog = start_watchdog()?;
    let mut builds: Vec<(BuildStep, BuildRecord)> = Vec::new();
    let mut runs: Vec<JudgedRun> = Vec::new();
    let mut exit = Exit::Valid;
    for job in &jobs {
        match run_one(job, arguments, &mut builds, &interrupt, &watchdog) {
            Ok(Some(judged)) => {
                summary::show(&judged, &job.node, arguments.format, arguments.quiet)?;
                exit = exit.max(judged.exit);
                runs.push(judged);
            }
            Ok(None) => {}
            // What was run before is still shown.
            Err(error) => {
                exit = exit.max(exit::failed(&error));
                break;
            }
        }
        if interrupt.is_set() {
            exit = exit.max(Exit::Interrupted);
            break;
        }
    }
    if arguments.format == Format::Json {
        summary::print_json(&runs, jobs.len() > 1)?;
    }
    Ok(exit)
}

/// Decides and checks every run before the first one begins.
fn jobs(project: &Project, arguments: &RunArguments) -> Result<Vec<Job>> {
    let mut jobs = Vec::new();
    for name in &arguments.challenges {
        if name == "all" {
            let is_built = |entry: &&CatalogueEntry| {
                entry.challenge.parameters.workload.is_some_and(Workload::is_built)
            };
            for entry in project.catalogue.entries().iter().filter(is_built) {
                jobs.push(job(project, entry, arguments)?);
            }
        } else {
            jobs.push(job(project, project.catalogue.find(name)?, arguments)?);
        }
    }
    Ok(jobs)
}

fn job(project: &Project, entry: &CatalogueEntry, arguments: &RunArguments) -> Result<Job> {
    let plan = Plan::resolve(&entry.challenge, arguments.parameters(), draw_seed())?;
    if !plan.workload.is_built() {
        return Err(BadArguments(format!(
            "{} cannot be run yet: its workload {} is not built; `glomers list` shows what is",
            plan.challenge, plan.workload
        ))
        .into());
    }
    let store = match (&arguments.store, &entry.store) {
        (None, Some(store)) => store.clone(),
        (flag, _) => project.store(flag.as_deref()),
    };
    let node = NodeCommand::choose(arguments, entry.node.as_ref())?;
    Ok(Job { plan, node, store })
}

/// A seed that is short enough to be typed. The hasher of the standard library is seeded by the
/// system.
fn draw_seed() -> u64 {
    RandomState::new().build_hasher().finish() & u64::from(u32::MAX)
}

/// One run; none when it was stopped before it began.
fn run_one(
    job: &Job,
    arguments: &RunArguments,
    builds: &mut Vec<(BuildStep, BuildRecord)>,
    interrupt: &Interrupt,
    watchdog: &Rc<RefCell<Watchdog>>,
) -> Result<Option<JudgedRun>> {
    let Job { plan, node, store } = job;
    if let Some(step) = &node.build
        && !builds.iter().any(|(built, _)| built == step)
    {
        let Some(time) = build(step, arguments.quiet, interrupt, watchdog)? else {
            return Ok(None);
        };
        let record = BuildRecord { command: step.command.clone(), seconds: time.as_secs_f64() };
        builds.push((step.clone(), record));
    }
    preflight::check(node)?;
    let began = Instant::now();
    let directory = RunDirectory::create(store, plan.workload.name())?;
    let execution = execute(plan, node, &directory, arguments.quiet, interrupt, watchdog)?;
    let mine = builds.iter().find(|(step, _)| Some(step) == node.build.as_ref());
    let build = mine.map(|(_, record)| record.clone());
    conclude(execution, &directory, Circumstances { plan, node, build, began }).map(Some)
}
