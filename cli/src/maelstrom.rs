//! Runs with the real Maelstrom: its process, its log, its folder, and its verdict.

mod conclude;
mod execute;
mod observer;

use crate::failure::{BadArguments, Context as _, Result};
use crate::interrupt::Interrupt;
use crate::job::Output;
use crate::node_command::NodeCommand;
use crate::project::Project;
use crate::run_arguments::RunArguments;
use crate::run_outcome::{JudgedRun, RunContext};
use crate::start_time::StartTime;
use glomers_config::{Faults, Plan};
use glomers_engine::Watchdog;
use glomers_maelstrom::{
    Installation, Invocation, Java, SearchPaths, find, known_faults, newest_faults, oldest_faults,
};
use glomers_results::{JavaRecord, MaelstromRecord};
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long Maelstrom may take for everything but the load and the recovery: its analysis can take
/// minutes.
const START_AND_ANALYSIS: Duration = Duration::from_mins(5);
/// Maelstrom's fixed recovery time.
const RECOVERY: Duration = Duration::from_secs(10);

/// A planned run of Maelstrom.
pub(crate) struct MaelstromRun {
    invocation: Invocation,
    /// The absolute path of the program that is started.
    path: PathBuf,
    /// Version of Maelstrom, if known.
    version: Option<String>,
    timeout: Duration,
}

/// Finds Maelstrom by arguments, environment and `glomers.toml`.
pub(crate) fn installation(
    project: &Project,
    arguments: &RunArguments,
) -> Result<Option<Installation>> {
    let positions = SearchPaths {
        flag: arguments.maelstrom.clone(),
        file: project.maelstrom().map(Path::to_owned),
        ..SearchPaths::of_environment()
    };
    Ok(find(&positions)?)
}

/// The command line of a run; `maelstrom test ...` if Maelstrom is not installed.
pub(crate) fn invocation(
    installation: Option<&Installation>,
    plan: &Plan,
    node: &NodeCommand,
    arguments: &RunArguments,
) -> Result<Invocation> {
    let options = &arguments.jvm_opt;
    let known = faults(installation, plan)?;
    Ok(Invocation::new(installation, &known, options, plan, &node.program, &node.args)?)
}

/// The faults that Maelstrom supports. It is queried only if necessary: its help takes seconds.
/// Without an installation, the faults of the newest version.
fn faults(installation: Option<&Installation>, plan: &Plan) -> Result<Faults> {
    let (oldest, newest) = (oldest_faults(), newest_faults());
    let Some(installation) = installation else { return Ok(newest) };
    let is_new = |fault| newest.contains(fault) && !oldest.contains(fault);
    if !plan.faults.iter().any(is_new) {
        return Ok(oldest);
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("failed to start the runtime")?;
    let path = std::env::var_os("PATH");
    let known = runtime.block_on(known_faults(installation, path.as_deref()));
    known.with_context(|| {
        format!(
            "whether {} knows --nemesis {} could not be found out: it was asked for its help",
            installation.launcher.path().display(),
            plan.faults
        )
    })
}

impl MaelstromRun {
    /// Prepares a run of the plan; refuses plans that Maelstrom cannot run.
    pub(crate) fn new(
        installation: Option<&Installation>,
        plan: &Plan,
        node: &NodeCommand,
        arguments: &RunArguments,
    ) -> Result<Self> {
        let Some(installation) = installation else {
            return Err(BadArguments(
                "Maelstrom is not installed: run `glomers install maelstrom`, or say where it is \
                 with --maelstrom, MAELSTROM_HOME, or `maelstrom` in glomers.toml"
                    .to_owned(),
            )
            .into());
        };
        let timeout = match arguments.timeout {
            Some(seconds) => Duration::try_from_secs_f64(seconds).map_err(|_| {
                BadArguments("invalid value for --timeout: expected fewer seconds".to_owned())
            })?,
            None => plan.time_limit + RECOVERY + START_AND_ANALYSIS,
        };
        let invocation = invocation(Some(installation), plan, node, arguments)?;
        let path = installation.launcher.path().to_owned();
        Ok(Self { invocation, path, version: installation.version.clone(), timeout })
    }

    /// Runs Maelstrom, and adopts its verdict.
    pub(crate) fn run(
        &self,
        context: &RunContext<'_>,
        store: &Path,
        output: Output,
        interrupt: &Interrupt,
        watchdog: &RefCell<Watchdog>,
    ) -> Result<JudgedRun> {
        let start = StartTime::now();
        let execution = execute::execute(self, context.plan, store, output, interrupt, watchdog)?;
        let maelstrom = self.record(execution.java.as_ref());
        conclude::conclude(execution, maelstrom, start, context)
    }

    /// What `run.json` records of Maelstrom.
    fn record(&self, java: Option<&Java>) -> MaelstromRecord {
        MaelstromRecord {
            path: self.path.display().to_string(),
            version: self.version.clone(),
            command: self.invocation.shell_line(),
            java: java.map(|java| JavaRecord {
                path: java.program.display().to_string(),
                version: java.version.as_ref().map(|version| version.text.clone()),
            }),
        }
    }
}

/// The plan as Maelstrom runs it, which takes no seed and has a fixed recovery time.
fn as_run(plan: &Plan) -> glomers_results::JsonObject {
    let plan = Plan { recovery: RECOVERY, ..plan.clone() };
    let mut object = glomers_results::plan_json(&plan);
    object.insert("seed".to_owned(), serde_json::Value::Null);
    object
}
