//! The actions of clients: which process a client's name stands for, and events that a journal does
//! not show.

use super::journal::Message;
use super::line::{Content, Line};
use glomers_config::Plan;
use glomers_engine::Core;
use glomers_history::{Function, Kind, Operation, Process};
use std::collections::{BTreeMap, BTreeSet};

/// The process of each client's messages, and lines for operations without messages.
pub(super) struct Clients {
    /// By index in the list of messages.
    processes: BTreeMap<usize, u64>,
    /// Operations that began and sent no request.
    pub(super) silent: Vec<Line>,
    /// Operations that were given up.
    pub(super) given_up: Vec<Line>,
}

impl Clients {
    /// Builds it from the messages, in the order of sending, and the history.
    pub(super) fn new(core: &Core, messages: &[Message]) -> Self {
        let mut clients =
            Self { processes: BTreeMap::new(), silent: Vec::new(), given_up: Vec::new() };
        // The name of each process's client.
        let mut names: BTreeMap<u64, &str> = BTreeMap::new();
        let mut claimed = BTreeSet::new();
        let (sent, received) =
            (by_time(messages, |it| vec![it.sent]), by_time(messages, |it| it.received.clone()));
        for entry in core.history().operations() {
            let Process::Client(process) = entry.process else { continue };
            if entry.kind == Kind::Invoke {
                let node = node_of(core.plan(), process);
                let is_request = |position: &usize| {
                    let message = &messages[*position];
                    message.dest == node
                        && message.kind == request_of(&entry.f)
                        && message.src.starts_with('c')
                        && !message.is_set_up()
                        && !claimed.contains(position)
                };
                match at(&sent, entry.time).iter().copied().find(is_request) {
                    Some(position) => {
                        claimed.insert(position);
                        names.insert(process, &messages[position].src);
                        clients.processes.insert(position, process);
                    }
                    None => clients.silent.push(line(entry, without_request(entry, process))),
                }
            } else if let Some(name) = names.get(&process) {
                let is_answer = |position: &usize| messages[*position].dest == *name;
                if entry.kind != Kind::Ok && !at(&received, entry.time).iter().any(is_answer) {
                    clients.given_up.push(line(entry, gave_up(name, process, entry.kind)));
                }
            }
        }
        clients
    }

    /// A message of a client, or to one, as a sentence; `None` if it is neither.
    pub(super) fn described(&self, position: usize, message: &Message) -> Option<String> {
        let Message { src, dest, text, .. } = message;
        if src.starts_with('c') {
            let process = self.processes.get(&position);
            let process =
                process.map_or_else(String::new, |process| format!(" (process {process})"));
            return Some(format!("{src}{process} asks {dest}: {text}"));
        }
        dest.starts_with('c').then(|| format!("{src} answers {dest}: {text}"))
    }
}

/// Indices of messages by the times of an event of each.
fn by_time(
    messages: &[Message],
    times: impl Fn(&Message) -> Vec<i64>,
) -> BTreeMap<i64, Vec<usize>> {
    let mut positions: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
    for (position, message) in messages.iter().enumerate() {
        for time in times(message) {
            positions.entry(time).or_default().push(position);
        }
    }
    positions
}

fn at(positions: &BTreeMap<i64, Vec<usize>>, time: i64) -> &[usize] {
    positions.get(&time).map_or(&[], Vec::as_slice)
}

fn line(entry: &Operation, text: String) -> Line {
    Line { time: entry.time, content: Content::Sentence(text) }
}

/// The type of the first request of an operation.
fn request_of(f: &Function) -> &str {
    match f {
        Function::Assign => "list_committed_offsets",
        other => other.name(),
    }
}

/// The node that a process talks to.
fn node_of(plan: &Plan, process: u64) -> &str {
    let worker = usize::try_from(process % u64::from(plan.workers)).unwrap_or(0);
    &plan.nodes[worker % plan.nodes.len()]
}

/// An operation that sends no request to a node.
fn without_request(entry: &Operation, process: u64) -> String {
    if entry.f == Function::Crash {
        return format!("the client of process {process} crashes, and comes back as another");
    }
    format!("process {process}: {} {}", entry.f, entry.value)
}

fn gave_up(name: &str, process: u64, kind: Kind) -> String {
    let so = match kind {
        Kind::Fail => "it counts as failed",
        _ => "its outcome is unknown",
    };
    format!("{name} (process {process}) gets no answer that it can use, and gives up: {so}")
}
