//! Assembles the story.

use super::client::Clients;
use super::condense::condense;
use super::faults::{self, Spell};
use super::journal::{Message, messages};
use super::line::{Content, Fate, Line};
use crate::Trial;
use glomers_config::Plan;
use glomers_engine::Core;
use glomers_history::{Kind, Operation, visible_lines};
use std::fmt::Write as _;

/// The story of a run whose plan enables the journal; `node` describes its nodes.
#[must_use]
pub fn story(trial: &mut Trial, node: &str) -> String {
    let journal = std::mem::take(trial.simulated.core.journal().lines());
    let core = &trial.simulated.core;
    let messages = messages(&journal);
    let mut text = head(core.plan(), node);
    if let Some(cut) = core.cut_journal() {
        let ended = cut.ended as f64 / 1e9;
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "The journal is full at {ended:.3}: later messages are missing below, and some before \
             seem not to arrive.\n\n"
        );
    }
    for line in condense(lines(core, &messages)) {
        text += &line.to_text();
        text.push('\n');
    }
    text.push('\n');
    text += &ending(&trial.assessment.reasons);
    *trial.simulated.core.journal().lines() = journal;
    // Messages and values come from the node, so control characters in them are escaped.
    visible_lines(&text).into_owned()
}

/// The heading: workload, nodes and settings.
fn head(plan: &Plan, node: &str) -> String {
    let count = plan.nodes.len();
    let nodes = if count == 1 { "1 node".to_owned() } else { format!("{count} nodes") };
    let latency = match plan.latency_ms {
        0 => "messages between them take no time".to_owned(),
        ms => format!("messages between them take {ms} ms ({})", plan.latency_distribution.name()),
    };
    format!(
        "{} with {node}: {nodes} ({}); {latency}; seed {}.\nTimes are in seconds. What nodes are \
         told first (init, topology) is left out.\n\n",
        plan.workload,
        plan.nodes.join(", "),
        plan.seed
    )
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
fn lines(core: &Core, messages: &[Message]) -> Vec<Line> {
    let names = &core.plan().nodes;
    let spells = faults::spells(core);
    let mut clients = Clients::new(core, messages);
    // Of simultaneous events, the actions of the nemesis come first, and operations given up last.
    let mut lines = faults::lines(&spells, names);
    lines.extend(last_looks(core));
    lines.append(&mut clients.silent);
    // For a run that ended before its first operation, set-up messages are shown, which are
    // otherwise left out.
    let has_operations = core.history().operations().iter().any(Operation::is_client);
    for (position, message) in messages.iter().enumerate() {
        if has_operations && message.is_set_up() {
            continue;
        }
        let content = match clients.described(position, message) {
            Some(sentence) => Content::Sentence(sentence + &client_fate(message, &spells, names)),
            None => server_message(message, &spells, names),
        };
        lines.push(Line { time: message.sent, content });
    }
    lines.append(&mut clients.given_up);
    lines.sort_by_key(|line| line.time);
    lines
}

/// The line between the load and the final operations.
fn last_looks(core: &Core) -> Option<Line> {
    let scenario = core.scenario();
    let is_invocation =
        |entry: &&glomers_history::Operation| entry.is_client() && entry.kind == Kind::Invoke;
    let first_last =
        core.history().operations().iter().filter(is_invocation).nth(scenario.operations.len())?;
    let wait = format!("{} s later", core.plan().recovery.as_secs_f64());
    let text = format!("-- the load is over, every fault too; {wait} come the last looks --");
    Some(Line { time: first_last.time, content: Content::Sentence(text) })
}

/// The text about the fate of a message that a client sent or receives.
fn client_fate(message: &Message, spells: &[Spell], names: &[String]) -> String {
    let is_request = message.src.starts_with('c');
    match message.received.first() {
        Some(_) => String::new(),
        None if is_request => {
            format!(" (does not arrive: {})", faults::reason(message, spells, names))
        }
        None => " (no client waits for that any more)".to_owned(),
    }
}

fn server_message(message: &Message, spells: &[Spell], names: &[String]) -> Content {
    let Message { src, dest, text, kind, sent, received } = message.clone();
    let fate = match received.as_slice() {
        [] => Fate::Lost(faults::reason(message, spells, names)),
        [time] if *time == sent => Fate::AtOnce,
        [time] => Fate::At(*time),
        _ => Fate::Repeatedly(received),
    };
    Content::Message { src, dest, kind, text, fate, more: None }
}
