//! A run in memory, judged: the unit of sweeps and shrinking.

use crate::error::SimulationError;
use crate::run::{NodeSpec, Simulated, simulate_quietly};
use glomers_config::Plan;
use glomers_engine::Scenario;
use glomers_history::Validity;
use glomers_judgement::{Assessment, assess};

/// A run that was judged.
pub struct Trial {
    /// The run.
    pub simulated: Simulated,
    /// Its judgement.
    pub assessment: Assessment,
}

impl Trial {
    /// Runs a plan, with a scenario or as its seed draws it, and judges it. Nothing is written.
    pub fn run(
        plan: &Plan,
        spec: &NodeSpec,
        scenario: Option<&Scenario>,
    ) -> Result<Self, SimulationError> {
        let mut simulated = simulate_quietly(plan, spec, scenario)?;
        let assessment = assess(&mut simulated.core, &simulated.last_lines, None)?;
        Ok(Self { simulated, assessment })
    }

    /// Whether it is neither valid nor unknown. Missed targets are not a failure of this kind.
    #[must_use]
    pub fn is_invalid(&self) -> bool {
        self.assessment.valid == Validity::Invalid
    }
}
