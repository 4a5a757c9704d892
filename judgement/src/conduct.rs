//! Warnings about nodes that deviated from the protocol.
//!
//! All nodes of a run are the same program and make the same mistakes: each kind of mistake is one
//! warning, about the first node, which names the others.

use glomers_checkers::plural;
use glomers_engine::{
    BadLine, Core, DeafCause, Deafness, LineCount, NodeIndex, Unanswered, UnmatchedCount,
    UnmatchedKind,
};
use glomers_history::visible;
use std::collections::BTreeMap;
use std::fmt::Display;

/// Maximum number of nodes that are named besides the first.
const NAMED_NODES: usize = 3;

/// Warnings about lines that are malformed or odd messages, messages that answer no request,
/// requests without an answer, and lines after which the reference stops reading a node; without
/// those that the reason for an early end of the run already describes.
pub(crate) fn warnings(core: &Core, ending: Option<&str>) -> Vec<String> {
    let is_described = |what: &str| ending.is_some_and(|ending| ending.contains(what));
    let names = &core.plan().nodes;
    let unanswered = core.unanswered().into_iter().map(|unanswered| {
        let Unanswered { node, request, count, text } = unanswered;
        format!(
            "\"{request}\" was never answered in a usable form ({count} without an answer): {} {}",
            names[node],
            visible(&text)
        )
    });
    lines(names, core.bad_lines(), is_described)
        .into_iter()
        .chain(lines(names, core.odd_lines(), is_described))
        .chain(unmatched(names, core.unmatched_replies(), is_described))
        .chain(unanswered)
        .chain(deafness(core))
        .collect()
}

/// Lines of nodes that are malformed or odd messages.
fn lines<K: Display + Ord>(
    names: &[String],
    lines: &BTreeMap<(NodeIndex, K), LineCount>,
    is_described: impl Fn(&str) -> bool,
) -> Vec<String> {
    let kinds = by_kind(lines.iter().map(|((node, kind), count)| (*node, kind, count)));
    let warning = |(kind, of_kind): (&K, Vec<(NodeIndex, &LineCount)>)| {
        let (node, LineCount { count, excerpt }) = of_kind[0];
        let (first, times, shown) = (&names[node], times(*count), visible(excerpt));
        let others = others(names, of_kind.iter().map(|(node, _)| *node));
        format!("{first} {kind} ({times}; first: `{shown}`){others}")
    };
    let kinds = kinds.into_iter().filter(|(kind, _)| !is_described(&kind.to_string()));
    kinds.map(warning).collect()
}

/// Messages to clients that answered no request.
fn unmatched(
    names: &[String],
    replies: &BTreeMap<(NodeIndex, UnmatchedKind), UnmatchedCount>,
    is_described: impl Fn(&str) -> bool,
) -> Vec<String> {
    let kinds = by_kind(replies.iter().map(|((node, kind), count)| (*node, kind, count)));
    let warning = |(_, of_kind): (&UnmatchedKind, Vec<(NodeIndex, &UnmatchedCount)>)| {
        let (node, UnmatchedCount { count, first }) = of_kind[0];
        let (name, times, shown) = (&names[node], times(*count), visible(&first.body));
        let others = others(names, of_kind.iter().map(|(node, _)| *node));
        format!("{name} {first} ({times}; first: `{shown}`){others}")
    };
    let is_new =
        |of_kind: &[(NodeIndex, &UnmatchedCount)]| !is_described(&of_kind[0].1.first.to_string());
    kinds.into_iter().filter(|(_, of_kind)| is_new(of_kind)).map(warning).collect()
}

/// Nodes that the reference would stop reading. If a node printed nothing later, nothing would have
/// been lost.
fn deafness(core: &Core) -> Vec<String> {
    let names = &core.plan().nodes;
    let with_loss = core.deafness().iter().filter(|deafness| deafness.lines > 0);
    let kinds = by_kind(with_loss.map(|it| (it.node, kind_of(&it.cause), it)));
    let warning = |(_, of_kind): (CauseKind, Vec<(NodeIndex, &Deafness)>)| {
        let (node, first) = of_kind[0];
        let text = if core.plan().strict {
            deaf(&names[node], first)
        } else {
            would_be_deaf(&names[node], first)
        };
        text + &others(names, of_kind.iter().map(|(node, _)| *node))
    };
    kinds.into_iter().map(warning).collect()
}

/// The kind of a cause, without the client that it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum CauseKind {
    BadLine(BadLine),
    SecondInitAnswer,
    InitClient,
    LateAnswer,
    GoneClient,
}

fn kind_of(cause: &DeafCause) -> CauseKind {
    match cause {
        DeafCause::BadLine(kind) => CauseKind::BadLine(*kind),
        DeafCause::SecondInitAnswer => CauseKind::SecondInitAnswer,
        DeafCause::InitClient { .. } => CauseKind::InitClient,
        DeafCause::LateAnswer { .. } => CauseKind::LateAnswer,
        DeafCause::GoneClient { .. } => CauseKind::GoneClient,
    }
}

/// The cases of each kind, in the order of the nodes.
fn by_kind<K: Ord, T>(
    all: impl Iterator<Item = (NodeIndex, K, T)>,
) -> BTreeMap<K, Vec<(NodeIndex, T)>> {
    let mut kinds: BTreeMap<K, Vec<(NodeIndex, T)>> = BTreeMap::new();
    for (node, kind, it) in all {
        kinds.entry(kind).or_default().push((node, it));
    }
    kinds
}

/// The nodes besides the first that did the same; empty if there are none.
fn others(names: &[String], nodes: impl Iterator<Item = NodeIndex>) -> String {
    let mut nodes: Vec<NodeIndex> = nodes.collect();
    let first = nodes.first().copied();
    nodes.retain(|node| Some(*node) != first);
    nodes.dedup();
    if nodes.is_empty() {
        return String::new();
    }
    let shown: Vec<&str> =
        nodes.iter().take(NAMED_NODES).map(|node| names[*node].as_str()).collect();
    let more = match nodes.len().saturating_sub(NAMED_NODES) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("; the same of {}{more}", shown.join(", "))
}

/// In a strict run: what happened to the node.
fn deaf(name: &str, deafness: &Deafness) -> String {
    format!(
        "{name} was not read any more from {} on, as by Maelstrom: it {}; {} discarded",
        moment(deafness),
        cause(deafness),
        counted(deafness.lines, "later line was", "later lines were"),
    )
}

/// In any other run: what would have happened to the node.
fn would_be_deaf(name: &str, deafness: &Deafness) -> String {
    let Deafness { answers, lines, .. } = *deafness;
    let timed_out = counted(
        answers,
        "operation that it answered later would have timed out",
        "operations that it answered later would have timed out",
    );
    let lost = |line: &str, more: &str| {
        counted(lines - answers, &format!("{line} would"), &format!("{more} would"))
            + " have been lost"
    };
    let what = match (answers, lines - answers) {
        (0, _) => lost("later line", "later lines"),
        (_, 0) => timed_out,
        _ => format!("{timed_out}, and {}", lost("other line", "other lines")),
    };
    format!(
        "Maelstrom would have gone deaf to {name} at {}: {name} {}; {what} (--strict does as \
         Maelstrom does)",
        moment(deafness),
        cause(deafness),
    )
}

fn cause(deafness: &Deafness) -> String {
    let shown = visible(&deafness.excerpt);
    match &deafness.cause {
        // There is a separate, more detailed warning about it.
        DeafCause::BadLine(_) => format!("printed a line that it cannot take, `{shown}`"),
        cause => format!("{cause}, with `{shown}`"),
    }
}

/// The time at which it happened.
fn moment(deafness: &Deafness) -> String {
    /// Nanoseconds in a second.
    const SECOND: f64 = 1e9;
    format!("{:.3} s", deafness.at as f64 / SECOND)
}

fn counted(count: u64, one: &str, more: &str) -> String {
    plural(usize::try_from(count).unwrap_or(usize::MAX), one, more)
}

fn times(count: u64) -> String {
    if count == 1 { "once".to_owned() } else { format!("{count} times") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_with_the_same_mistake_are_named_once() {
        let names: Vec<String> = (0..25).map(|node| format!("n{node}")).collect();
        assert_eq!(others(&names, [2].into_iter()), "");
        assert_eq!(others(&names, [2, 2, 4].into_iter()), "; the same of n4");
        assert_eq!(others(&names, 0..25), "; the same of n1, n2, n3 and 21 more");
    }

    #[test]
    fn what_would_have_been_lost_is_counted() {
        let text = |answers, lines| {
            let cause = DeafCause::SecondInitAnswer;
            let excerpt = "{}".to_owned();
            let deafness = Deafness { node: 0, at: 1_500_000_000, cause, excerpt, answers, lines };
            would_be_deaf("n0", &deafness)
        };
        assert!(text(0, 1).contains("at 1.500 s: n0 answered init twice"), "{}", text(0, 1));
        assert!(text(0, 1).contains("; 1 later line would have been lost ("), "{}", text(0, 1));
        assert!(
            text(1, 1).contains("; 1 operation that it answered later would"),
            "{}",
            text(1, 1)
        );
        let both = text(2, 5);
        assert!(both.contains("; 2 operations") && both.contains(", and 3 other lines"), "{both}");
    }
}
