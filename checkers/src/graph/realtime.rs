//! The order of real time: an operation that ended before another began comes before it.
//!
//! There are as many pairs as the square of the operations, so both forms of the graph have fewer
//! edges, and paths exactly where there are pairs.

use crate::number::number;

/// Where an operation begins and ends in the history. No two operations share a position, apart
/// from 0, before which nothing ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    /// Position of the invocation; 0 if unknown.
    pub(crate) begin: u32,
    /// Position of the `:ok` completion; `None` if it is unknown when, or whether, it ended.
    pub(crate) end: Option<u32>,
}

/// Adds the order of real time, without the edges that follow from others: some for each pair of an
/// operation and a process. Node `i` has `spans[i]`.
pub(crate) fn add_reduced(spans: &[Span], mut add: impl FnMut(u32, u32)) {
    let last = spans.iter().map(|span| span.end.unwrap_or(span.begin)).max();
    let mut events = vec![Event::NONE; last.map_or(0, |last| last as usize + 1)];
    for (node, span) in (0..).zip(spans) {
        events[span.begin as usize] = Event { node, is_end: false };
        if let Some(end) = span.end {
            events[end as usize] = Event { node, is_end: true };
        }
    }
    // Operations that ended and are not known to come before another one that ended. Few: each of
    // them overlaps with all others, so there is at most one for each process.
    let mut ended: Vec<u32> = Vec::new();
    for event in events.iter().filter(|event| event.node != Event::NONE.node) {
        if event.is_end {
            let begin = spans[event.node as usize].begin;
            ended.retain(|node| spans[*node as usize].end.is_none_or(|end| end > begin));
            ended.push(event.node);
        } else {
            for node in &ended {
                add(*node, event.node);
            }
        }
    }
}

/// Adds the order of real time so that each pair is one step, if nodes from `first` on do not count:
/// there is one for each end, which leads to the next and to the operations that begin after it.
/// Returns the number of all nodes. `spans` are nodes below `first`, in the order of their ends.
pub(crate) fn add_chain(
    spans: impl Iterator<Item = (u32, Span)> + Clone,
    first: u32,
    mut add: impl FnMut(u32, u32),
) -> usize {
    let mut ends: Vec<u32> = Vec::new();
    for (node, end) in spans.clone().filter_map(|(node, span)| Some((node, span.end?))) {
        let between = first + number(ends.len());
        add(node, between);
        if between > first {
            add(between - 1, between);
        }
        ends.push(end);
    }
    for (node, Span { begin, .. }) in spans {
        let before = ends.partition_point(|end| *end < begin);
        if let Some(last) = before.checked_sub(1) {
            add(first + number(last), node);
        }
    }
    first as usize + ends.len()
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
    use super::*;
    use proptest::prelude::*;

    fn spans(spans: &[(u32, Option<u32>)]) -> Vec<Span> {
        spans.iter().map(|(begin, end)| Span { begin: *begin, end: *end }).collect()
    }

    /// The edges from each node.
    fn reduced(spans: &[Span]) -> Vec<Vec<u32>> {
        let mut rows = vec![Vec::new(); spans.len()];
        add_reduced(spans, |from, to| rows[from as usize].push(to));
        rows
    }

    #[test]
    fn edges_that_follow_from_others_are_left_out() {
        // a (0-1), b (2-4), d (3-7), c (5-6), e (8-9)
        let spans = spans(&[(0, Some(1)), (2, Some(4)), (3, Some(7)), (5, Some(6)), (8, Some(9))]);
        assert_eq!(reduced(&spans), [vec![1, 2], vec![3], vec![4], vec![4], vec![]]);
    }

    #[test]
    fn what_may_still_happen_comes_before_nothing() {
        let spans = spans(&[(0, None), (1, Some(2)), (3, None), (4, Some(5))]);
        assert_eq!(reduced(&spans), [vec![], vec![2, 3], vec![], vec![]]);
    }

    /// The nodes that paths from `from` lead to.
    fn reached(rows: &[Vec<u32>], from: u32) -> Vec<u32> {
        let mut reached = rows[from as usize].clone();
        let mut next = 0;
        while let Some(node) = reached.get(next).copied() {
            next += 1;
            for to in &rows[node as usize] {
                if !reached.contains(to) {
                    reached.push(*to);
                }
            }
        }
        reached
    }

    /// Positions are those of a history: invocation or completion of an operation, in any order.
    fn any_spans() -> impl Strategy<Value = Vec<Span>> {
        let order = Just((0..24_u32).collect::<Vec<_>>()).prop_shuffle();
        let crashed = prop::collection::vec(any::<bool>(), 12);
        (order, crashed).prop_map(|(order, crashed)| {
            let span = |(pair, crashed): (&[u32], bool)| Span {
                begin: pair[0].min(pair[1]),
                end: (!crashed).then_some(pair[0].max(pair[1])),
            };
            order.chunks(2).zip(crashed).map(span).collect()
        })
    }

    proptest! {
        #[test]
        fn paths_are_exactly_the_order_of_time(spans in any_spans()) {
            let count = u32::try_from(spans.len()).unwrap();
            let mut by_end: Vec<(u32, Span)> = (0..).zip(spans.iter().copied()).collect();
            by_end.sort_by_key(|(_, span)| span.end);
            let mut chain = vec![Vec::new(); 2 * spans.len()];
            let nodes =
                add_chain(by_end.into_iter(), count, |from, to| chain[from as usize].push(to));
            chain.truncate(nodes);
            let reduced = reduced(&spans);
            for from in 0..count {
                let in_chain = reached(&chain, from);
                let in_reduced = reached(&reduced, from);
                for to in (0..count).filter(|to| *to != from) {
                    let end = spans[from as usize].end;
                    let is_before = end.is_some_and(|end| end < spans[to as usize].begin);
                    prop_assert_eq!(in_reduced.contains(&to), is_before, "{} {}", from, to);
                    prop_assert_eq!(in_chain.contains(&to), is_before, "{} {}", from, to);
                    // Past the nodes that do not count, each pair is a single step.
                    let steps = chain[from as usize].iter().filter(|node| **node >= count);
                    let mut ends: Vec<u32> = steps.copied().collect();
                    let mut is_step = false;
                    while let Some(end) = ends.pop() {
                        is_step |= chain[end as usize].contains(&to);
                        ends.extend(chain[end as usize].iter().filter(|node| **node >= count));
                    }
                    prop_assert_eq!(is_step, is_before, "{} {}", from, to);
                }
            }
        }
    }
}
