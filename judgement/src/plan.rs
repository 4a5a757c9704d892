//! What a plan demands beyond a valid history.

use glomers_config::{Metric, Plan};
use glomers_history::Validity;
use glomers_results::{EngineLateness, Metrics, TargetOutcome, judge_targets};

/// Makes a run with duplicated elements fail if the plan says so.
const DUPLICATES: &str = "reads showed values more than once, and --fail-on-duplicates is set";

/// What became of the demands of a plan.
#[derive(Debug, Clone)]
pub struct Demands {
    /// The verdict: invalid instead of that of the history if duplicates are to fail the run.
    pub valid: Validity,
    /// The targets and their outcomes.
    pub targets: Vec<TargetOutcome>,
    /// Why the run fails because of duplicates, if it does.
    pub duplicates: Option<&'static str>,
}

/// Compares the metrics of a run with the demands of its plan. With `lateness`, targets on latencies are
/// doubtful if this machine was busy.
#[must_use]
pub fn demands(
    plan: &Plan,
    valid: Validity,
    metrics: &Metrics,
    lateness: Option<EngineLateness>,
) -> Demands {
    let mut targets = judge_targets(&plan.targets, metrics);
    if let Some(lateness) = lateness {
        lateness.doubt(&mut targets, plan);
    }
    let is_duplicated = metrics.get(Metric::DuplicatedCount).is_some_and(|count| count > 0.0);
    if plan.fail_on_duplicates && is_duplicated {
        return Demands { valid: Validity::Invalid, targets, duplicates: Some(DUPLICATES) };
    }
    Demands { valid, targets, duplicates: None }
}

impl Demands {
    /// The targets that were not met, in words.
    pub fn missed(&self) -> impl Iterator<Item = String> {
        self.targets.iter().filter_map(TargetOutcome::missed_text)
    }
}
