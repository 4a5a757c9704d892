//! All checkers of a run, each run once, in the reference's order.

use crate::explanation::{never_succeeded, unavailable};
use crate::result_map::{always_valid, result_map, valid_entry};
use crate::workloads::{WorkloadFindings, WorkloadResult};
use crate::{
    AvailabilityResult, Criteria, Explanation, Referee, Stats, Warning, availability, exceptions,
    independent, net, stats,
};
use glomers_history::{History, Judgement, Traffic, Validity, Verdict};

/// A history that was checked: the judgement, and what stands beside it.
#[derive(Debug)]
pub struct Checked<'h> {
    /// The whole of results.edn.
    pub judgement: Judgement,
    /// What explains the judgement, and what is doubtful.
    pub findings: Findings<'h>,
}

/// What the checkers found in a history. Texts are made from it only when they are asked for.
#[derive(Debug)]
pub struct Findings<'h> {
    general: General<'h>,
    workload: Box<dyn WorkloadFindings + 'h>,
}

/// Checks a history.
///
/// Without `traffic` (a history alone does not have it) there is no `net` entry.
#[must_use]
pub fn check<'h>(
    criteria: &'h Criteria,
    history: &'h History,
    traffic: Option<Traffic>,
) -> Checked<'h> {
    let general = General::of(criteria, history, traffic);
    let WorkloadResult { verdict, findings } = independent::check(history, criteria);
    let judgement = general.judgement(verdict);
    Checked { judgement, findings: Findings { general, workload: findings } }
}

/// The judgement alone of [`check`].
#[must_use]
pub fn judge(criteria: &Criteria, history: &History, traffic: Option<Traffic>) -> Judgement {
    check(criteria, history, traffic).judgement
}

impl Findings<'_> {
    /// Why the judgement is invalid or unknown; empty when it is valid.
    #[must_use]
    pub fn explanations(&self) -> Vec<Explanation> {
        let mut explanations = self.general.explanations();
        explanations.extend(self.workload.explanations());
        explanations
    }

    /// What is doubtful and does not affect the judgement.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        let General { criteria, history, traffic, stats, .. } = &self.general;
        let mut warnings = Warning::malformed(criteria.workload, history);
        let general = Warning::of_any_workload(history);
        warnings.extend(if general.is_empty() {
            self.workload.warnings(stats, traffic.as_ref())
        } else {
            general
        });
        if criteria.availability.is_some() {
            // The verdict already requires a fraction of successes.
            warnings.retain(|warning| !warning.is_about_success());
        }
        warnings
    }
}

/// The results of checkers that do not depend on the workload.
#[derive(Debug)]
pub(crate) struct General<'h> {
    criteria: &'h Criteria,
    history: &'h History,
    traffic: Option<Traffic>,
    pub(crate) stats: Stats,
    availability: AvailabilityResult,
}

impl<'h> General<'h> {
    /// Checks a history, which may lack the values of transactions that succeeded.
    pub(crate) fn of(
        criteria: &'h Criteria,
        history: &'h History,
        traffic: Option<Traffic>,
    ) -> Self {
        let (stats, availability) = (stats(history), availability(history, criteria.availability));
        Self { criteria, history, traffic, stats, availability }
    }

    /// The complete judgement, given the verdict of the workload's own checker.
    pub(crate) fn judgement(&self, workload: Verdict) -> Judgement {
        let mut verdicts = vec![
            ("perf", perf()),
            ("timeline", always_valid()),
            ("exceptions", exceptions(self.history).into()),
            ("stats", self.stats.clone().into()),
            ("availability", self.availability.into()),
        ];
        if let Some(traffic) = self.traffic {
            verdicts.push(("net", net(self.history, traffic).into()));
        }
        verdicts.push(("workload", workload));
        let uncounted = match self.criteria.referee {
            Referee::Maelstrom => Vec::new(),
            Referee::Checker => vec!["stats"],
        };
        Judgement { verdicts, uncounted }
    }

    /// Why one of these checkers does not return valid.
    pub(crate) fn explanations(&self) -> Vec<Explanation> {
        let mut explanations = match self.criteria.referee {
            Referee::Maelstrom => never_succeeded(self.history, &self.stats),
            Referee::Checker => Vec::new(),
        };
        explanations.extend(unavailable(self.history, self.availability));
        explanations
    }
}

/// The reference draws graphs here, and reports success.
fn perf() -> Verdict {
    let graph = || always_valid().map;
    let map = result_map([("latency-graph", graph()), ("rate-graph", graph()), valid_entry(true)]);
    Verdict { valid: Validity::Valid, map }
}
