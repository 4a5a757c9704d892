//! The end of a value's story: who had it when.

use super::body::described;
use super::faults::reason;
use super::line::seconds;
use crate::timeline::Timeline;
use crate::value_trace::{Holder, ValueTrace};
use std::fmt::Write as _;

/// A line for each node: since when it had the value, and when a client first saw it there; or what
/// became of the messages with it that were sent there.
pub(super) fn summary(timeline: &Timeline<'_>, value: &str, trace: &ValueTrace) -> String {
    if timeline.nodes().is_empty() {
        return format!("{value}: {}\n", reads(timeline, trace, 0).trim_start_matches("; "));
    }
    let mut text = format!("Where {value} was:\n");
    let width = timeline.nodes().iter().map(String::len).max().unwrap_or(0);
    for (node, name) in timeline.nodes().iter().enumerate() {
        let _ = write!(text, "  {name:width$}  ");
        match trace.holders[node] {
            Some(Holder::Message(position, time)) => {
                let message = &timeline.messages()[position];
                let (src, kind) = (timeline.name(message.src), message.kind);
                let _ = write!(text, "has it since {}, by {kind} of {src}", seconds(time));
            }
            Some(Holder::Shown(_)) => text += "showed it; how it came there is not known",
            None => text += &never(timeline, trace, node),
        }
        text += &reads(timeline, trace, node);
        text.push('\n');
    }
    text
}

/// What is known of a node that never had the value.
fn never(timeline: &Timeline<'_>, trace: &ValueTrace, node: usize) -> String {
    let messages = trace.messages.iter().map(|position| &timeline.messages()[*position]);
    let dropped: Vec<_> =
        messages.filter(|it| timeline.participants()[it.dest].node() == Some(node)).collect();
    let [first, .., last] = dropped.as_slice() else {
        return match dropped.first() {
            Some(message) => format!(
                "never had it: {} of {} at {} did not arrive ({}), and nothing was sent again",
                described(message.kind, message.body),
                timeline.name(message.src),
                seconds(message.sent),
                reason(timeline, message)
            ),
            None if timeline.messages().is_empty() => "never showed it".to_owned(),
            None => "never had it: no message with it was sent there".to_owned(),
        };
    };
    format!(
        "never had it: {} messages with it, from {} to {}, did not arrive ({})",
        dropped.len(),
        seconds(first.sent),
        seconds(last.sent),
        reason(timeline, last)
    )
}

fn reads(timeline: &Timeline<'_>, trace: &ValueTrace, node: usize) -> String {
    let invoked = |position: usize| seconds(timeline.operations()[position].invoked);
    let mut text = String::new();
    match trace.first_shown[node] {
        Some(read) => {
            let _ = write!(text, "; first read at {}", invoked(read));
        }
        None => text += "; never read",
    }
    if let Some(read) = trace.last_without[node] {
        let _ = write!(text, "; missing from the read at {}", invoked(read));
    }
    text
}
