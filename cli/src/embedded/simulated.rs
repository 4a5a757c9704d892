//! Runs one plan in virtual time, with files in a run directory.

use super::observer::RunObserver;
use super::{Execution, pipe_warnings};
use crate::begun::SIMULATED;
use crate::failure::{Context as _, Result};
use crate::interrupt::Interrupt;
use crate::node_command::NodeCommand;
use crate::store::RunDirectory;
use glomers_config::Plan;
use glomers_engine::{Recorder, Scenario};
use glomers_results::Clock;
use glomers_simulator::{RunOptions, Simulated, simulate};
use std::fs;

/// Runs the plan.
pub(super) fn execute(
    plan: &Plan,
    node: &NodeCommand,
    scenario: Option<&Scenario>,
    directory: &RunDirectory,
    quiet: bool,
    interrupt: &Interrupt,
) -> Result<Execution> {
    let folder = directory.path();
    let recorder = Recorder::create(&folder, plan.journal)?;
    let mut observer = RunObserver::new(plan, &folder, quiet)?;
    let text = format!("{} with {}{SIMULATED}{}", plan.challenge, node.display(), plan.seed);
    observer.log.note(&text);
    let options = RunOptions {
        scenario,
        recorder: Some(recorder),
        observer: &mut observer,
        is_interrupted: &|| interrupt.is_set(),
    };
    let ran = simulate(plan, &node.spec(), options);
    observer.progress.finish();
    if let Ok(Simulated { stops, .. }) = &ran
        && node.hosted.is_none()
    {
        observer.log.note(&format!("the threads of the nodes were stopped {stops} times"));
    }
    let closed_nodes = observer.closed_nodes;
    let logged = observer.log.finish();
    let Simulated { core, last_lines, stderr, log_times, unread_bytes, warnings: of_nodes, .. } =
        ran?;
    logged?;
    for ((name, text), times) in plan.nodes.iter().zip(&stderr).zip(&log_times) {
        let path = directory.node_logs().join(format!("{name}.log"));
        let mut timed = Vec::with_capacity(text.len());
        times
            .write(&mut text.as_bytes(), |time| core.in_test(time), &mut timed)
            .and_then(|()| fs::write(&path, timed))
            .with_context(|| format!("failed to write {}", path.display()))?;
    }
    let mut warnings = pipe_warnings(plan, &closed_nodes, unread_bytes.into_iter());
    warnings.extend(of_nodes);
    Ok(Execution { core, clock: Clock::Virtual, last_lines, lateness: None, warnings })
}
