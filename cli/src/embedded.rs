//! Runs with the embedded engine, in real time or simulated; then
//! judges them with glomers' checkers.

pub(crate) mod broken;
mod conclude;
mod observer;
mod process;
mod run_log;
mod simulated;

use crate::failure::Result;
use crate::interrupt::Interrupt;
use crate::run_outcome::{JudgedRun, RunContext};
use crate::store::RunDirectory;
use glomers_config::Plan;
use glomers_engine::{Core, LastLines, Scenario, Watchdog};
use glomers_results::{Clock, EngineLateness};
use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

/// A run that is over but not yet judged.
struct Execution {
    /// The engine's final state.
    core: Core,
    clock: Clock,
    /// The last lines of each node's output.
    last_lines: Vec<LastLines>,
    /// How late the engine was scheduled; only in real time.
    lateness: Option<EngineLateness>,
    /// Warnings about nodes that the engine's state does not contain.
    warnings: Vec<String>,
}

/// Runs one plan with processes in real time, and judges it.
pub(crate) fn run(
    context: &RunContext<'_>,
    store: &Path,
    quiet: bool,
    interrupt: &Interrupt,
    watchdog: &Rc<RefCell<Watchdog>>,
) -> Result<JudgedRun> {
    let RunContext { plan, node, group, .. } = context;
    let directory = RunDirectory::create(store, plan.workload.name(), plan.seed, *group)?;
    broken::guarded(&directory, context, Clock::Real, || {
        let execution = process::execute(plan, node, &directory, quiet, interrupt, watchdog)?;
        conclude::conclude(execution, &directory, context, None)
    })
}

/// Runs one plan in virtual time, with a scenario or without, and judges it.
pub(crate) fn simulate(
    context: &RunContext<'_>,
    scenario: Option<&Scenario>,
    store: &Path,
    quiet: bool,
    interrupt: &Interrupt,
) -> Result<JudgedRun> {
    let RunContext { plan, node, group, .. } = context;
    let directory = RunDirectory::create(store, plan.workload.name(), plan.seed, *group)?;
    broken::guarded(&directory, context, Clock::Virtual, || {
        let execution = simulated::execute(plan, node, scenario, &directory, quiet, interrupt)?;
        conclude::conclude(execution, &directory, context, scenario)
    })
}

/// Warnings about nodes that closed their stdout, or did not read their stdin.
fn pipe_warnings(
    plan: &Plan,
    closed_nodes: &[String],
    unread_bytes: impl Iterator<Item = usize>,
) -> Vec<String> {
    let closed = closed_nodes
        .iter()
        .map(|node| format!("{node} closed its stdout and lived on: it could not answer any more"));
    let unread = plan.nodes.iter().zip(unread_bytes).filter(|(_, bytes)| *bytes > 0);
    let unread = unread.map(|(node, bytes)| {
        format!(
            "{node} did not read all of its stdin: {bytes} bytes that it was sent were still unread at the \
             end"
        )
    });
    closed.chain(unread).collect()
}
