//! One run in virtual time: nodes are hosted here, and time jumps.

use crate::host::InProcessHost;
use glomers_config::Plan;
use glomers_engine::{
    Core, EngineError, Event, LastLines, Observer, Recorder, Scenario, Time, run_virtual,
};
use glomers_node::Program;

/// The nodes of a run: all are of one kind.
#[derive(Debug, Clone, Copy)]
pub struct Cast {
    /// What they are.
    pub program: Program,
    /// Whether each has a disk, which survives its end.
    pub is_durable: bool,
}

/// A run that is over.
pub struct Simulated {
    /// The engine's last state: history, journal, failure.
    pub core: Core,
    /// The last lines of each node's output.
    pub last_lines: Vec<LastLines>,
    /// All that each node logged.
    pub stderr: Vec<String>,
}

/// What a run gets besides its plan and its nodes.
pub struct Surroundings<'a> {
    /// What clients and the nemesis do; drawn from the seed without it.
    pub scenario: Option<&'a Scenario>,
    /// The files to write; without them, the journal (if the plan wants one) stays in the core.
    pub recorder: Option<Recorder>,
    /// Who watches.
    pub observer: &'a mut dyn Observer,
    /// Whether somebody wants no more.
    pub is_interrupted: &'a dyn Fn() -> bool,
}

/// Watches nothing.
#[derive(Debug, Clone, Copy)]
pub struct Nobody;

impl Observer for Nobody {
    fn event(&mut self, _time: Time, _event: &Event) {}
}

/// Runs a plan. The same plan, nodes and scenario give the same bytes.
pub fn simulate(
    plan: &Plan,
    cast: Cast,
    surroundings: Surroundings<'_>,
) -> Result<Simulated, EngineError> {
    let Surroundings { scenario, recorder, observer, is_interrupted } = surroundings;
    let core = match scenario {
        None => Core::new(plan.clone())?,
        Some(scenario) => Core::with_scenario(plan.clone(), scenario.clone())?,
    };
    let mut hosts: Vec<InProcessHost> = plan
        .nodes
        .iter()
        .map(|name| InProcessHost::new(name, cast.program, plan.seed, cast.is_durable))
        .collect();
    let core = run_virtual(core, &mut hosts, recorder, observer, is_interrupted)?;
    Ok(Simulated {
        core,
        last_lines: hosts.iter().map(InProcessHost::last_lines).collect(),
        stderr: hosts.iter().map(|host| host.stderr().to_owned()).collect(),
    })
}

/// Runs a plan with nobody watching and nothing written.
pub fn simulate_quietly(
    plan: &Plan,
    cast: Cast,
    scenario: Option<&Scenario>,
) -> Result<Simulated, EngineError> {
    let surroundings =
        Surroundings { scenario, recorder: None, observer: &mut Nobody, is_interrupted: &|| false };
    simulate(plan, cast, surroundings)
}
