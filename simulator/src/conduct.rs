//! How nodes behaved on the network, where the protocol foresees something else, as warnings.

use glomers_engine::{Core, DeafCause, Deafness, Unanswered, UnmatchedCount};
use glomers_history::visible;

/// Warnings about messages that answered nothing, requests that had no answer, and lines after
/// which the reference reads nothing more of a node.
pub(crate) fn warnings(core: &Core) -> Vec<String> {
    let name = |node: usize| &core.plan().nodes[node];
    let unmatched = core.unmatched_replies().iter().map(|((node, _), count)| {
        let UnmatchedCount { count, first } = count;
        format!("{} {first} ({}; first: `{}`)", name(*node), times(*count), visible(&first.body))
    });
    let unanswered = core.unanswered().into_iter().map(|unanswered| {
        let Unanswered { node, request, count, text } = unanswered;
        format!(
            "\"{request}\" was never answered in a usable form ({count} without an answer): {} {}",
            name(node),
            visible(&text)
        )
    });
    // Where a node printed nothing later, nothing would have been lost.
    let deafness = core.deafness().iter().filter(|deafness| deafness.lines > 0).map(|deafness| {
        let name = name(deafness.node);
        if core.plan().strict { deaf(name, deafness) } else { would_be_deaf(name, deafness) }
    });
    unmatched.chain(unanswered).chain(deafness).collect()
}

/// In a strict run: what became of the node.
fn deaf(name: &str, deafness: &Deafness) -> String {
    let Deafness { lines, .. } = deafness;
    format!(
        "{} was not read any more from {} on, as by Maelstrom: it {}; {lines} later lines were \
         discarded",
        name,
        moment(deafness),
        cause(deafness),
    )
}

/// In any other run: what would have become of the node.
fn would_be_deaf(name: &str, deafness: &Deafness) -> String {
    let Deafness { answers, lines, .. } = deafness;
    let others = lines - answers;
    let what = match (answers, others) {
        (0, others) => format!("the {others} lines that it printed later would have been lost"),
        (answers, 0) => {
            format!("the {answers} operations that it answered later would have timed out")
        }
        (answers, others) => format!(
            "the {answers} operations that it answered later would have timed out, and {others} \
             other lines would have been lost"
        ),
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
        // It has a warning that says more.
        DeafCause::BadLine(_) => format!("printed a line that it cannot take, `{shown}`"),
        cause => format!("{cause}, with `{shown}`"),
    }
}

/// When it was.
fn moment(deafness: &Deafness) -> String {
    /// Nanoseconds in a second.
    const SECOND: f64 = 1e9;
    format!("{:.3} s", deafness.at as f64 / SECOND)
}

fn times(count: u64) -> String {
    if count == 1 { "once".to_owned() } else { format!("{count} times") }
}
