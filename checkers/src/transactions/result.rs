//! The result of judging transactions: the verdict, why, and what is doubtful.

use super::finding::{Entries, Finding, Narrator, meaning};
use super::models::Anomaly;
use super::reading::{Datatype, TransactionHistory};
use crate::number::NONE;
use crate::result_map::{result_map, valid_entry};
use crate::{CheckerError, Explanation, Warning};
use glomers_config::ConsistencyModel;
use glomers_history::{Validity, Value, Verdict};
use std::collections::BTreeMap;
use std::time::Duration;

/// The result of judging a history of transactions.
#[derive(Debug)]
pub struct TransactionResult {
    pub(super) history: TransactionHistory,
    pub(super) judged: Result<Judged, CheckerError>,
    pub(super) search_budget: Duration,
}

/// What was found in a history that can be judged.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) validity: Validity,
    /// The reported anomalies and their findings.
    pub(super) anomalies: Found,
    /// Models that are surely not satisfied, and the stronger ones that this excludes. `None` if
    /// there is nothing to report.
    pub(super) boundary: Option<(Vec<ConsistencyModel>, Vec<ConsistencyModel>)>,
    pub(super) is_partial: bool,
}

/// The findings by anomaly. One without findings is reported by its name only.
pub(super) type Found = BTreeMap<Anomaly, Vec<Finding>>;

impl TransactionResult {
    /// Whether the models are satisfied.
    #[must_use]
    pub fn validity(&self) -> Validity {
        self.judged.as_ref().map_or(Validity::Unknown, |judged| judged.validity)
    }

    /// Why the history cannot be judged, if it cannot.
    #[must_use]
    pub fn error(&self) -> Option<&CheckerError> {
        self.judged.as_ref().err()
    }

    /// Whether the search for cycles ended before everything was examined.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.judged.as_ref().is_ok_and(|judged| judged.is_partial)
    }

    /// Positions of the entries, among all of the history, that the verdict, the explanations and
    /// the warnings quote: sorted, each once.
    #[must_use]
    pub fn quoted(&self) -> Vec<usize> {
        let mut positions = Vec::new();
        for finding in self.judged.iter().flat_map(|judged| judged.anomalies.values()).flatten() {
            finding.positions(&self.history, &mut positions);
        }
        positions.retain(|&position| position != NONE);
        let mut positions: Vec<usize> = positions.into_iter().map(|p| p as usize).collect();
        positions.extend(self.history.unlike_positions());
        positions.extend(self.history.stray_positions());
        positions.extend(self.history.unread_positions());
        positions.sort_unstable();
        positions.dedup();
        positions
    }

    /// The `:workload` result. `entries` are those of the whole history, or at least the
    /// [`quoted`](Self::quoted) ones.
    #[must_use]
    pub fn verdict(&self, entries: &dyn Entries) -> Verdict {
        let Judged { validity: valid, anomalies, boundary, .. } = match &self.judged {
            Ok(judged) => judged,
            Err(error) => return error.clone().into(),
        };
        let valid = *valid;
        let is_register = self.history.datatype == Datatype::Register;
        let mut map = vec![valid_entry(valid)];
        let Some((not, also_not)) = boundary else {
            if is_register {
                map.push(("anomaly-types", Value::List(Vec::new())));
                map.push(("anomalies", Value::Nil));
            }
            return Verdict { valid, map: result_map(map) };
        };
        let types = anomalies.keys().map(|anomaly| Value::keyword(anomaly.name()));
        map.push(("anomaly-types", Value::List(types.collect())));
        let anomaly = |(&anomaly, findings): (&Anomaly, &Vec<Finding>)| {
            let values = findings.iter().map(|finding| finding.to_value(&self.history, entries));
            (anomaly.name(), collection(anomaly, is_register, values.collect()))
        };
        map.push(("anomalies", result_map(anomalies.iter().map(anomaly))));
        let models = |models: &[ConsistencyModel]| {
            Value::Set(models.iter().map(|model| Value::keyword(model.name())).collect())
        };
        map.push(("not", models(not)));
        map.push(("also-not", models(also_not)));
        Verdict { valid, map: result_map(map) }
    }
}

/// A list or a vector, whichever the reference has there.
fn collection(anomaly: Anomaly, is_register: bool, values: Vec<Value>) -> Value {
    match anomaly {
        Anomaly::EmptyTransactionGraph => Value::Bool(true),
        Anomaly::DirtyUpdate | Anomaly::IncompatibleOrder => Value::List(values),
        Anomaly::G1a | Anomaly::G1b | Anomaly::Internal if is_register => Value::List(values),
        _ => Value::Vector(values),
    }
}

/// Number of examples of an anomaly in an explanation.
const SHOWN: usize = 3;

impl TransactionResult {
    /// Why the verdict is not valid: each anomaly, with examples; empty if it is. `entries` as for
    /// [`verdict`](Self::verdict).
    #[must_use]
    pub fn explanations(&self, entries: &dyn Entries) -> Vec<Explanation> {
        let judged = match &self.judged {
            Ok(judged) if judged.validity == Validity::Valid => return Vec::new(),
            Ok(judged) => judged,
            Err(error) => return vec![Explanation::NotJudged(error.clone())],
        };
        let narrator = Narrator { history: &self.history, entries };
        let explain = |(anomaly, findings): (&Anomaly, &Vec<Finding>)| {
            // A shortest cycle is the most informative; other findings are in the order of the
            // history.
            let shortest = findings.iter().min_by_key(|finding| match finding {
                Finding::Cycle { steps, .. } => steps.len(),
                _ => 0,
            });
            let is_cycle = matches!(shortest, Some(Finding::Cycle { .. }));
            let shown = if is_cycle {
                shortest.into_iter().collect()
            } else {
                findings.iter().take(SHOWN).collect::<Vec<_>>()
            };
            Explanation::Anomaly {
                name: anomaly.name(),
                meaning: meaning(anomaly.name()),
                count: findings.len(),
                examples: shown
                    .into_iter()
                    .map(|finding| narrator.lines(finding))
                    .chain(is_cut_short(findings).then(|| vec![self.used_up()]))
                    .collect(),
            }
        };
        judged.anomalies.iter().map(explain).collect()
    }

    /// What is doubtful and does not affect the verdict. `entries` as for
    /// [`verdict`](Self::verdict).
    #[must_use]
    pub fn warnings(&self, entries: &dyn Entries) -> Vec<Warning> {
        let mut warnings: Vec<Warning> =
            self.history.unlike_requests(entries).into_iter().collect();
        warnings.extend(self.history.stray_reads(entries));
        warnings.extend(self.history.unread_writes(entries));
        warnings
    }

    /// The text for a search that ran out of steps, with advice.
    fn used_up(&self) -> String {
        format!(
            "it used up its --search-budget of {} s: pass a greater one",
            self.search_budget.as_secs_f64()
        )
    }
}

/// Whether a longer search might have found more.
fn is_cut_short(findings: &[Finding]) -> bool {
    findings
        .iter()
        .any(|finding| matches!(finding, Finding::Unfinished(it) if !it.anomalies.is_empty()))
}
