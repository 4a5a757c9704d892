//! The actions of clients: their messages as sentences, and events that a journal does not show.

use super::body::{described, value_text};
use super::line::{Content, Line};
use crate::message::Message;
use crate::operation::{Completion, Operation};
use crate::timeline::Timeline;
use glomers_history::{Function, Kind};
use rustc_hash::FxHashMap;

/// The process of each client's first requests, by the position of the message.
pub(super) fn processes(timeline: &Timeline<'_>) -> FxHashMap<usize, u64> {
    let first = |operation: &Operation<'_>| Some((*operation.messages.first()?, operation.process));
    timeline.operations().iter().filter_map(first).collect()
}

/// A message of a client, or to one, as a sentence; `None` if it is neither.
pub(super) fn sentence(
    timeline: &Timeline<'_>,
    message: &Message<'_>,
    process: Option<&u64>,
) -> Option<String> {
    let (src, dest) = (timeline.name(message.src), timeline.name(message.dest));
    let text = || described(message.kind, message.body);
    if timeline.participants()[message.src].is_client() {
        let process = process.map_or_else(String::new, |it| format!(" (process {it})"));
        return Some(format!("{src}{process} asks {dest}: {}", text()));
    }
    let is_answer = timeline.participants()[message.dest].is_client();
    is_answer.then(|| format!("{src} answers {dest}: {}", text()))
}

/// Lines for what the messages do not show: operations without a request, and those that were given
/// up. Without a journal that is every operation. Of simultaneous events, those in `given_up` come
/// last.
pub(super) struct Unseen {
    pub(super) begun: Vec<Line>,
    pub(super) given_up: Vec<Line>,
}

pub(super) fn unseen<'a>(
    timeline: &Timeline<'_>,
    operations: impl Iterator<Item = &'a Operation<'a>>,
) -> Unseen {
    let mut unseen = Unseen { begun: Vec::new(), given_up: Vec::new() };
    let has_journal = !timeline.messages().is_empty();
    for operation in operations {
        let line = |time, text| Line { time, content: Content::Sentence(text) };
        match operation.messages.first() {
            None => {
                let text = begun(timeline, operation, has_journal);
                unseen.begun.push(line(operation.invoked, text));
                if let (false, Some(end)) = (has_journal, &operation.completion) {
                    unseen.given_up.push(line(end.time, ended(operation, end)));
                }
            }
            Some(first) => {
                let client = timeline.name(timeline.messages()[*first].src);
                if let Some(end) = &operation.completion
                    && end.kind != Kind::Ok
                    && !is_answered(timeline, operation, end)
                {
                    let text = gave_up(client, operation.process, end.kind);
                    unseen.given_up.push(line(end.time, text));
                }
            }
        }
    }
    unseen
}

/// Whether a message to the client ended the operation.
fn is_answered(timeline: &Timeline<'_>, operation: &Operation<'_>, end: &Completion<'_>) -> bool {
    let mut messages = operation.messages.iter().map(|it| &timeline.messages()[*it]);
    messages.any(|it| {
        timeline.participants()[it.dest].is_client() && it.arrivals().any(|time| time == end.time)
    })
}

/// An operation without a request: with a journal, it sent none.
fn begun(timeline: &Timeline<'_>, operation: &Operation<'_>, has_journal: bool) -> String {
    let process = operation.process;
    if *operation.f == Function::Crash {
        return format!("the client of process {process} crashes, and comes back as another");
    }
    let node = operation.node.filter(|_| !has_journal);
    let asked = node.map(|node| format!(" asks {}", timeline.nodes()[node]));
    let asked = asked.unwrap_or_default();
    let argument = match operation.argument {
        glomers_history::Value::Nil => String::new(),
        value => format!(" {}", value_text(value)),
    };
    format!("process {process}{asked}: {}{argument}", operation.f)
}

fn ended(operation: &Operation<'_>, end: &Completion<'_>) -> String {
    let Operation { process, f, .. } = operation;
    let why = end.error.map_or_else(String::new, |error| format!(", {}", value_text(error)));
    match end.kind {
        Kind::Ok => format!("process {process} has its answer: {f} {}", value_text(end.value)),
        Kind::Fail => format!("process {process}: {f} failed{why}"),
        _ => format!("process {process} gives up: the outcome of {f} is unknown{why}"),
    }
}

fn gave_up(client: &str, process: u64, kind: Kind) -> String {
    let so = match kind {
        Kind::Fail => "it counts as failed",
        _ => "its outcome is unknown",
    };
    format!("{client} (process {process}) gets no answer that it can use, and gives up: {so}")
}
