//! What came of one run, for a test to look at.

use super::recipe::Recipe;
use crate::Trial;
use glomers_config::{Metric, Plan};
use glomers_engine::{Failure, Scenario};
use glomers_history::{History, Validity, Value};
use glomers_results::{Metrics, Results, TargetOutcome};
use std::fmt;

/// A run that is over, and judged. Its `Display` says all that a person needs.
pub struct Outcome {
    trial: Trial,
    plan: Plan,
    journal: Vec<u8>,
    node: String,
    recipe: String,
}

impl Outcome {
    pub(super) fn new(mut trial: Trial, plan: Plan, recipe: &Recipe) -> Self {
        Self {
            journal: std::mem::take(trial.simulated.core.journal().lines()),
            trial,
            node: recipe.node_name().to_owned(),
            recipe: recipe.line(plan.seed),
            plan,
        }
    }

    /// The verdict of the challenge's checkers.
    #[must_use]
    pub fn verdict(&self) -> Validity {
        self.trial.assessment.valid
    }

    /// Whether it is valid. Targets do not count.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.verdict() == Validity::Valid
    }

    /// Whether it is invalid, rather than of a kind of which nobody can tell.
    #[must_use]
    pub fn is_invalid(&self) -> bool {
        self.trial.is_invalid()
    }

    /// The targets of the challenge, and what was reached.
    #[must_use]
    pub fn targets(&self) -> &[TargetOutcome] {
        &self.trial.assessment.targets
    }

    /// Why it is not valid, or misses a target: a block of lines for each reason.
    #[must_use]
    pub fn reasons(&self) -> &[String] {
        &self.trial.assessment.reasons
    }

    /// What seems wrong without making it invalid.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.trial.assessment.warnings
    }

    /// Why it ended before its time, if it did: a node panicked, say.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        self.trial.simulated.core.failure()
    }

    /// All that was measured.
    #[must_use]
    pub fn metrics(&self) -> &Metrics {
        &self.trial.assessment.metrics
    }

    /// One of them; none when there was nothing to measure.
    #[must_use]
    pub fn metric(&self, metric: Metric) -> Option<f64> {
        self.metrics().get(metric)
    }

    /// What every checker found.
    #[must_use]
    pub fn results(&self) -> &Results {
        &self.trial.assessment.results
    }

    /// The same, as the map of a `results.edn`.
    #[must_use]
    pub fn results_value(&self) -> &Value {
        &self.trial.assessment.results_value
    }

    /// What clients did, and how it ended; and what the nemesis did.
    #[must_use]
    pub fn history(&self) -> &History {
        self.trial.simulated.core.history()
    }

    /// Every message that was sent or received: a line of JSON each. Empty where a setting says so.
    #[must_use]
    pub fn journal(&self) -> &[u8] {
        &self.journal
    }

    /// What each node logged, in the order of the plan's nodes.
    #[must_use]
    pub fn node_logs(&self) -> &[String] {
        &self.trial.simulated.stderr
    }

    /// What clients and the nemesis did, to be done again: see
    /// [`Simulation::scenario`](super::Simulation::scenario).
    #[must_use]
    pub fn scenario(&self) -> Scenario {
        self.trial.simulated.core.scenario()
    }

    /// Every setting of the run.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Its seed.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.plan.seed
    }

    /// The line of Rust that makes the same [`Trials`](super::Trials) again, for this seed alone.
    #[must_use]
    pub fn recipe(&self) -> &str {
        &self.recipe
    }
}

impl fmt::Display for Outcome {
    /// The verdict, the reasons, the warnings.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match self.verdict() {
            Validity::Valid if self.targets().iter().all(TargetOutcome::is_met) => "valid",
            Validity::Valid => "valid, but a target was missed",
            Validity::Invalid => "invalid",
            Validity::Unknown => "unknown",
        };
        let Plan { challenge, faults, seed, .. } = &self.plan;
        write!(out, "{challenge}: {verdict} ({}, seed {seed}, faults {faults})", self.node)?;
        for reason in self.reasons() {
            write!(out, "\nwhy: {reason}")?;
        }
        for warning in self.warnings() {
            write!(out, "\nwarning: {warning}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Outcome {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}
