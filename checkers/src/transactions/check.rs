//! Judges a history of transactions.

use super::finding::quotes::Entries;
use super::finding::{CycleStep, Finding, Narrator, meaning};
use super::history::{Datatype, Entry, TransactionHistory};
use super::reason::Reason;
use super::writers::Writers;
use super::{
    Anomaly, AnomalySet, CycleSearch, Edge, GraphBuilder, Precedence, Unfinished, add_process,
    find_cycles, list_append, models, rw_register, without_redundant_existence,
};
use crate::criteria::DEFAULT_SEARCH_BUDGET;
use crate::graph::{Budget, Span, add_reduced};
use crate::number::NONE;
use crate::result_map::{result_map, valid_entry};
use crate::{CheckerError, Explanation, Referee, Warning};
use glomers_config::ConsistencyModel;
use glomers_history::{Kind, Process, Validity, Value, Verdict};
use std::collections::BTreeMap;
use std::time::Duration;

/// The result of judging a history of transactions.
#[derive(Debug)]
pub struct TransactionResult {
    pub(super) history: TransactionHistory,
    judged: Result<Judged, CheckerError>,
    search_budget: Duration,
}

/// What was found in a history that can be judged.
#[derive(Debug)]
struct Judged {
    validity: Validity,
    /// The reported anomalies and their findings.
    anomalies: Found,
    /// Models that are surely not satisfied, and the stronger ones that this excludes. `None` if
    /// there is nothing to report.
    boundary: Option<(Vec<ConsistencyModel>, Vec<ConsistencyModel>)>,
    is_partial: bool,
}

/// Anomalies that make the verdict unknown.
const UNKNOWN: [Anomaly; 2] = [Anomaly::EmptyTransactionGraph, Anomaly::CycleSearchTimeout];

/// The findings by anomaly. One without findings is reported by its name only.
type Found = BTreeMap<Anomaly, Vec<Finding>>;

impl TransactionHistory {
    /// Judges the history by these models, and by these rules.
    ///
    /// The verdict is unknown if it cannot be judged: an entry is not a transaction, or has no
    /// counterpart if real-time order counts; values are not unique; or a list shows an element
    /// that was never appended.
    #[must_use]
    pub fn judge(self, models: &[ConsistencyModel], referee: Referee) -> TransactionResult {
        self.judge_within(models, referee, DEFAULT_SEARCH_BUDGET)
    }

    /// As [`judge`](Self::judge), with a time budget for the search for cycles.
    #[must_use]
    pub fn judge_within(
        mut self,
        models: &[ConsistencyModel],
        referee: Referee,
        search_budget: Duration,
    ) -> TransactionResult {
        let judged = self.judged(models, referee, search_budget);
        TransactionResult { history: self, judged, search_budget }
    }

    fn judged(
        &mut self,
        models: &[ConsistencyModel],
        referee: Referee,
        search_budget: Duration,
    ) -> Result<Judged, CheckerError> {
        self.finish()?;
        let prohibited = models::anomalies_prohibited_by(models.iter().copied());
        let reportable = prohibited.union(UNKNOWN.into_iter().collect());
        if asks_for(reportable, "-realtime") {
            self.require_pairs()?;
        }
        let writers = Writers::of(self);
        let mut found = match self.datatype {
            Datatype::ListAppend => self.lists(&writers, reportable, search_budget)?,
            Datatype::Register => self.registers(&writers, reportable, search_budget)?,
        };
        let is_alone = self.datatype == Datatype::Register && self.len() == 1;
        if referee == Referee::Checker && is_alone && asks_for(reportable, "-realtime") {
            // Elle ignores dependencies of a single register transaction on itself.
            found.entry(Anomaly::EmptyTransactionGraph).or_default();
        }
        let boundary = models::boundary(&found.keys().copied().collect::<Vec<_>>());
        found.retain(|anomaly, _| reportable.contains(*anomaly));
        let shown = without_redundant_existence(found.keys().copied().collect());
        found.retain(|anomaly, _| shown.contains(*anomaly));
        let boundary = (!found.is_empty()).then_some(boundary);
        let is_partial = found.contains_key(&Anomaly::CycleSearchTimeout);
        let by_maelstrom = self.datatype == Datatype::Register && referee == Referee::Maelstrom;
        if by_maelstrom {
            // The reference's register workload treats an unfinished search as valid.
            found.remove(&Anomaly::CycleSearchTimeout);
        }
        let is_bad = found.keys().any(|anomaly| prohibited.contains(*anomaly));
        let validity = if found.is_empty() {
            Validity::Valid
        } else if is_bad || by_maelstrom {
            // It treats every other anomaly as invalid.
            Validity::Invalid
        } else {
            Validity::Unknown
        };
        Ok(Judged { validity, anomalies: found, boundary, is_partial })
    }

    fn lists(
        &self,
        writers: &Writers,
        reportable: AnomalySet,
        search_budget: Duration,
    ) -> Result<Found, CheckerError> {
        let orders = list_append::Orders::of(self);
        let others = list_append::anomalies(self, &orders, writers, reportable)?;
        let dependencies = list_append::Dependencies::of(self, &orders, writers);
        let mut graph = GraphBuilder::new(self.len());
        let is_partial = dependencies.add_to(&mut graph);
        add_orders(self, &mut graph, reportable);
        let explain = |a, b, edge| dependencies.explain(a, b, edge);
        let mut found =
            cycles(graph, Precedence::WriteFirst, is_partial, search_budget, self, &explain);
        found.extend(others.into_iter().filter(|(_, findings)| !findings.is_empty()));
        Ok(found)
    }

    fn registers(
        &self,
        writers: &Writers,
        reportable: AnomalySet,
        search_budget: Duration,
    ) -> Result<Found, CheckerError> {
        rw_register::check_keys(self)?;
        let order = rw_register::VersionOrder::of(self);
        let others = rw_register::anomalies(self, &order, writers);
        let dependencies = rw_register::Dependencies::of(self, &order)?;
        let mut graph = GraphBuilder::new(self.len());
        let is_partial = dependencies.add_to(&mut graph);
        add_orders(self, &mut graph, reportable);
        let explain = |a, b, edge| dependencies.explain(a, b, edge);
        let mut found =
            cycles(graph, Precedence::ReadFirst, is_partial, search_budget, self, &explain);
        found.extend(others.into_iter().filter(|(_, findings)| !findings.is_empty()));
        Ok(found)
    }
}

/// Whether some reportable anomaly has the suffix of this order.
fn asks_for(reportable: AnomalySet, suffix: &str) -> bool {
    reportable.iter().any(|anomaly| anomaly.name().ends_with(suffix))
}

/// Adds the order of real time, or of processes, if some reportable anomaly needs it.
fn add_orders(history: &TransactionHistory, graph: &mut GraphBuilder, reportable: AnomalySet) {
    if asks_for(reportable, "-realtime") {
        // A transaction that did not surely happen precedes nothing, but comes after others.
        let span = |entry: &Entry| Span {
            // Before everything else, if the invocation is unknown.
            begin: if entry.invoked == NONE { 0 } else { entry.invoked + 1 },
            end: (entry.kind == Kind::Ok).then_some(entry.position + 1),
        };
        let spans: Vec<Span> = history.transactions().map(|(_, entry, _)| span(entry)).collect();
        add_reduced(&spans, |from, to| graph.add(from, to, Edge::Realtime));
    } else if asks_for(reportable, "-process") {
        let process = |number| Process::Client(history.entry(number).process);
        let oks = history.oks().map(|(number, _)| (number, process(number)));
        add_process(graph, oks);
    }
}

/// Searches for cycles, and explains their edges.
fn cycles(
    graph: GraphBuilder,
    precedence: Precedence,
    is_partial: bool,
    search_budget: Duration,
    history: &TransactionHistory,
    explain: &dyn Fn(u32, u32, Edge) -> Option<Reason>,
) -> Found {
    let mut found = Found::new();
    if graph.has_nothing() {
        found.insert(Anomaly::EmptyTransactionGraph, Vec::new());
    }
    let graph = graph.build();
    let index_of = |transaction| history.entry(transaction).index;
    let CycleSearch { cycles, existing, mut unfinished } =
        find_cycles(&graph, precedence, Some(&index_of), &mut Budget::of(search_budget));
    if is_partial {
        let component_size = graph.node_count();
        let (anomalies, does_not_contain) = (Vec::new(), Vec::new());
        unfinished.push(Unfinished { anomalies, does_not_contain, component_size });
    }
    for cycle in cycles {
        let next = cycle.steps.iter().map(|step| step.txn).cycle().skip(1);
        let explained = cycle.steps.iter().zip(next).map(|(step, next)| CycleStep {
            transaction: step.txn,
            edge: step.edge,
            reason: explain(step.txn, next, step.edge),
        });
        let finding = Finding::Cycle { name: cycle.anomaly.name(), steps: explained.collect() };
        found.entry(cycle.anomaly).or_default().push(finding);
    }
    for existence in existing {
        found.entry(existence.anomaly).or_default().push(Finding::SomeCycle(existence));
    }
    let unfinished = unfinished.into_iter().map(Finding::Unfinished).collect::<Vec<_>>();
    if !unfinished.is_empty() {
        found.insert(Anomaly::CycleSearchTimeout, unfinished);
    }
    found
}

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
