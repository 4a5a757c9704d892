//! Judges a history of transactions.

use super::cycles::{
    CycleSearch, Precedence, Unfinished, find_cycles, without_redundant_existence,
};
use super::dependency_graph::{Edge, GraphBuilder, add_process};
use super::finding::{CycleStep, Finding, Reason};
use super::models::{Anomaly, AnomalySet};
use super::reading::{Datatype, Entry, TransactionHistory, Writers};
use super::result::{Found, Judged, TransactionResult};
use super::{list_append, models, rw_register};
use crate::criteria::DEFAULT_SEARCH_BUDGET;
use crate::graph::{Budget, Span, add_reduced};
use crate::number::NONE;
use crate::{CheckerError, Referee};
use glomers_config::ConsistencyModel;
use glomers_history::{Kind, Process, Validity};
use std::time::Duration;

/// Anomalies that make the verdict unknown.
const UNKNOWN: [Anomaly; 2] = [Anomaly::EmptyTransactionGraph, Anomaly::CycleSearchTimeout];

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
