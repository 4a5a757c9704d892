//! The order of each process: it does one transaction at a time.

use super::edge::Edge;
use super::graph::GraphBuilder;
use glomers_history::Process;
use rustc_hash::FxHashMap;

/// Relates each `:ok` transaction to the next of its process. `transactions` are these
/// transactions, in the order of the history.
pub(crate) fn add_process(
    graph: &mut GraphBuilder,
    transactions: impl IntoIterator<Item = (u32, Process)>,
) {
    let mut last: FxHashMap<Process, u32> = FxHashMap::default();
    for (node, process) in transactions {
        if let Some(before) = last.insert(process, node) {
            graph.add(before, node, Edge::Process);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_process_is_a_chain() {
        let processes = [3, 5, 3, 5, 3].map(Process::Client);
        let mut builder = GraphBuilder::new(5);
        add_process(&mut builder, (0..).zip(processes));
        let graph = builder.build();
        let edges: Vec<_> =
            (0..5).flat_map(|from| graph.successors(from).map(move |(to, _)| (from, to))).collect();
        assert_eq!(edges, [(0, 2), (1, 3), (2, 4)]);
    }
}
