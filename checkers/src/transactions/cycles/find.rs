//! Searches the dependency graph for cycles: a short one for each kind of anomaly in each
//! component.
//!
//! Follows `elle.txn` 0.2.2: within a strongly connected component, severe anomalies are searched
//! before those that they imply, which are then skipped. Anomalies that the budget does not suffice
//! for are reported as [`Unfinished`]. Independent of keys and values.
//!
//! The reference gives up on a kind if the first cycle that it finds is classified as another kind,
//! which happens when some of its pairs have several edges. This search does the same if the
//! indices of transactions are known, and in components that are not too entangled (see
//! [`first_cycle`](super::first_cycle)); otherwise it looks for another cycle, so that it may find
//! additional kinds.

use super::cycle::Cycle;
use super::existence::{CycleExistence, excluded_anomalies, existing_cycles};
use super::first_cycle::{Extra, FirstCycles, Wanted};
use super::search::{ComponentSearch, Target};
use crate::graph::{Budget, Components};
use crate::transactions::dependency_graph::{Edge, EdgeSet, Graph};
use crate::transactions::models::{Anomaly, all_implied};

/// How an anomaly is searched, given that no anomaly that implies it was found.
struct Spec {
    anomaly: Anomaly,
    target: Target,
    /// The edges that a cycle may have, apart from the anti-dependencies that its kind allows.
    edges: EdgeSet,
    /// The edge that this kind of cycle must have, and the remaining kinds do not.
    key: Edge,
    /// A cycle that satisfies this may be classified as another anomaly, since a pair with several
    /// edges counts as one of them: the reference then reports it as that anomaly.
    may_be_other: bool,
}

impl Spec {
    /// The requirements of the reference's search.
    fn wanted(&self) -> Wanted {
        let orders = EdgeSet::of(Edge::Process).with(Edge::Realtime);
        let order = self.edges.intersection(orders);
        let wr = if self.key == Edge::Wr { EdgeSet::of(Edge::Wr) } else { EdgeSet::EMPTY };
        let (anti_dependencies, extra) = match self.target {
            Target::Single => (1, Extra::One),
            Target::Nonadjacent => (2, Extra::Nonadjacent),
            Target::Through if self.key == Edge::Rw => (2, Extra::None),
            Target::Through => (0, Extra::None),
        };
        Wanted { legal: self.edges, required: [wr, order], anti_dependencies, extra }
    }
}

/// Every kind of cycle, in the order of `elle.txn/cycle-anomaly-specs`: by depth in the graph of
/// implication and severity, then by name. Those on predicates, which are never inferred, are left
/// out.
const SPECS: [Spec; 15] = {
    use Anomaly as A;
    const fn spec(anomaly: Anomaly, target: Target, edges: EdgeSet, key: Edge) -> Spec {
        Spec { anomaly, target, edges, key, may_be_other: false }
    }
    const fn loose(anomaly: Anomaly, edges: EdgeSet, key: Edge) -> Spec {
        Spec { anomaly, target: Target::Through, edges, key, may_be_other: true }
    }
    let (ww, wr) = (EdgeSet::of(Edge::Ww), EdgeSet::DEPENDENCIES);
    let (process, realtime) = (wr.with(Edge::Process), wr.with(Edge::Realtime));
    let rw = Edge::Rw;
    [
        spec(A::GSingleItem, Target::Single, wr, rw),
        loose(A::G0, ww, Edge::Ww),
        spec(A::GNonadjacentItem, Target::Nonadjacent, wr, rw),
        spec(A::GSingleItemProcess, Target::Single, process, rw),
        loose(A::G1c, wr, Edge::Wr),
        spec(A::GNonadjacentItemProcess, Target::Nonadjacent, process, rw),
        spec(A::GSingleItemRealtime, Target::Single, realtime, rw),
        spec(A::G2Item, Target::Through, wr.with(rw), rw),
        spec(A::GNonadjacentItemRealtime, Target::Nonadjacent, realtime, rw),
        loose(A::G0Process, ww.with(Edge::Process), Edge::Process),
        loose(A::G1cProcess, process, Edge::Wr),
        spec(A::G2ItemProcess, Target::Through, process.with(rw), rw),
        loose(A::G0Realtime, ww.with(Edge::Realtime), Edge::Realtime),
        loose(A::G1cRealtime, realtime, Edge::Wr),
        spec(A::G2ItemRealtime, Target::Through, realtime.with(rw), rw),
    ]
};

/// The order in which one of several reasons is chosen to describe an edge of a cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Precedence {
    /// `ww`, `wr`, `rw`, then the orders: as the reference explains lists.
    WriteFirst,
    /// `wr`, `ww`, `rw`, then the orders: as the reference explains registers.
    ReadFirst,
}

impl Precedence {
    fn first(self, reasons: EdgeSet) -> EdgeSet {
        let wr = EdgeSet::of(Edge::Wr);
        if self == Self::ReadFirst && reasons.intersects(wr) {
            return wr;
        }
        reasons.iter().next().map_or(EdgeSet::EMPTY, EdgeSet::of)
    }
}

/// A component in which the search for some kinds of cycles was not completed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unfinished {
    /// Anomalies that were neither found nor ruled out.
    pub(crate) anomalies: Vec<Anomaly>,
    /// Anomalies that were ruled out by a complete search.
    pub(crate) does_not_contain: Vec<Anomaly>,
    /// Number of transactions.
    pub(crate) component_size: usize,
}

/// The result of a search for cycles.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct CycleSearch {
    /// A cycle for each kind in each component, by first transaction of the component.
    pub(crate) cycles: Vec<Cycle>,
    /// Proofs that cycles exist, without showing one; many of them redundant.
    pub(crate) existing: Vec<CycleExistence>,
    /// Components in which the search was cut short. If not empty, the answer is partial.
    pub(crate) unfinished: Vec<Unfinished>,
}

/// The search for one kind of cycle may take at most one in `SHARE` of the remaining steps.
const SHARE: u64 = 4;

/// Maximum number of transactions of a component in which the reference's search is repeated, ...
const REPEATED: usize = 2_000;
/// ... steps that this may take for one kind of cycle, and for all.
const REPEATED_STEPS: u64 = 300_000;
const ALL_REPEATED_STEPS: u64 = 30_000_000;

/// Searches for cycles of every kind. `indices` are those of the transactions, if known.
///
/// This includes kinds that no requested model forbids: they decide which other models are ruled
/// out.
pub(crate) fn find_cycles(
    graph: &Graph,
    precedence: Precedence,
    indices: Option<&dyn Fn(u32) -> u64>,
    budget: &mut Budget,
) -> CycleSearch {
    let mut repeated_budget = Budget::new(ALL_REPEATED_STEPS);
    let components = Components::of(&graph.masked(EdgeSet::ALL));
    let groups = components.groups(|_| true);
    drop(components);
    let mut positions = vec![0_u32; if groups.is_empty() { 0 } else { graph.node_count() }];
    // Small components first: a huge one may take all remaining steps.
    let mut order: Vec<usize> = (0..groups.len()).collect();
    order.sort_by_key(|group| groups[*group].len());
    let mut found: Vec<CycleSearch> = vec![CycleSearch::default(); groups.len()];
    for group in order {
        let nodes = &groups[group];
        let own = graph.induced(nodes, &mut positions);
        let indices = indices.filter(|_| nodes.len() <= REPEATED);
        let first = indices.map(|index_of| {
            let first = FirstCycles::new(&own, nodes.iter().map(|&node| index_of(node)));
            (first, &mut repeated_budget)
        });
        let mut search = cycles_in_component(&own, precedence, first, budget);
        for cycle in &mut search.cycles {
            cycle.steps.iter_mut().for_each(|step| step.txn = nodes[step.txn as usize]);
        }
        for existence in &mut search.existing {
            existence.transactions.iter_mut().for_each(|txn| *txn = nodes[*txn as usize]);
        }
        found[group] = search;
    }
    let mut all = CycleSearch::default();
    for search in found {
        all.cycles.extend(search.cycles);
        all.existing.extend(search.existing);
        all.unfinished.extend(search.unfinished);
    }
    all
}

fn cycles_in_component(
    graph: &Graph,
    precedence: Precedence,
    mut first: Option<(FirstCycles<'_>, &mut Budget)>,
    budget: &mut Budget,
) -> CycleSearch {
    let existing = existing_cycles(graph);
    let narrated = graph.map_reasons(|reasons| precedence.first(reasons));
    let mut search = ComponentSearch::new(graph, &narrated);
    let mut redundant = excluded_anomalies(&existing);
    let mut cycles: Vec<Cycle> = Vec::new();
    let mut missing = Vec::new();
    let mut absent = Vec::new();
    let orders = EdgeSet::of(Edge::Process).with(Edge::Realtime);
    let absent_orders = orders.without(graph.all_reasons());
    // This number of steps suffices for every easy search.
    let least = 4 * (graph.node_count() + graph.edge_count()) as u64;
    for spec in &SPECS {
        let Spec { anomaly, target, edges, key, may_be_other } = spec;
        // A variant with an order that the graph does not have would repeat the same search.
        if redundant.contains(*anomaly) || edges.intersects(absent_orders) {
            continue;
        }
        let first = first.as_mut().and_then(|(first, budget)| {
            budget.at_most(REPEATED_STEPS, |budget| first.find(spec.wanted(), budget)).ok()
        });
        let first = first.map(|path| path.and_then(|path| search.cycle(&path)));
        let result = budget.share(SHARE, least, |budget| {
            match &first {
                None => {}
                Some(Some(cycle)) if cycle.anomaly == *anomaly => {}
                Some(Some(cycle)) if *may_be_other => return Ok(Some(cycle.clone())),
                Some(_) => return Ok(None),
            }
            let result = search.find(*target, *edges, *key, budget);
            // A shorter cycle of the same kind is better to show, but not one of another kind.
            if let Some(Some(first)) = &first
                && !matches!(&result, Ok(Some(cycle)) if cycle.anomaly == *anomaly)
            {
                return Ok(Some(first.clone()));
            }
            // No cycle is classified as this kind. With all edges of each pair, there may still be
            // one.
            if *may_be_other && result == Ok(None) {
                search.find_in_all(*edges, budget)
            } else {
                result
            }
        });
        match result {
            Ok(Some(cycle)) => {
                let is_other = cycle.anomaly != *anomaly;
                redundant = redundant.union(all_implied([*anomaly]));
                // One cycle of each kind: the one that was searched, if it is shorter.
                match cycles.iter_mut().find(|known| known.anomaly == cycle.anomaly) {
                    None => cycles.push(cycle),
                    Some(known) if !is_other && cycle.steps.len() < known.steps.len() => {
                        *known = cycle;
                    }
                    Some(_) => {}
                }
            }
            Ok(None) => absent.push(*anomaly),
            Err(_) => missing.push(*anomaly),
        }
    }
    let mut unfinished = Vec::new();
    if !missing.is_empty() {
        // There is a cycle in any case, so one is shown.
        if cycles.is_empty() {
            cycles.extend(search.any_cycle());
        }
        let component_size = graph.node_count();
        unfinished.push(Unfinished {
            anomalies: missing,
            does_not_contain: absent,
            component_size,
        });
    }
    CycleSearch { cycles, existing, unfinished }
}

#[cfg(test)]
mod tests;
