//! Why a simulation cannot be run or judged. (Mistakes of nodes are not errors.)

use glomers_config::{PlanError, UselessSetting};
use glomers_engine::EngineError;
use glomers_results::ResultsError;

/// Why there is no outcome of a simulation.
#[derive(Debug, thiserror::Error)]
pub enum SimulationError {
    /// A setting is out of its range.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// A setting would change nothing.
    #[error("the setting {} has no effect {}: drop it, or add what it is about",
        .0.setting.flag(), .0.reason)]
    Useless(UselessSetting),
    /// The engine could not run it.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The results of the built-in checkers could not be read.
    #[error("failed to read the results of the run")]
    Results(#[from] ResultsError),
}
