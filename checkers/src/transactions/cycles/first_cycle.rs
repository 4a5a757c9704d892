//! The first cycle of a kind that the reference's search meets in a component.
//!
//! If some pairs of transactions have several edges, a cycle that is found as one kind may be
//! classified as another. The reference then drops the kind, though another cycle may be of this
//! kind. To report the same kinds, its search is repeated here, as far as that is cheap: breadth
//! first from one transaction after the other, in the order of its graphs, over whole paths.
//! Follows `elle.bfs`.

use super::search::Spent;
use crate::bifurcan_order::order_as_set;
use crate::clojure_order::long_hash;
use crate::graph::Budget;
use crate::number::number;
use crate::transactions::dependency_graph::{Edge, EdgeSet, Graph};

/// The requirements on a cycle.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    /// Edges that it may have.
    pub(super) legal: EdgeSet,
    /// At least one edge of each of these.
    pub(super) required: [EdgeSet; 2],
    /// The least number of anti-dependencies.
    pub(super) anti_dependencies: u8,
    /// The further anti-dependencies that it may have, if they are not legal anyway.
    pub(super) extra: Extra,
}

/// The anti-dependencies that a path may take beyond its legal edges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extra {
    None,
    /// One more.
    One,
    /// One, if the last edge was not an anti-dependency.
    Nonadjacent,
    /// None now: the last edge was an anti-dependency.
    JustTaken,
}

/// A path: the last transaction, and the path before it.
#[derive(Debug, Clone, Copy)]
struct Path {
    /// Number of the path before; [`START`] if the path is a single transaction.
    before: u32,
    node: u32,
    required: [EdgeSet; 2],
    anti_dependencies: u8,
    extra: Extra,
}

const START: u32 = u32::MAX;

/// Transactions of a component in the reference's order.
#[derive(Debug)]
pub(super) struct FirstCycles<'a> {
    graph: &'a Graph,
    /// By node.
    hashes: Vec<u32>,
}

/// The edges of each node that a search may take, in the order of the reference's graph.
struct Rows {
    nodes: Vec<u32>,
    rows: Vec<Vec<(u32, EdgeSet)>>,
}

impl<'a> FirstCycles<'a> {
    /// For a component of transactions with these indices, by node.
    pub(super) fn new(graph: &'a Graph, indices: impl Iterator<Item = u64>) -> Self {
        let hashes = indices.map(|index| long_hash(index.cast_signed())).collect();
        Self { graph, hashes }
    }

    /// The first cycle that meets the requirements; `None` if no cycle does.
    pub(super) fn find(
        &self,
        wanted: Wanted,
        budget: &mut Budget,
    ) -> Result<Option<Vec<u32>>, Spent> {
        let edges = match wanted.anti_dependencies {
            0 => wanted.legal,
            _ => wanted.legal.with(Edge::Rw),
        };
        let all: Vec<u32> = (0..number(self.graph.node_count())).collect();
        let rows = self.rows(&all, edges);
        for &node in &rows.nodes {
            let found = self.find_from(node, &rows, edges, wanted, budget)?;
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// The graph of these nodes, ascending, with these edges.
    fn rows(&self, nodes: &[u32], edges: EdgeSet) -> Rows {
        let mut rows = vec![Vec::new(); self.graph.node_count()];
        let mut is_in = vec![false; self.graph.node_count()];
        for &node in nodes {
            let successors = self.graph.successors(node);
            let kept = successors
                .map(|(to, reasons)| (to, reasons.intersection(edges)))
                .filter(|(to, reasons)| !reasons.is_empty() && nodes.binary_search(to).is_ok())
                .map(|(to, reasons)| (self.hashes[to as usize], (to, reasons)));
            let row = order_as_set(kept);
            for &(to, _) in &row {
                is_in[node as usize] = true;
                is_in[to as usize] = true;
            }
            rows[node as usize] = row;
        }
        let nodes = nodes.iter().copied().filter(|&node| is_in[node as usize]);
        let nodes = order_as_set(nodes.map(|node| (self.hashes[node as usize], node)));
        Rows { nodes, rows }
    }

    fn find_from(
        &self,
        node: u32,
        rows: &Rows,
        edges: EdgeSet,
        wanted: Wanted,
        budget: &mut Budget,
    ) -> Result<Option<Vec<u32>>, Spent> {
        let mut paths = Paths(vec![Path {
            before: START,
            node,
            required: wanted.required,
            anti_dependencies: wanted.anti_dependencies,
            extra: wanted.extra,
        }]);
        let mut shell = vec![0_u32];
        while !shell.is_empty() {
            let mut open = Vec::new();
            for &path in &shell {
                let nodes = paths.nodes(path);
                if !budget.spend(nodes.len() as u64) {
                    return Err(Spent);
                }
                let last = paths.0[path as usize];
                let Some(begin) = nodes[..nodes.len() - 1].iter().position(|n| *n == last.node)
                else {
                    open.push(path);
                    continue;
                };
                if last.is_complete() && begin == 0 {
                    return Ok(Some(nodes[..nodes.len() - 1].to_vec()));
                }
                if last.is_complete() {
                    // The path to the cycle may contain required edges: only the cycle counts.
                    let cycle = &nodes[begin..];
                    let mut own = cycle.to_vec();
                    own.sort_unstable();
                    own.dedup();
                    let own = self.rows(&own, edges);
                    for &start in cycle {
                        let found = self.find_from(start, &own, edges, wanted, budget)?;
                        if found.is_some() {
                            return Ok(found);
                        }
                    }
                }
            }
            shell.clear();
            for path in open {
                let last = paths.0[path as usize];
                for &(to, reasons) in &rows.rows[last.node as usize] {
                    let is_first = last.before == START;
                    last.steps(reasons, wanted.legal, is_first, |step| {
                        shell.push(number(paths.0.len()));
                        paths.0.push(Path { before: path, node: to, ..step });
                    });
                }
            }
        }
        Ok(None)
    }
}

/// All paths of a search.
struct Paths(Vec<Path>);

impl Paths {
    fn nodes(&self, path: u32) -> Vec<u32> {
        let mut nodes = Vec::new();
        let mut next = path;
        while next != START {
            let Path { before, node, .. } = self.0[next as usize];
            nodes.push(node);
            next = before;
        }
        nodes.reverse();
        nodes
    }
}

impl Path {
    /// Whether all requirements are met.
    fn is_complete(&self) -> bool {
        self.required == [EdgeSet::EMPTY; 2]
            && self.anti_dependencies == 0
            && self.extra != Extra::JustTaken
    }

    /// The different options for taking one of these edges.
    fn steps(&self, edges: EdgeSet, legal: EdgeSet, is_first: bool, mut add: impl FnMut(Self)) {
        let rw = EdgeSet::of(Edge::Rw);
        let asks_for_rw =
            self.anti_dependencies > 0 || matches!(self.extra, Extra::One | Extra::Nonadjacent);
        let rw = if asks_for_rw { rw } else { EdgeSet::EMPTY };
        let required = self.required[0].union(self.required[1]).without(rw);
        for edge in edges.intersection(rw).iter() {
            self.step(edge, legal).map(&mut add);
        }
        if is_first && self.anti_dependencies > 0 {
            return;
        }
        for edge in edges.intersection(required).iter() {
            self.step(edge, legal).map(&mut add);
        }
        if is_first && self.required != [EdgeSet::EMPTY; 2] {
            return;
        }
        // The others make no difference: one is enough.
        let others = legal.without(rw).without(required);
        let step = edges.intersection(others).iter().find_map(|edge| self.step(edge, legal));
        step.map(add);
    }

    fn step(&self, edge: Edge, legal: EdgeSet) -> Option<Self> {
        let mut next = *self;
        let is_rw = edge == Edge::Rw;
        if let Some(met) = next.required.iter_mut().find(|required| required.contains(edge)) {
            *met = EdgeSet::EMPTY;
        }
        if is_rw {
            next.anti_dependencies = self.anti_dependencies.saturating_sub(1);
        }
        next.extra = match (self.extra, is_rw && !legal.contains(edge)) {
            (extra, true) => match extra {
                Extra::None | Extra::JustTaken => return None,
                Extra::One => Extra::None,
                Extra::Nonadjacent => Extra::JustTaken,
            },
            (Extra::JustTaken, false) => Extra::Nonadjacent,
            (extra, false) => extra,
        };
        (is_rw || legal.contains(edge)).then_some(next)
    }
}
