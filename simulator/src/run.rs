//! One run in virtual time: nodes run in this process, and time jumps from event to event.

use crate::host::InProcessHost;
use glomers_config::Plan;
use glomers_engine::{
    Core, EngineError, Event, LastLines, Observer, Recorder, Scenario, Time, run_virtual,
};
use glomers_node::Program;

/// The nodes of a run: all are of one kind.
#[derive(Debug, Clone, Copy)]
pub struct NodeSpec {
    /// The program of the nodes.
    pub program: Program,
    /// Whether each has a disk, which survives a kill.
    pub is_durable: bool,
}

/// A run that is over.
pub struct Simulated {
    /// The engine's last state: history, journal, failure.
    pub core: Core,
    /// The last lines of each node's output.
    pub last_lines: Vec<LastLines>,
    /// Everything that each node logged.
    pub stderr: Vec<String>,
}

/// The environment of a run, besides its plan and its nodes.
pub struct RunOptions<'a> {
    /// The actions of clients and the nemesis; `None` to draw them from the seed.
    pub scenario: Option<&'a Scenario>,
    /// The files to write; without them, the journal (if the plan enables it) stays in the core.
    pub recorder: Option<Recorder>,
    /// Observes the run.
    pub observer: &'a mut dyn Observer,
    /// Whether the run is to stop.
    pub is_interrupted: &'a dyn Fn() -> bool,
}

/// An observer that ignores everything.
#[derive(Debug, Clone, Copy)]
pub struct NoopObserver;

impl Observer for NoopObserver {
    fn event(&mut self, _time: Time, _event: &Event) {}
}

/// Runs a plan. The same plan, nodes and scenario produce the same bytes.
pub fn simulate(
    plan: &Plan,
    spec: NodeSpec,
    options: RunOptions<'_>,
) -> Result<Simulated, EngineError> {
    let RunOptions { scenario, recorder, observer, is_interrupted } = options;
    let core = match scenario {
        None => Core::new(plan.clone())?,
        Some(scenario) => Core::with_scenario(plan.clone(), scenario.clone())?,
    };
    let mut hosts: Vec<InProcessHost> = plan
        .nodes
        .iter()
        .map(|name| InProcessHost::new(name, spec.program, plan.seed, spec.is_durable))
        .collect();
    let core = run_virtual(core, &mut hosts, recorder, observer, is_interrupted)?;
    Ok(Simulated {
        core,
        last_lines: hosts.iter().map(InProcessHost::last_lines).collect(),
        stderr: hosts.iter().map(|host| host.stderr().to_owned()).collect(),
    })
}

/// Runs a plan without an observer, and writes nothing.
pub fn simulate_quietly(
    plan: &Plan,
    spec: NodeSpec,
    scenario: Option<&Scenario>,
) -> Result<Simulated, EngineError> {
    let options = RunOptions {
        scenario,
        recorder: None,
        observer: &mut NoopObserver,
        is_interrupted: &|| false,
    };
    simulate(plan, spec, options)
}
