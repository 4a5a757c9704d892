//! The signature by which a failure is recognized.

use crate::run::Simulated;
use glomers_checkers::{Criteria, duplicates, judge};
use glomers_engine::{Core, Failure};
use glomers_history::{Judgement, Validity, Value, Verdict};
use smol_str::SmolStr;
use std::collections::BTreeSet;
use std::mem::{Discriminant, discriminant};

/// The kind of failure of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FailureSignature {
    /// It ended early, with this kind of failure.
    Ended(Discriminant<Failure>),
    /// This part of the results is invalid, and no more significant one; with the anomalies that it
    /// names.
    Invalid(&'static str, BTreeSet<SmolStr>),
    /// Reads showed values more than once, and that was not allowed.
    Duplicates,
}

/// Parts of the results, the most significant first. With few operations, the others are easily
/// invalid, too.
const TELLING: [&str; 4] = ["workload", "availability", "exceptions", "stats"];
/// Keys under which a checker names the anomalies that it found.
const ANOMALIES: [&str; 2] = ["anomaly-types", "bad-error-types"];
/// Anomalies of runs that are cut short, or have few operations.
const WEAK: [&str; 2] = ["empty-transaction-graph", "unseen"];

impl FailureSignature {
    /// The signature of a run; `None` if it is not invalid. Cheaper than an assessment.
    pub(super) fn of(simulated: &mut Simulated) -> Option<Self> {
        let core = &mut simulated.core;
        if let Some(failure) = core.failure() {
            return (*failure != Failure::Interrupted).then(|| Self::Ended(discriminant(failure)));
        }
        let traffic = core.journal().traffic();
        let judgement = judge(&Criteria::of(core.plan()), core.history(), Some(traffic));
        Self::most_specific(&judgement, core)
    }

    fn most_specific(judgement: &Judgement, core: &Core) -> Option<Self> {
        let invalid = |part: &'static str| {
            let is_it = |(name, verdict): &&(&str, Verdict)| {
                *name == part && verdict.valid == Validity::Invalid
            };
            let (_, verdict) = judgement.verdicts.iter().find(is_it)?;
            Some(Self::Invalid(part, anomalies(&verdict.map)))
        };
        let [workload, rest @ ..] = TELLING;
        let has_duplicates =
            || core.plan().fail_on_duplicates && !duplicates(core.history()).is_empty();
        invalid(workload)
            .or_else(|| has_duplicates().then_some(Self::Duplicates))
            .or_else(|| rest.into_iter().find_map(invalid))
    }

    /// Whether the other may have the same cause.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Invalid(part, anomalies), Self::Invalid(other_part, others)) => {
                let telling = |anomaly: &&SmolStr| !WEAK.contains(&anomaly.as_str());
                part == other_part
                    && (anomalies == others
                        || anomalies.intersection(others).any(|shared| telling(&shared))
                        || !anomalies.iter().any(|anomaly| telling(&anomaly))
                            && anomalies.intersection(others).next().is_some())
            }
            _ => self == other,
        }
    }
}

/// The anomalies that a verdict names.
fn anomalies(map: &Value) -> BTreeSet<SmolStr> {
    let lists = ANOMALIES.iter().filter_map(|key| map.get(key)?.elements());
    let name = |value: &Value| match value {
        Value::Keyword(name) => Some(name.clone()),
        _ => None,
    };
    lists.flatten().filter_map(name).collect()
}
