//! Compares runs of the same test: verdicts, targets and metrics, and whether what differs is more than
//! runs of the same node differ.

mod change;
mod mismatch;
mod noise;
mod rules;
mod runs;
mod shown;

pub use change::{Chance, Change, JudgedChange, MetricChange};
pub use mismatch::CompareError;
pub use rules::Rules;
pub use runs::Runs;
pub use shown::verdict_word;
pub(crate) use shown::{signed, signed_percent};

use crate::targets::{TargetState, judge_targets};
use glomers_config::Target;
use glomers_history::Validity;
use runs::rank;
use std::cmp::Ordering;

/// A baseline and a candidate.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The runs to compare with.
    pub baseline: Runs,
    /// The runs that are compared.
    pub candidate: Runs,
    /// The targets of the candidate.
    pub targets: Vec<TargetChange>,
    /// The metrics that at least one side has, in the order of tables.
    pub metrics: Vec<JudgedChange>,
    /// How the tests differ, if they were compared although they do.
    pub mismatch: Option<String>,
}

/// A target, and its outcomes on both sides.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TargetChange {
    /// The target.
    pub target: Target,
    /// Its outcome in the baseline: missed if one run missed it.
    pub before: TargetState,
    /// Its outcome in the candidate.
    pub now: TargetState,
}

impl TargetChange {
    /// Whether the outcome is worse than before.
    #[must_use]
    pub fn change(&self) -> Change {
        let rank = |state| match state {
            TargetState::Missed => 0,
            TargetState::Unknown => 1,
            TargetState::Met => 2,
        };
        order(rank(self.now).cmp(&rank(self.before)))
    }

    fn all(baseline: &Runs, candidate: &Runs) -> Vec<Self> {
        let targets = candidate.runs().iter().find_map(|run| run.record.as_ref());
        let targets = targets.map_or(&[][..], |record| &record.targets);
        let of = |target: Target| Self {
            target,
            before: outcome(target, baseline),
            now: outcome(target, candidate),
        };
        targets.iter().map(|outcome| of(outcome.target)).collect()
    }
}

/// The outcome of a target in all runs of a side together.
fn outcome(target: Target, side: &Runs) -> TargetState {
    let outcomes = side.runs().iter().flat_map(|run| {
        let recorded = run.targets().iter().find(|outcome| outcome.target == target).copied();
        recorded.map_or_else(|| judge_targets(&[target], &run.metrics), |outcome| vec![outcome])
    });
    TargetState::of_all(&outcomes.collect::<Vec<_>>())
}

/// A higher rank is better.
fn order(order: Ordering) -> Change {
    match order {
        Ordering::Less => Change::Worse,
        Ordering::Equal => Change::Same,
        Ordering::Greater => Change::Better,
    }
}

impl Comparison {
    /// Compares two sides.
    ///
    /// # Errors
    /// If they are runs of different tests, unless that `is_forced`; if there is nothing to compare.
    pub fn new(
        baseline: Runs,
        candidate: Runs,
        rules: &Rules,
        is_forced: bool,
    ) -> Result<Self, CompareError> {
        let mismatch = mismatch::difference(&baseline, &candidate);
        if let Some(difference) = mismatch.clone().filter(|_| !is_forced) {
            return Err(CompareError::Different(difference));
        }
        if let Some(empty) = [&baseline, &candidate].into_iter().find(|side| side.is_empty()) {
            return Err(CompareError::NoMetrics(empty.path.clone()));
        }
        Ok(Self {
            targets: TargetChange::all(&baseline, &candidate),
            metrics: JudgedChange::all(&baseline, &candidate, rules),
            mismatch,
            baseline,
            candidate,
        })
    }

    /// How the verdict changed: valid is better than unknown, and unknown is better than invalid.
    #[must_use]
    pub fn verdict(&self) -> Change {
        order(rank(self.candidate.valid()).cmp(&rank(self.baseline.valid())))
    }

    /// Whether the verdict, a target, or a metric that decides is worse. If the verdict is better, no metric
    /// decides: what a wrong node costs is no measure.
    #[must_use]
    pub fn is_worse(&self) -> bool {
        self.verdict() == Change::Worse
            || self.targets.iter().any(|target| target.change() == Change::Worse)
            || self.worse_metrics().next().is_some()
    }

    /// The metrics that make the candidate worse.
    fn worse_metrics(&self) -> impl Iterator<Item = &JudgedChange> {
        let decide = self.verdict() != Change::Better;
        self.metrics.iter().filter(move |metric| decide && metric.is_worse())
    }

    /// Whether too few runs were compared to judge by chance.
    fn has_few_runs(&self) -> bool {
        let runs = |side: &Runs| side.runs().len();
        runs(&self.baseline).min(runs(&self.candidate)) < change::SEVERAL
    }

    fn verdicts(&self) -> (Validity, Validity) {
        (self.baseline.valid(), self.candidate.valid())
    }
}
