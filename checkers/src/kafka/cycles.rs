//! Cycles of operations, each of which must come before the next.
//!
//! One operation comes before another if the other polls what it sent (wr), or if it succeeded
//! before the other began (realtime). With the options of the workload, the order of sends (ww)
//! does not count. A cycle of wr edges alone is `G1c`, one that needs realtime is `G1c-realtime`.

mod graph;

use super::operations::{Entry, NONE, Operations};
use glomers_history::Kind;
use graph::{Graph, Search};
use rustc_hash::FxHashMap;

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
    let entry_count = operations.entries.len();
    let by_poll = wr_edges(operations);
    let polls = Graph::new(entry_count, &by_poll);
    let mut edges = by_poll;
    let node_count = realtime_edges(operations, &mut edges);
    let all = Graph::new(node_count, &edges);
    let counted = number(entry_count);
    let components = all.components();
    // The number of the component of each node, from 1.
    let mut member = vec![0_u32; node_count];
    for (place, component) in (1..).zip(&components) {
        for node in component {
            member[*node as usize] = place;
        }
    }
    // Cycles of polls alone are more severe. By component: the smallest component of the graph of
    // polls within it.
    let mut by_polls: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
    for part in polls.components() {
        let smallest = by_polls.entry(member[part[0] as usize]).or_default();
        if smallest.is_empty() || part.len() < smallest.len() {
            *smallest = part;
        }
    }
    let mut search = Search::default();
    let mut cycles = Vec::new();
    for (place, mut component) in (1..).zip(components) {
        component.retain(|node| *node < counted);
        let part = by_polls.remove(&place);
        let graph = if part.is_some() { &polls } else { &all };
        let component = part.unwrap_or(component);
        let mut starts = component.clone();
        starts.sort_by_key(|node| early.binary_search(node).is_err());
        let mut best: Option<Vec<u32>> = None;
        for start in starts.into_iter().take(SEARCHES) {
            let limit = best.as_ref().map_or(usize::MAX, Vec::len);
            if limit <= SHORTEST {
                break;
            }
            let within = |node: u32| member[node as usize] == place;
            best = graph.cycle(start, counted, limit, &mut search, within).or(best);
        }
        let steps = best.map(|nodes| explained(operations, &nodes)).unwrap_or_default();
        cycles.push(Cycle { steps, component });
    }
    cycles
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
/// nodes: entries, and one for each success, through which the later ones are reached, so that
/// there are few edges.
fn realtime_edges(operations: &Operations<'_>, edges: &mut Vec<(u32, u32)>) -> usize {
    let first = number(operations.entries.len());
    let successes: Vec<(u32, u32)> = operations
        .transactions()
        .filter(|(_, entry)| entry.kind == Kind::Ok)
        .map(|(number, entry)| (entry.position, number))
        .collect();
    for (node, (_, entry)) in (first..).zip(&successes) {
        edges.push((*entry, node));
        if node > first {
            edges.push((node - 1, node));
        }
    }
    for (number, entry) in operations.transactions().filter(|(_, e)| e.invoked != NONE) {
        let before = successes.partition_point(|(position, _)| *position < entry.invoked);
        if let Some(last) = before.checked_sub(1) {
            edges.push((first + self::number(last), number));
        }
    }
    operations.entries.len() + successes.len()
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

/// Fewer than 2^32 entries, as in a history.
fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(NONE)
}
