//! The order of real time: a transaction that ended before another began comes before it.

use super::graph::{Edge, GraphBuilder};

/// Where a transaction begins and ends in the history. No two transactions share a position, apart
/// from 0, before which nothing ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    /// Position of the invocation; 0 if unknown.
    pub(crate) begin: u32,
    /// Position of the `:ok` completion; `None` if it is unknown when, or whether, it ended.
    pub(crate) end: Option<u32>,
}

/// Adds the order of real time, without the edges that follow from others: some for each pair of a
/// transaction and a process, not for each pair of transactions. Node `i` has `spans[i]`.
pub(crate) fn add_realtime(graph: &mut GraphBuilder, spans: &[Span]) {
    let last = spans.iter().map(|span| span.end.unwrap_or(span.begin)).max();
    let mut events = vec![Event::NONE; last.map_or(0, |last| last as usize + 1)];
    for (node, span) in (0..).zip(spans) {
        events[span.begin as usize] = Event { node, is_end: false };
        if let Some(end) = span.end {
            events[end as usize] = Event { node, is_end: true };
        }
    }
    // Transactions that ended and are not known to come before another one that ended. Few: each of
    // them overlaps with all others, so there is at most one for each process.
    let mut ended: Vec<u32> = Vec::new();
    for event in events.iter().filter(|event| event.node != Event::NONE.node) {
        if event.is_end {
            let begin = spans[event.node as usize].begin;
            ended.retain(|node| spans[*node as usize].end.is_none_or(|end| end > begin));
            ended.push(event.node);
        } else {
            for node in &ended {
                graph.add(*node, event.node, Edge::Realtime);
            }
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Event {
    node: u32,
    is_end: bool,
}

impl Event {
    const NONE: Self = Self { node: u32::MAX, is_end: false };
}

#[cfg(test)]
mod tests {
    use super::super::components::{Masked, Rows};
    use super::super::graph::{EdgeSet, Graph};
    use super::*;
    use proptest::prelude::*;

    fn graph(spans: &[(u32, Option<u32>)]) -> Graph {
        let span = |(begin, end): &(u32, Option<u32>)| Span { begin: *begin, end: *end };
        let spans: Vec<Span> = spans.iter().map(span).collect();
        let mut builder = GraphBuilder::new(spans.len());
        add_realtime(&mut builder, &spans);
        builder.build()
    }

    #[test]
    fn edges_that_follow_from_others_are_left_out() {
        // a (0-1), b (2-4), d (3-7), c (5-6), e (8-9)
        let graph = graph(&[(0, Some(1)), (2, Some(4)), (3, Some(7)), (5, Some(6)), (8, Some(9))]);
        let row = |node| graph.successors(node).map(|(to, _)| to).collect::<Vec<_>>();
        assert_eq!(
            [row(0), row(1), row(2), row(3), row(4)],
            [vec![1, 2], vec![3], vec![4], vec![4], vec![]]
        );
    }

    #[test]
    fn what_may_still_happen_comes_before_nothing() {
        let graph = graph(&[(0, None), (1, Some(2)), (3, None), (4, Some(5))]);
        let row = |node| graph.successors(node).map(|(to, _)| to).collect::<Vec<_>>();
        assert_eq!([row(0), row(1), row(2), row(3)], [vec![], vec![2, 3], vec![], vec![]]);
    }

    proptest! {
        #[test]
        fn paths_are_exactly_the_order_of_time(order in Just((0..24_u32).collect::<Vec<_>>()).prop_shuffle(),
                                               crashed in prop::collection::vec(any::<bool>(), 12)) {
            let spans: Vec<_> = order.chunks(2).zip(&crashed)
                .map(|(pair, crashed)| (pair[0].min(pair[1]), (!crashed).then_some(pair[0].max(pair[1]))))
                .collect();
            let graph = graph(&spans);
            let rows = Masked { graph: &graph, mask: EdgeSet::ALL };
            for from in 0..12_u32 {
                let mut reached = vec![from];
                let mut next = 0;
                while let Some(node) = reached.get(next).copied() {
                    next += 1;
                    for to in rows.row(node).filter_map(|position| rows.target(position)) {
                        if !reached.contains(&to) { reached.push(to); }
                    }
                }
                for to in (0..12).filter(|to| *to != from) {
                    let before = spans[from as usize].1.is_some_and(|end| end < spans[to as usize].0);
                    prop_assert_eq!(reached.contains(&to), before, "{} {}", from, to);
                }
            }
        }
    }
}
