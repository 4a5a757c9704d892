//! Runs one plan in virtual time, with files in a run directory.

use super::observer::RunObserver;
use super::{Execution, pipe_warnings};
use crate::failure::{Context as _, Result};
use crate::interrupt::Interrupt;
use crate::node_command::NodeCommand;
use crate::store::RunDirectory;
use glomers_config::Plan;
use glomers_engine::{Recorder, Scenario};
use glomers_results::Clock;
use glomers_simulator::{RunOptions, Simulated, simulate};
use std::fs;
use std::time::Duration;

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
    let text =
        format!("{} with {}, simulated from seed {}", plan.challenge, node.display(), plan.seed);
    observer.log.line(0.0, &text);
    let options = RunOptions {
        scenario,
        recorder: Some(recorder),
        observer: &mut observer,
        is_interrupted: &|| interrupt.is_set(),
    };
    let ran = simulate(plan, &node.spec(), options);
    observer.progress.finish();
    if let Ok(Simulated { core, stops, .. }) = &ran
        && node.hosted.is_none()
    {
        let end = core.history().operations().last().map_or(0, |operation| operation.time);
        let end = Duration::from_nanos(u64::try_from(end).unwrap_or(0));
        let text = format!("the threads of the nodes were stopped {stops} times");
        observer.log.line(end.as_secs_f64(), &text);
    }
    let closed_nodes = observer.closed_nodes;
    let logged = observer.log.finish();
    let Simulated { core, last_lines, stderr, unread_bytes, warnings: node_warnings, .. } = ran?;
    logged?;
    for (name, text) in plan.nodes.iter().zip(&stderr) {
        let path = directory.node_logs().join(format!("{name}.log"));
        fs::write(&path, text).with_context(|| format!("failed to write {}", path.display()))?;
    }
    let mut warnings = pipe_warnings(plan, &closed_nodes, unread_bytes.into_iter());
    warnings.extend(node_warnings);
    Ok(Execution { core, clock: Clock::Virtual, last_lines, lateness: None, warnings })
}
