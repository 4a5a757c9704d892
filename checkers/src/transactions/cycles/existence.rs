//! Whether there are cycles that a model forbids, in linear time and without showing them.
//!
//! This bounds the search for cycles, and is reported when the search finds none.

use crate::graph::{CompactGraph, Components, Rows};
use crate::number::number;
use crate::transactions::dependency_graph::{Edge, EdgeSet, Graph};
use crate::transactions::models::{
    Anomaly, AnomalySet, ModelSet, all_stronger, anomalies_prohibited_by, impossible_models,
};
use glomers_config::ConsistencyModel;
use glomers_history::Value;

/// The edges that a model allows no cycle of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Subgraph {
    /// These edges.
    pub(crate) union: EdgeSet,
    /// Also each of those followed by an anti-dependency, as if it were one edge.
    pub(crate) then_rw: bool,
}

impl Subgraph {
    /// In the form of the reference's results: `[:union :ww :wwp]`.
    pub(crate) fn to_value(self) -> Value {
        let union = |edges: EdgeSet| {
            // Each with its counterpart on predicates, which are never inferred.
            let names = [
                (Edge::Ww, &["ww", "wwp"][..]),
                (Edge::Wr, &["wr", "wrp"]),
                (Edge::Rw, &["rw", "rwp"]),
                (Edge::Process, &["process"]),
                (Edge::Realtime, &["realtime"]),
            ];
            let names = names.into_iter().filter(|(edge, _)| edges.contains(*edge));
            let names = names.flat_map(|(_, names)| names).map(|name| Value::keyword(name));
            Value::Vector([Value::keyword("union")].into_iter().chain(names).collect())
        };
        if !self.then_rw {
            return union(self.union);
        }
        let rw = union(EdgeSet::of(Edge::Rw));
        Value::Vector(vec![Value::keyword("extension"), union(self.union), rw])
    }
}

/// A proof that some model does not hold: transactions all of which come before each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CycleExistence {
    /// The anomaly that says so.
    pub(crate) anomaly: Anomaly,
    /// The model that does not hold.
    pub(crate) model: ConsistencyModel,
    /// The edges between them.
    pub(crate) subgraph: Subgraph,
    /// The fewest transactions that come before each other, ascending.
    pub(crate) transactions: Vec<u32>,
}

struct Spec {
    model: ConsistencyModel,
    anomaly: Anomaly,
    subgraph: Subgraph,
}

const fn spec(model: ConsistencyModel, anomaly: Anomaly, union: EdgeSet) -> Spec {
    Spec { model, anomaly, subgraph: Subgraph { union, then_rw: false } }
}

const fn extended(model: ConsistencyModel, anomaly: Anomaly, union: EdgeSet) -> Spec {
    Spec { model, anomaly, subgraph: Subgraph { union, then_rw: true } }
}

/// Every model whose cycles are looked for, weak ones before those that they rule out.
const SPECS: [Spec; 13] = {
    use Anomaly as A;
    use ConsistencyModel as M;
    let writes = EdgeSet::of(Edge::Ww);
    let dependencies = EdgeSet::DEPENDENCIES;
    let data = EdgeSet::DATA;
    [
        spec(M::ReadUncommitted, A::Pl1CycleExists, writes),
        spec(M::ReadCommitted, A::Pl2CycleExists, dependencies),
        extended(M::SnapshotIsolation, A::PlSiCycleExists, dependencies),
        // With predicates, this one would leave theirs out.
        spec(M::RepeatableRead, A::Pl299CycleExists, data),
        spec(M::Serializable, A::Pl3CycleExists, data),
        spec(
            M::StrongSessionReadUncommitted,
            A::StrongSessionPl1CycleExists,
            writes.with(Edge::Process),
        ),
        spec(
            M::StrongSessionReadCommitted,
            A::StrongSessionPl2CycleExists,
            dependencies.with(Edge::Process),
        ),
        extended(
            M::StrongSessionSnapshotIsolation,
            A::StrongSessionSnapshotIsolationCycleExists,
            dependencies.with(Edge::Process),
        ),
        spec(
            M::StrongSessionSerializable,
            A::StrongSessionSerializableCycleExists,
            data.with(Edge::Process),
        ),
        spec(M::StrongReadUncommitted, A::StrongPl1CycleExists, writes.with(Edge::Realtime)),
        spec(M::StrongReadCommitted, A::StrongPl2CycleExists, dependencies.with(Edge::Realtime)),
        extended(
            M::StrongSnapshotIsolation,
            A::StrongSnapshotIsolationCycleExists,
            dependencies.with(Edge::Realtime),
        ),
        spec(M::StrongSerializable, A::PlSsCycleExists, data.with(Edge::Realtime)),
    ]
};

/// The cycles that exist in a graph: of each model for which no weaker one already fails.
pub(super) fn existing_cycles(graph: &Graph) -> Vec<CycleExistence> {
    let mut found: Vec<CycleExistence> = Vec::new();
    let mut redundant = ModelSet::EMPTY;
    let loops: Vec<(u32, EdgeSet)> = graph.loops().collect();
    for Spec { model, anomaly, subgraph } in &SPECS {
        if redundant.contains(*model) {
            continue;
        }
        let mut groups = if subgraph.then_rw {
            extension_groups(graph, subgraph.union)
        } else {
            Components::of(&graph.masked(subgraph.union)).groups(|_| true)
        };
        // A transaction that comes before itself is a group, unless it is in one.
        for (node, reasons) in &loops {
            if reasons.intersects(subgraph.union) && !groups.iter().any(|it| it.contains(node)) {
                groups.push(vec![*node]);
            }
        }
        if let Some(transactions) = groups.into_iter().min_by_key(Vec::len) {
            redundant = redundant.union(all_stronger(*model));
            let (model, anomaly, subgraph) = (*model, *anomaly, *subgraph);
            found.push(CycleExistence { anomaly, model, subgraph, transactions });
        }
    }
    found
}

/// Components of the graph in which an edge of `union`, or one followed by an anti-dependency, is a
/// step. One of them may be a single node with a step back to itself.
fn extension_groups(graph: &Graph, union: EdgeSet) -> Vec<Vec<u32>> {
    let nodes = number(graph.node_count());
    let rw = EdgeSet::of(Edge::Rw);
    // For each node, an intermediate node: from there, a step may continue with an anti-dependency.
    let halfway = |node: u32| node + nodes;
    let rows = CompactGraph::by_node(2 * nodes, |position, add| {
        let node = position % nodes;
        for (next, reasons) in graph.successors(node) {
            if position == node && reasons.intersects(union) {
                add(next);
                add(halfway(next));
            } else if position != node && reasons.intersects(rw) {
                add(next);
            }
        }
    });
    let components = Components::of(&rows);
    let mut groups = components.groups(|_| true);
    // Every cycle goes through an original node; the intermediate nodes are no longer needed.
    for group in &mut groups {
        group.retain(|position| *position < nodes);
    }
    debug_assert_eq!(rows.node_count(), 2 * nodes as usize);
    groups
}

/// The anomalies of cycles that are impossible if only these cycles exist.
pub(super) fn excluded_anomalies(existing: &[CycleExistence]) -> AnomalySet {
    let impossible = existing
        .iter()
        .fold(ModelSet::EMPTY, |all, existence| all.union(all_stronger(existence.model)));
    let models = SPECS.iter().map(|spec| spec.model);
    anomalies_prohibited_by(models.filter(|model| !impossible.contains(*model)))
}

/// Leaves out those that only say that some cycle exists where another anomaly rules the same model
/// out.
pub(crate) fn without_redundant_existence(anomalies: AnomalySet) -> AnomalySet {
    let shown = anomalies.iter().filter(|anomaly| !anomaly.is_cycle_existence());
    let impossible = impossible_models(shown);
    let is_redundant = |anomaly: &Anomaly| {
        let mut specs = SPECS.iter().filter(|spec| spec.anomaly == *anomaly);
        specs.any(|spec| impossible.contains(spec.model))
    };
    anomalies.iter().filter(|anomaly| !is_redundant(anomaly)).collect()
}

/// Every model, its anomaly, and the edges on which it allows no cycle.
#[cfg(test)]
pub(super) fn specs() -> impl Iterator<Item = (ConsistencyModel, Anomaly, Subgraph)> {
    SPECS.iter().map(|spec| (spec.model, spec.anomaly, spec.subgraph))
}
