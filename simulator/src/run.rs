//! One run in virtual time, which jumps from event to event.

use crate::host::{InProcessHost, ProcessHost, RunFolders, SimulatedHost};
use glomers_config::Plan;
use glomers_engine::{
    Core, EngineError, Event, LastLines, LogTimes, Observer, Recorder, Scenario, Time, run_virtual,
};
use glomers_node::Program;
use glomers_virtual_process::OneProcessor;
use std::path::PathBuf;

/// The nodes of a run: all are of one kind.
#[derive(Debug, Clone)]
pub enum NodeSpec {
    /// Written with the SDK, and run by this process.
    Sdk(SdkNode),
    /// Any program, run in virtual time.
    Program(ProgramNode),
}

/// A node that is written with the SDK.
#[derive(Debug, Clone, Copy)]
pub struct SdkNode {
    /// The program of the nodes.
    pub program: Program,
    /// Whether each has a disk, which survives a kill.
    pub is_durable: bool,
}

/// A node that is a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgramNode {
    /// Path of the program.
    pub path: PathBuf,
    /// Its arguments.
    pub args: Vec<String>,
}

impl NodeSpec {
    /// Nodes that are written with the SDK, with a disk or without.
    #[must_use]
    pub fn sdk(program: Program, is_durable: bool) -> Self {
        Self::Sdk(SdkNode { program, is_durable })
    }
}

/// A run that is over.
pub struct Simulated {
    /// The engine's last state: history, journal, failure.
    pub core: Core,
    /// The last lines of each node's output.
    pub last_lines: Vec<LastLines>,
    /// Everything that each node logged.
    pub stderr: Vec<String>,
    /// When each node logged what.
    pub log_times: Vec<LogTimes>,
    /// How often threads of programs were stopped: what the simulation of programs costs.
    pub stops: u64,
    /// Number of bytes that each node was sent and did not read.
    pub unread_bytes: Vec<usize>,
    /// Why another run of the same seed may differ, and which limits nodes exceeded, in words.
    pub warnings: Vec<String>,
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
    spec: &NodeSpec,
    options: RunOptions<'_>,
) -> Result<Simulated, EngineError> {
    match spec {
        NodeSpec::Sdk(SdkNode { program, is_durable }) => {
            let host = |name: &String| InProcessHost::new(name, *program, plan.seed, *is_durable);
            run(plan, plan.nodes.iter().map(host).collect(), options)
        }
        NodeSpec::Program(node) => {
            let what = "make private folders for the nodes";
            let folders =
                RunFolders::take().map_err(|source| EngineError::System { what, source })?;
            let _on_one = OneProcessor::begin();
            let host = |(number, name): (u32, &String)| {
                let draws = (plan.seed, plan.schedule);
                ProcessHost::new(name, number, node, draws, folders.of(name))
            };
            run(plan, (0..).zip(&plan.nodes).map(host).collect(), options)
        }
    }
}

fn run<H: SimulatedHost>(
    plan: &Plan,
    mut hosts: Vec<H>,
    options: RunOptions<'_>,
) -> Result<Simulated, EngineError> {
    let RunOptions { scenario, recorder, observer, is_interrupted } = options;
    let core = match scenario {
        None => Core::new(plan.clone())?,
        Some(scenario) => Core::with_scenario(plan.clone(), scenario.clone())?,
    };
    let core = run_virtual(core, &mut hosts, recorder, observer, is_interrupted)?;
    Ok(Simulated {
        core,
        last_lines: hosts.iter().map(H::last_lines).collect(),
        stops: hosts.iter().map(H::stops).sum(),
        unread_bytes: hosts.iter().map(H::unread_bytes).collect(),
        warnings: hosts.iter().flat_map(H::warnings).collect(),
        log_times: hosts.iter().map(|host| host.log_times().clone()).collect(),
        stderr: hosts.iter_mut().map(H::take_stderr).collect(),
    })
}

/// Runs a plan without an observer, and writes nothing.
pub fn simulate_quietly(
    plan: &Plan,
    spec: &NodeSpec,
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
