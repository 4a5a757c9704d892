#![doc = include_str!("../README.md")]
#![expect(clippy::test_attr_in_doctest, reason = "tests/readme runs the README's tests")]

mod error;
mod host;
mod run;
pub mod shrink;
mod simulation;
pub mod story;
pub mod sweep;
mod trial;

pub use error::SimulationError;
pub use run::{
    NodeSpec, NoopObserver, ProgramNode, RunOptions, SdkNode, Simulated, simulate, simulate_quietly,
};
pub use simulation::{Outcome, Simulation, Trials, WHY_NOT_REPEATABLE};
pub use trial::Trial;

/// Whether any program can be simulated on this system, and not only nodes of the SDK.
pub const SIMULATES_PROGRAMS: bool = glomers_virtual_process::IS_SUPPORTED;

/// Runs a small program in virtual time, to find out whether this machine can do that. Returns why
/// runs may not be exactly repeatable.
///
/// # Errors
/// If it cannot, why not.
pub fn check_virtual_time() -> Result<Vec<String>, String> {
    let checked = glomers_virtual_process::check().map_err(|error| error.to_string())?;
    Ok(checked.iter().map(ToString::to_string).collect())
}

// So that a test needs no other glomers crate than this and the SDK.
pub use glomers_config::{
    Challenge, Fault, Metric, Parameters, Plan, Setting, Target, UnknownChallenge, Workload,
};
pub use glomers_engine::{
    Exit, Failure, InjectedFault, Phase, PlannedFault, PlannedOperation, Scenario,
};
pub use glomers_history::{Function, History, Kind, Operation, Process, Validity, Value};
pub use glomers_judgement::Assessment;
pub use glomers_results::{Metrics, TargetOutcome};

/// The example in the engine's README uses this crate, which tests it.
#[cfg(doctest)]
#[doc = include_str!("../../engine/README.md")]
mod readme_of_the_engine {}
