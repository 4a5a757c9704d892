//! The timeline of a run.

use crate::fault::{Fault, faults};
use crate::log_line::{LogLine, read_log};
use crate::message::{Message, Messages};
use crate::operation::{Completion, Operation};
use crate::participant::{Participant, Role};
use glomers_history::{Cluster, Function, History, Kind, Process};
use rustc_hash::FxHashMap;

/// Types of the messages with which every run begins.
pub(crate) const SET_UP: [&str; 4] = ["init", "init_ok", "topology", "topology_ok"];

/// What happened in a run, in order.
#[derive(Debug, Default)]
pub struct Timeline<'a> {
    nodes: Vec<String>,
    participants: Vec<Participant<'a>>,
    messages: Vec<Message<'a>>,
    damaged: usize,
    operations: Vec<Operation<'a>>,
    faults: Vec<Fault>,
    logs: Vec<LogLine<'a>>,
    end: i64,
}

impl<'a> Timeline<'a> {
    /// Reads a history, and the journal beside it; it is empty if there is none.
    #[must_use]
    pub fn new(cluster: &Cluster, history: &'a History, journal: &'a [u8]) -> Self {
        let nodes = cluster.nodes().to_vec();
        let Messages { messages, participants, damaged } = Messages::read(journal, &nodes);
        let last_entry = history.operations().iter().map(|entry| entry.time).max().unwrap_or(0);
        let last_message = messages.last().map_or(0, |message| message.sent);
        let mut timeline = Self {
            faults: faults(history.operations(), &nodes),
            operations: operations(cluster, history, &nodes),
            nodes,
            participants,
            messages,
            damaged,
            logs: Vec::new(),
            end: last_entry.max(last_message),
        };
        timeline.link_messages();
        timeline
    }

    /// Adds what nodes logged: by node, the content of its log.
    #[must_use]
    pub fn with_logs(mut self, logs: &'a [String]) -> Self {
        self.logs = logs.iter().enumerate().flat_map(|(node, log)| read_log(node, log)).collect();
        self.logs.sort_by_key(|line| line.time);
        self
    }

    /// What nodes logged, in the order of time.
    #[must_use]
    pub fn logs(&self) -> &[LogLine<'a>] {
        &self.logs
    }

    /// Names of the nodes; empty if they are not known.
    #[must_use]
    pub fn nodes(&self) -> &[String] {
        &self.nodes
    }

    /// Senders and receivers of messages.
    #[must_use]
    pub fn participants(&self) -> &[Participant<'a>] {
        &self.participants
    }

    /// The name of a participant.
    #[must_use]
    pub fn name(&self, participant: usize) -> &str {
        &self.participants[participant].name
    }

    pub(crate) fn role(&self, participant: usize) -> Role {
        self.participants[participant].role
    }

    /// All messages, in the order in which they were sent.
    #[must_use]
    pub fn messages(&self) -> &[Message<'a>] {
        &self.messages
    }

    /// Number of lines of the journal that could not be read.
    #[must_use]
    pub fn damaged(&self) -> usize {
        self.damaged
    }

    /// All operations, in the order in which they began.
    #[must_use]
    pub fn operations(&self) -> &[Operation<'a>] {
        &self.operations
    }

    /// All faults, in the order in which they began.
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// The time of the last event, in ns since the test began.
    #[must_use]
    pub fn end(&self) -> i64 {
        self.end
    }

    /// Whether a message comes from a client, or goes to one.
    #[must_use]
    pub fn involves_client(&self, message: &Message<'_>) -> bool {
        [message.src, message.dest].iter().any(|it| self.participants[*it].is_client())
    }

    /// Whether a message is one of those with which every run begins.
    #[must_use]
    pub fn is_set_up(&self, message: &Message<'_>) -> bool {
        self.involves_client(message) && SET_UP.contains(&message.kind)
    }

    /// The operation whose invocation or completion has this index in the history.
    #[must_use]
    pub fn operation_at(&self, entry: u64) -> Option<&Operation<'a>> {
        self.operations.iter().find(|operation| {
            let end = operation.completion.as_ref().map(|end| end.entry);
            operation.entry == entry || end == Some(entry)
        })
    }

    /// Gives each operation the messages between its client and the node. The journal names clients,
    /// the history processes: a client is that of the operation which begins when its request is
    /// sent, and has one operation at a time.
    fn link_messages(&mut self) {
        // By client: its messages, in order.
        let mut of_client: FxHashMap<usize, Vec<usize>> = FxHashMap::default();
        // By time: first requests of clients.
        let mut requests: FxHashMap<i64, Vec<usize>> = FxHashMap::default();
        for (position, message) in self.messages.iter().enumerate() {
            for party in [message.src, message.dest] {
                if self.participants[party].is_client() {
                    of_client.entry(party).or_default().push(position);
                }
            }
            let is_request = self.participants[message.src].is_client() && !self.is_set_up(message);
            if is_request {
                requests.entry(message.sent).or_default().push(position);
            }
        }
        for operation in &mut self.operations {
            let Some(sent) = requests.get_mut(&operation.invoked) else { continue };
            let is_its_request = |position: &usize| {
                let message = &self.messages[*position];
                let dest = self.participants[message.dest].node();
                (operation.node.is_none() || dest == operation.node)
                    && message.kind == first_request(operation.f)
            };
            let Some(found) = sent.iter().position(is_its_request) else { continue };
            let first = sent.remove(found);
            let its = &of_client[&self.messages[first].src];
            let begin = its.partition_point(|position| *position < first);
            let end = operation.end();
            let until = |position: &&usize| self.messages[**position].sent <= end;
            operation.messages = its[begin..].iter().take_while(until).copied().collect();
        }
        // A client that continues at the same moment begins with the request of its next operation.
        let starts: rustc_hash::FxHashSet<usize> =
            self.operations.iter().filter_map(|it| it.messages.first().copied()).collect();
        for operation in &mut self.operations {
            let next = operation.messages.iter().skip(1).position(|it| starts.contains(it));
            if let Some(next) = next {
                operation.messages.truncate(next + 1);
            }
        }
    }
}

/// The type of the first request of an operation.
fn first_request(f: &Function) -> &str {
    match f {
        Function::Assign => "list_committed_offsets",
        other => other.name(),
    }
}

fn operations<'a>(cluster: &Cluster, history: &'a History, nodes: &[String]) -> Vec<Operation<'a>> {
    let mut operations = Vec::new();
    for (position, entry) in history.client_operations() {
        let Process::Client(process) = entry.process else { continue };
        if entry.kind != Kind::Invoke {
            continue;
        }
        let node = cluster.node_of(entry.process);
        let completion = history.counterpart(position).map(|end| Completion {
            entry: end.index,
            time: end.time,
            kind: end.kind,
            value: &end.value,
            error: end.error(),
        });
        operations.push(Operation {
            entry: entry.index,
            process,
            node: node.and_then(|name| nodes.iter().position(|node| node == name)),
            f: &entry.f,
            argument: &entry.value,
            invoked: entry.time,
            completion,
            is_final: entry.is_final,
            messages: Vec::new(),
        });
    }
    operations
}
