//! Runs with the real Maelstrom: its process, its log, its folder; and its own judgement.

mod conclude;
mod execute;
mod observer;

use crate::args::RunArguments;
use crate::commands::run::Output;
use crate::exit::BadArguments;
use crate::interrupt::Interrupt;
use crate::judged::{Circumstances, JudgedRun};
use crate::node_command::NodeCommand;
use crate::project::Project;
use anyhow::Result;
use glomers_config::Plan;
use glomers_engine::Watchdog;
use glomers_maelstrom::{Installation, Invocation, Places, find};
use std::cell::RefCell;
use std::path::Path;
use std::time::Duration;

/// How long the reference may take for everything but the load and the recovery: its analysis can
/// take minutes.
const START_AND_ANALYSIS: Duration = Duration::from_mins(5);
/// How long it lets nodes recover.
const RECOVERY: Duration = Duration::from_secs(10);

/// A run of Maelstrom that is to be made.
pub(crate) struct MaelstromRun {
    invocation: Invocation,
    /// Version of Maelstrom, where it is known.
    version: Option<String>,
    timeout: Duration,
}

/// The Maelstrom that arguments, environment and `glomers.toml` lead to, if any.
pub(crate) fn installation(
    project: &Project,
    arguments: &RunArguments,
) -> Result<Option<Installation>> {
    let places = Places {
        flag: arguments.maelstrom.clone(),
        file: project.maelstrom().map(Path::to_owned),
        ..Places::of_environment()
    };
    Ok(find(&places)?)
}

/// The command line of a run; `maelstrom test ...` where none is installed.
pub(crate) fn invocation(
    installation: Option<&Installation>,
    plan: &Plan,
    node: &NodeCommand,
    arguments: &RunArguments,
) -> Result<Invocation> {
    let options = &arguments.jvm_opt;
    Ok(Invocation::new(installation, options, plan, &node.program, &node.args)?)
}

impl MaelstromRun {
    /// Decides how a plan is run, and refuses what cannot be.
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
        Ok(Self { invocation, version: installation.version.clone(), timeout })
    }

    /// Runs it, and takes its verdict.
    pub(crate) fn run(
        &self,
        circumstances: &Circumstances<'_>,
        store: &Path,
        output: Output,
        interrupt: &Interrupt,
        watchdog: &RefCell<Watchdog>,
    ) -> Result<JudgedRun> {
        let start = jiff::Timestamp::now();
        let execution =
            execute::execute(self, circumstances.plan, store, output, interrupt, watchdog)?;
        conclude::conclude(execution, self.version.as_deref(), start, circumstances)
    }
}

/// A plan as the reference runs it: it takes no seed, and has its own recovery.
fn as_run(plan: &Plan) -> glomers_results::JsonObject {
    let plan = Plan { recovery: RECOVERY, ..plan.clone() };
    let mut object = glomers_results::plan_json(&plan);
    object.insert("seed".to_owned(), serde_json::Value::Null);
    object
}
