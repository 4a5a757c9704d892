//! Runs nodes of the SDK in virtual time.

mod assess;
mod clock;
mod error;
mod failure;
mod host;
mod panics;
mod run;
mod trial;

pub use assess::{Assessment, DUPLICATES, assess, missed};
pub use error::SimulationError;
pub use failure::{first_stderr, harmless};
pub use run::{Cast, Nobody, Simulated, Surroundings, simulate, simulate_quietly};
pub use trial::Trial;
