//! The outcome of one run, for inspection by a test.

use super::recipe::Recipe;
use crate::Trial;
use glomers_config::{Metric, Plan};
use glomers_engine::{Failure, Scenario};
use glomers_history::{History, Validity, Value};
use glomers_results::{Metrics, Results, TargetOutcome};
use std::fmt;

/// A run that is over, and judged. Its `Display` is a complete report.
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

    /// Whether it is invalid, rather than unknown.
    #[must_use]
    pub fn is_invalid(&self) -> bool {
        self.trial.is_invalid()
    }

    /// The targets of the challenge, and the values reached.
    #[must_use]
    pub fn targets(&self) -> &[TargetOutcome] {
        &self.trial.assessment.targets
    }

    /// Why it is not valid, or misses a target: a block of lines for each reason.
    #[must_use]
    pub fn reasons(&self) -> &[String] {
        &self.trial.assessment.reasons
    }

    /// Warnings: findings that do not make it invalid.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.trial.assessment.warnings
    }

    /// Why it ended early, if it did: because a node panicked, for example.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        self.trial.simulated.core.failure()
    }

    /// All measured metrics.
    #[must_use]
    pub fn metrics(&self) -> &Metrics {
        &self.trial.assessment.metrics
    }

    /// One metric; `None` if there was nothing to measure.
    #[must_use]
    pub fn metric(&self, metric: Metric) -> Option<f64> {
        self.metrics().get(metric)
    }

    /// The results of all checkers.
    #[must_use]
    pub fn results(&self) -> &Results {
        &self.trial.assessment.results
    }

    /// The results, as the map of a `results.edn`.
    #[must_use]
    pub fn results_value(&self) -> &Value {
        &self.trial.assessment.results_value
    }

    /// The operations of clients and their completions, and the actions of the nemesis.
    #[must_use]
    pub fn history(&self) -> &History {
        self.trial.simulated.core.history()
    }

    /// Every message that was sent or received: a line of JSON each. Empty if a setting disables
    /// it.
    #[must_use]
    pub fn journal(&self) -> &[u8] {
        &self.journal
    }

    /// The logs of each node, in the order of the plan's nodes.
    #[must_use]
    pub fn node_logs(&self) -> &[String] {
        &self.trial.simulated.stderr
    }

    /// The actions of clients and the nemesis, for repetition: see
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
