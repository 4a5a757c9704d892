//! One run of a sweep: the outcome of a seed.

use crate::error::SimulationError;
use crate::run::{NodeSpec, NoopObserver, RunOptions, simulate};
use glomers_config::Plan;
use glomers_engine::Core;
use glomers_history::Validity;
use glomers_judgement::{Assessment, assess};
use glomers_results::{Metrics, TargetOutcome, json_number};
use serde::{Deserialize, Serialize, Serializer};

/// The outcome of a seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SeedOutcome {
    /// Valid, and all targets met.
    Pass,
    /// Invalid, or a target missed.
    Fail,
    /// It could not be decided.
    Unknown,
}

impl SeedOutcome {
    /// The outcome of a verdict and targets.
    #[must_use]
    pub fn of(valid: Validity, targets: &[TargetOutcome]) -> Self {
        match valid {
            Validity::Unknown => Self::Unknown,
            Validity::Valid if targets.iter().all(TargetOutcome::is_met) => Self::Pass,
            Validity::Valid | Validity::Invalid => Self::Fail,
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Unknown => "unknown",
        }
    }
}

/// Number of runs by outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// Valid, and all targets met.
    pub pass: u64,
    /// Invalid, or a target missed.
    pub fail: u64,
    /// It could not be decided.
    pub unknown: u64,
}

impl Counts {
    /// Counts one more run.
    pub fn add(&mut self, outcome: SeedOutcome) {
        match outcome {
            SeedOutcome::Pass => self.pass += 1,
            SeedOutcome::Fail => self.fail += 1,
            SeedOutcome::Unknown => self.unknown += 1,
        }
    }

    /// The total number.
    #[must_use]
    pub fn all(&self) -> u64 {
        self.pass + self.fail + self.unknown
    }
}

/// A run, as a sweep records it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SeedRun {
    /// Its seed.
    pub seed: u64,
    /// Its outcome.
    pub outcome: SeedOutcome,
    /// The first line of the reason why it did not pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Its duration in seconds, in its kind of time.
    pub seconds: f64,
    /// All measured metrics.
    #[serde(serialize_with = "measured")]
    pub metrics: Metrics,
    /// Its run directory, if that was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store: Option<String>,
}

impl SeedRun {
    /// Simulates the plan, and judges it. Nothing is written; `None` if it was interrupted.
    pub fn simulate(
        plan: &Plan,
        spec: &NodeSpec,
        is_interrupted: &dyn Fn() -> bool,
    ) -> Result<Option<Self>, SimulationError> {
        let options = RunOptions {
            scenario: None,
            recorder: None,
            observer: &mut NoopObserver,
            is_interrupted,
        };
        let mut simulated = simulate(plan, spec, options)?;
        let assessment = assess(&mut simulated.core, &simulated.last_lines, None)?;
        if assessment.is_interrupted {
            return Ok(None);
        }
        let Assessment { valid, targets, reasons, metrics, .. } = assessment;
        Ok(Some(Self {
            seed: plan.seed,
            outcome: SeedOutcome::of(valid, &targets),
            reason: Self::first_line(&reasons),
            seconds: seconds(&simulated.core),
            metrics,
            store: None,
        }))
    }

    /// The first line of the first reason: the rest is in the run's directory.
    #[must_use]
    pub fn first_line(reasons: &[String]) -> Option<String> {
        reasons.first()?.lines().next().map(str::to_owned)
    }

    /// Whether two runs of one seed have the same outcome, regardless of the paths of their files.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        *self == Self { store: self.store.clone(), ..other.clone() }
    }
}

/// The time of the last event, in seconds.
fn seconds(core: &Core) -> f64 {
    const NANOSECONDS_PER_SECOND: f64 = 1e9;
    let last = core.history().operations().last();
    last.map_or(0.0, |operation| operation.time as f64 / NANOSECONDS_PER_SECOND)
}

/// Only measured metrics: a null for each of the others would be most of the file.
fn measured<S: Serializer>(metrics: &Metrics, serializer: S) -> Result<S::Ok, S::Error> {
    serializer
        .collect_map(metrics.iter().map(|(metric, value)| (metric.name(), json_number(value))))
}
