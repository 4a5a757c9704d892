//! Cycles of operations, each of which must come before the next.
//!
//! One operation comes before another if the other polls what it sent (wr), or if it succeeded
//! before the other began (realtime). With the options of the workload, the order of sends (ww)
//! does not count. A cycle of wr edges alone is `G1c`, one that needs realtime is `G1c-realtime`.

use super::operations::{Entry, Operations};
use crate::graph::{Budget, CompactGraph, Components, Found, PathSearch, Rows, Span, add_chain};
use crate::number::{NONE, number};
use glomers_history::Kind;
use rustc_hash::FxHashMap;
use std::ops::Range;

/// Number of operations of a component from which a shortest cycle is searched.
const SEARCHES: usize = 32;
/// Length of the shortest possible cycle.
const SHORTEST: usize = 2;

/// Why an operation comes before the next of a cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The next polls this message, which the operation sent.
    Polled(u32),
    /// It succeeded before the next began.
    Realtime,
}

/// Operations that must come before each other.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cycle {
    /// Entries, and why each comes before the next, the last before the first.
    pub(super) steps: Vec<(u32, Step)>,
    /// All entries of the strongly connected component of the cycle, sorted.
    pub(super) component: Vec<u32>,
}

impl Cycle {
    /// Whether it needs realtime.
    pub(super) fn is_realtime(&self) -> bool {
        self.steps.iter().any(|(_, step)| *step == Step::Realtime)
    }
}

/// Whether no operation comes before another, so that the history proves nothing.
pub(super) fn is_unconnected(operations: &Operations<'_>) -> bool {
    let mut first_ok = NONE;
    for (number, entry) in operations.transactions() {
        if entry.invoked != NONE && entry.invoked > first_ok {
            return false;
        }
        if entry.kind == Kind::Ok {
            first_ok = first_ok.min(entry.position);
        }
        if polled(operations, number).any(|(writer, _)| writer != number) {
            return false;
        }
    }
    true
}

/// One cycle, a short one, for each component of operations that depend on each other.
pub(super) fn cycles(operations: &Operations<'_>) -> Vec<Cycle> {
    let early = early_writers(operations);
    let is_mixed = |entry: &Entry| !entry.sent.is_empty() && !entry.polled.is_empty();
    // Without these, every poll ends after its sender began, so no path leads back.
    if early.is_empty() && !operations.entries.iter().any(is_mixed) {
        return Vec::new();
    }
    let entries = operations.entries.len();
    let by_poll = wr_edges(operations);
    let polls = Order::new(entries, entries, &by_poll);
    let mut edges = by_poll;
    let nodes = add_realtime(operations, &mut edges);
    let all = Order::new(entries, nodes, &edges);
    // Cycles of polls alone are more severe. By component: the smallest component of the graph of
    // polls within it.
    let mut by_polls: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
    for part in polls.groups() {
        let smallest = by_polls.entry(all.components.number(part[0])).or_default();
        if smallest.is_empty() || part.len() < smallest.len() {
            *smallest = part;
        }
    }
    let mut search = PathSearch::default();
    let mut cycles = Vec::new();
    for component in all.groups() {
        let (order, component) = match by_polls.remove(&all.components.number(component[0])) {
            Some(part) => (&polls, part),
            None => (&all, component),
        };
        let mut starts = component.clone();
        starts.sort_by_key(|node| early.binary_search(node).is_err());
        let mut best: Option<Vec<u32>> = None;
        for start in starts.into_iter().take(SEARCHES) {
            let most = best.as_ref().map_or(usize::MAX, |best| best.len() - 1);
            if most < SHORTEST {
                break;
            }
            best = order.cycle(start, most, &mut search).or(best);
        }
        let steps = best.map(|nodes| explained(operations, &nodes)).unwrap_or_default();
        cycles.push(Cycle { steps, component });
    }
    cycles
}

/// Which entries come before which. Nodes beyond the entries only lead from some to others.
struct Order {
    entries: u32,
    graph: CompactGraph,
    components: Components,
}

impl Order {
    fn new(entries: usize, nodes: usize, edges: &[(u32, u32)]) -> Self {
        let graph = CompactGraph::of(nodes, || edges.iter().copied());
        Self { entries: number(entries), components: Components::of(&graph), graph }
    }

    /// Entries that come before each other.
    fn groups(&self) -> Vec<Vec<u32>> {
        self.components.groups(|node| self.counts(node))
    }

    /// A shortest cycle through `start`, if it has at most `most` entries: beginning with `start`.
    fn cycle(&self, start: u32, most: usize, search: &mut PathSearch) -> Option<Vec<u32>> {
        let next = self.graph.targets(start).iter().copied();
        let mut unlimited = Budget::new(u64::MAX);
        let found = search.shortest(self, &self.components, next, start, most, &mut unlimited);
        let Found::Path(mut path) = found else { return None };
        path.retain(|node| self.counts(*node));
        path.rotate_right(1);
        Some(path)
    }
}

impl Rows for Order {
    fn node_count(&self) -> usize {
        self.graph.node_count()
    }

    fn row(&self, node: u32) -> Range<u32> {
        self.graph.row(node)
    }

    fn target(&self, edge: u32) -> Option<u32> {
        self.graph.target(edge)
    }

    fn counts(&self, node: u32) -> bool {
        node < self.entries
    }
}

/// Writers and messages of what this entry polled.
fn polled<'a>(
    operations: &'a Operations<'_>,
    entry: u32,
) -> impl Iterator<Item = (u32, u32)> + use<'a> {
    let groups = operations.groups(&operations.entries[entry as usize].polled).iter();
    let messages = groups.flat_map(|group| operations.records(group)).map(|record| record.message);
    messages.map(|message| (operations.message(message).writer, message))
}

/// Entries whose messages were polled by operations that succeeded before they began, sorted.
fn early_writers(operations: &Operations<'_>) -> Vec<u32> {
    let mut early = Vec::new();
    for (number, entry) in operations.transactions().filter(|(_, e)| e.kind == Kind::Ok) {
        for (writer, _) in polled(operations, number) {
            let invoked = operations.entries[writer as usize].invoked;
            if writer != number && invoked != NONE && entry.position < invoked {
                early.push(writer);
            }
        }
    }
    early.sort_unstable();
    early.dedup();
    early
}

/// Edges from each sender to the operations that poll what it sent.
fn wr_edges(operations: &Operations<'_>) -> Vec<(u32, u32)> {
    let mut edges = Vec::new();
    for (number, _) in operations.transactions() {
        let from = polled(operations, number).map(|(writer, _)| writer);
        edges.extend(from.filter(|writer| *writer != number).map(|writer| (writer, number)));
    }
    edges.sort_unstable();
    edges.dedup();
    edges
}

/// Adds edges from operations that succeeded to those that began later, and returns the number of
/// nodes: further ones keep the edges few.
fn add_realtime(operations: &Operations<'_>, edges: &mut Vec<(u32, u32)>) -> usize {
    let span = |(entry, it): (u32, &Entry)| {
        let begin = if it.invoked == NONE { 0 } else { it.invoked + 1 };
        (entry, Span { begin, end: (it.kind == Kind::Ok).then_some(it.position + 1) })
    };
    let spans = operations.transactions().map(span);
    add_chain(spans, number(operations.entries.len()), |from, to| edges.push((from, to)))
}

/// Adds to each node why it comes before the next.
fn explained(operations: &Operations<'_>, nodes: &[u32]) -> Vec<(u32, Step)> {
    let next = nodes.iter().skip(1).chain(nodes.first());
    let step = |(node, next): (&u32, &u32)| {
        let message = polled(operations, *next).find(|(writer, _)| writer == node);
        (*node, message.map_or(Step::Realtime, |(_, message)| Step::Polled(message)))
    };
    nodes.iter().zip(next).map(step).collect()
}
