//! The three kinds of searches for cycles in one component.
//!
//! Each relies on the searches before it: if nothing more severe was found, any closed walk on
//! these edges is a match.

use super::cycle::{Cycle, Step};
use super::simple::{Closed, simple_cycle};
use super::steps::nonadjacent;
use crate::graph::{Budget, CompactGraph, Components, Found, PathSearch, Rows};
use crate::number::number;
use crate::transactions::dependency_graph::{Edge, EdgeSet, Graph, Masked};

/// The kind of closed walk that is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// Through at least one edge of a kind.
    Through,
    /// Through one anti-dependency.
    Single,
    /// Through anti-dependencies, no two in a row.
    Nonadjacent,
}

/// The budget was spent before the answer was known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spent;

/// Maximum number of steps for finding a shorter cycle than the first one.
const SHORTER_STEPS: u64 = 2_000_000;

/// A component that is being searched.
#[derive(Debug)]
pub(super) struct ComponentSearch<'a> {
    /// Every edge with all of its reasons.
    all: &'a Graph,
    /// The same edges, each with the one reason that it is classified by.
    narrated: &'a Graph,
    paths: PathSearch,
}

impl<'a> ComponentSearch<'a> {
    pub(super) fn new(all: &'a Graph, narrated: &'a Graph) -> Self {
        Self { all, narrated, paths: PathSearch::default() }
    }

    /// A short cycle of classified edges.
    pub(super) fn find(
        &mut self,
        target: Target,
        edges: EdgeSet,
        key: Edge,
        budget: &mut Budget,
    ) -> Result<Option<Cycle>, Spent> {
        match target {
            Target::Through | Target::Single => {
                self.find_in(&self.narrated.masked(edges), self.narrated, key, budget)
            }
            Target::Nonadjacent => self.find_nonadjacent(edges, budget),
        }
    }

    /// A short cycle of these edges, whatever they are classified as.
    pub(super) fn find_in_all(
        &mut self,
        edges: EdgeSet,
        budget: &mut Budget,
    ) -> Result<Option<Cycle>, Spent> {
        let rows = self.all.masked(edges);
        let mut spent = false;
        for key in edges.iter() {
            match self.find_in(&rows, self.all, key, budget) {
                Ok(None) => {}
                Ok(found) => return Ok(found),
                Err(Spent) => spent = true,
            }
        }
        if spent { Err(Spent) } else { Ok(None) }
    }

    /// Any cycle.
    pub(super) fn any_cycle(&mut self) -> Option<Cycle> {
        let rows = self.narrated.masked(EdgeSet::ALL);
        let components = Components::of(&rows);
        let sources = self.narrated.successors(0).map(|(to, _)| to);
        let mut enough = Budget::new(u64::MAX);
        match self.paths.shortest(&rows, &components, sources, 0, usize::MAX, &mut enough) {
            Found::Path(path) => self.cycle(&path),
            Found::Nothing | Found::Spent => None,
        }
    }

    /// A short closed walk: an edge of `keyed` for this key, then edges of `rows`.
    fn find_in(
        &mut self,
        rows: &Masked<'_>,
        keyed: &Graph,
        key: Edge,
        budget: &mut Budget,
    ) -> Result<Option<Cycle>, Spent> {
        let key = keyed.masked(EdgeSet::of(key));
        let components = Components::of(rows);
        let mut best: Option<Vec<u32>> = None;
        let mut shorter = Budget::new(SHORTER_STEPS);
        for node in 0..number(keyed.node_count()) {
            let sources = key.row(node).filter_map(|position| key.target(position));
            let most = best.as_ref().map_or(usize::MAX, |best| best.len() - 1);
            let budget = if best.is_some() { &mut shorter } else { &mut *budget };
            match self.paths.shortest(rows, &components, sources, node, most, budget) {
                Found::Path(path) => best = Some(path),
                Found::Nothing => {}
                Found::Spent if best.is_some() => break,
                Found::Spent => return Err(Spent),
            }
            if best.as_ref().is_some_and(|best| best.len() <= 2) {
                break;
            }
        }
        Ok(best.and_then(|path| self.cycle(&path)))
    }

    fn find_nonadjacent(
        &mut self,
        edges: EdgeSet,
        budget: &mut Budget,
    ) -> Result<Option<Cycle>, Spent> {
        let rows = nonadjacent(self.narrated, edges);
        let components = Components::of(&rows);
        let nodes = number(self.narrated.node_count());
        let mut best: Option<Vec<u32>> = None;
        let mut shorter = Budget::new(SHORTER_STEPS);
        // Nodes with a closed walk through them, the shortest of which visits some node twice.
        let mut twice: Vec<u32> = Vec::new();
        for node in 0..nodes {
            let sources = anti_dependencies(&rows, node, nodes);
            let most = best.as_ref().map_or(usize::MAX, |best| best.len() - 1);
            let budget = if best.is_some() { &mut shorter } else { &mut *budget };
            match self.paths.shortest(&rows, &components, sources, node, most, budget) {
                Found::Path(path) => {
                    let path: Vec<u32> =
                        path.into_iter().map(|position| position % nodes).collect();
                    if is_simple(&path) {
                        best = Some(path);
                    } else {
                        twice.push(node);
                    }
                }
                Found::Nothing => {}
                Found::Spent if best.is_some() => break,
                Found::Spent => return Err(Spent),
            }
        }
        if best.is_none() && !twice.is_empty() {
            let closed = Closed { rows: &rows, components: &components, nodes };
            best = simple_cycle(&closed, &twice, budget)?;
        }
        Ok(best.and_then(|path| self.cycle(&path)))
    }

    /// The cycle of a path whose last node leads to its first.
    pub(super) fn cycle(&self, path: &[u32]) -> Option<Cycle> {
        let next = path.iter().cycle().skip(1);
        let steps = path.iter().zip(next).map(|(from, to)| {
            let edge = self.narrated.reasons(*from, *to).iter().next()?;
            Some(Step { txn: *from, edge })
        });
        Cycle::through(steps.collect::<Option<Vec<_>>>()?)
    }
}

/// Where the anti-dependencies of a node lead, in the graph of [`nonadjacent`] walks.
pub(super) fn anti_dependencies(
    rows: &CompactGraph,
    node: u32,
    nodes: u32,
) -> impl Iterator<Item = u32> {
    rows.row(node)
        .filter_map(|position| rows.target(position))
        .filter(move |position| *position >= nodes)
}

fn is_simple(path: &[u32]) -> bool {
    let mut nodes = path.to_vec();
    nodes.sort_unstable();
    nodes.windows(2).all(|pair| pair[0] != pair[1])
}
