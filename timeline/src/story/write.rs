//! Assembles a story.

use super::body::described;
use super::choice::Choice;
use super::clients::{processes, sentence, unseen};
use super::condense::condense;
use super::faults;
use super::line::{Content, Fate as Shown, Line};
use super::select::{Selected, select};
use super::summary::summary;
use crate::fate::Fate;
use crate::log_line::LogLine;
use crate::message::Message;
use crate::timeline::Timeline;
use crate::value_trace::ValueTrace;
use glomers_history::{shortened, visible_lines};
use std::fmt::Write as _;

/// Maximum number of characters of a logged line that are shown.
const LOGGED_CHARS: usize = 120;

/// What a story says first.
#[derive(Debug, Clone, Default)]
pub struct Heading {
    /// Name of the workload or challenge.
    pub workload: String,
    /// The program under test.
    pub node: String,
    /// Mean latency between nodes in ms, and how it is distributed; `None` if it is not known.
    pub latency: Option<(u64, String)>,
    /// The seed, if there is one.
    pub seed: Option<u64>,
}

/// The story of a run, or of a part of it. `reasons` say what was wrong in the end.
#[must_use]
pub fn story(
    timeline: &Timeline<'_>,
    heading: &Heading,
    choice: &Choice,
    reasons: &[String],
) -> String {
    let value = choice.value.as_deref();
    let trace = value.and_then(|value| ValueTrace::of(timeline, value));
    let selected = select(timeline, choice, trace.as_ref());
    let mut text = head(timeline, heading);
    for line in condense(lines(timeline, &selected, choice)) {
        text += &line.to_text();
        text.push('\n');
    }
    if let (Some(value), Some(trace)) = (value, &trace) {
        text.push('\n');
        text += &summary(timeline, value, trace);
    }
    if !reasons.is_empty() {
        text.push('\n');
        text += &ending(reasons);
    }
    // Messages and values come from the node, so control characters in them are escaped.
    visible_lines(&text).into_owned()
}

fn head(timeline: &Timeline<'_>, heading: &Heading) -> String {
    let names = timeline.nodes();
    let Heading { workload, node, latency, seed } = heading;
    let mut text = format!("{workload} with {node}");
    match names {
        [] => {}
        [only] => {
            let _ = write!(text, ": 1 node ({only})");
        }
        _ => {
            let _ = write!(text, ": {} nodes ({})", names.len(), names.join(", "));
        }
    }
    match latency {
        Some((0, _)) => text += "; messages between them take no time",
        Some((ms, distribution)) => {
            let _ = write!(text, "; messages between them take {ms} ms ({distribution})");
        }
        None => {}
    }
    if let Some(seed) = seed {
        let _ = write!(text, "; seed {seed}");
    }
    text += ".\nTimes are in seconds.";
    if !timeline.operations().is_empty() {
        text += " The set-up of nodes (init, topology) is left out.";
    }
    text += "\n\n";
    text
}

fn ending(reasons: &[String]) -> String {
    let mut text = "What was wrong:\n".to_owned();
    for line in reasons.iter().flat_map(|reason| reason.lines()) {
        text += "  ";
        text += line;
        text.push('\n');
    }
    text
}

/// All lines, by their time.
fn lines(timeline: &Timeline<'_>, selected: &Selected<'_, '_>, choice: &Choice) -> Vec<Line> {
    let processes = processes(timeline);
    let mut unseen = unseen(timeline, selected.operations.iter().copied());
    // Of simultaneous events, the actions of the nemesis come first, and operations given up last.
    let mut lines = faults::lines(selected.faults.iter().copied(), timeline.nodes());
    lines.extend(final_operations(timeline));
    lines.append(&mut unseen.begun);
    for position in &selected.messages {
        let message = &timeline.messages()[*position];
        let content = match sentence(timeline, message, processes.get(position)) {
            Some(sentence) => Content::Sentence(sentence + &client_fate(timeline, message)),
            None => server_message(timeline, message),
        };
        lines.push(Line { time: message.sent, content });
    }
    for LogLine { node, time, text } in &selected.logs {
        let text = shortened(text, LOGGED_CHARS).into_owned();
        let node = timeline.nodes().get(*node).cloned().unwrap_or_default();
        lines.push(Line { time: *time, content: Content::Log { node, text, more: None } });
    }
    lines.append(&mut unseen.given_up);
    lines.retain(|line| choice.has_time(line.time));
    lines.sort_by_key(|line| line.time);
    lines
}

/// The line between the load and the final operations.
fn final_operations(timeline: &Timeline<'_>) -> Option<Line> {
    let first = timeline.operations().iter().find(|operation| operation.is_final)?;
    let text = "-- the load, the faults and the recovery are over: the final operations begin --";
    Some(Line { time: first.invoked, content: Content::Sentence(text.to_owned()) })
}

/// The text about the fate of a message that a client sent or receives.
fn client_fate(timeline: &Timeline<'_>, message: &Message<'_>) -> String {
    match timeline.fate(message) {
        Fate::Arrived => String::new(),
        Fate::NotAwaited => " (no client waits for that any more)".to_owned(),
        _ => format!(" (does not arrive: {})", faults::reason(timeline, message)),
    }
}

fn server_message(timeline: &Timeline<'_>, message: &Message<'_>) -> Content {
    let arrivals: Vec<i64> = message.arrivals().collect();
    let fate = match arrivals.as_slice() {
        [] => Shown::Lost(faults::reason(timeline, message)),
        [time] if *time == message.sent => Shown::AtOnce,
        [time] => Shown::At(*time),
        _ => Shown::Repeatedly(arrivals),
    };
    Content::Message {
        src: timeline.name(message.src).to_owned(),
        dest: timeline.name(message.dest).to_owned(),
        kind: message.kind.to_owned(),
        text: described(message.kind, message.body),
        fate,
        more: None,
    }
}
