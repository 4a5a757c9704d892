//! What keeps a simulation from being made or judged. (What a node did wrong is no error.)

use glomers_engine::EngineError;
use glomers_results::ResultsError;

/// Why there is no outcome.
#[derive(Debug, thiserror::Error)]
pub enum SimulationError {
    /// The engine could not run it.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The results of our own checkers could not be read.
    #[error("failed to read the results of the run")]
    Results(#[from] ResultsError),
}
