//! What the core observes while it runs: it reports and counts, and never decides what happens next.

pub(crate) mod answers;
pub(crate) mod commits;
pub(crate) mod deafness;
mod drops;
pub(super) mod events;
pub(super) mod excerpt;
pub(crate) mod lines;
mod requests;
pub(crate) mod stale;
pub(crate) mod storm;
mod unmatched;

use super::run_times::Moment;
use crate::event::Event;
use crate::journal::Journal;
use crate::message::{Address, BadLine, Message, NodeIndex, OddLine};
use crate::propagation::Propagation;
use crate::service::{Service, StaleAnswer};
use crate::time::Time;
use answers::Answers;
use commits::Commits;
use deafness::{DeafCause, DeafNodes};
pub(super) use drops::Dropping;
use events::Events;
use glomers_config::{Plan, Workload};
use glomers_history::Value;
use lines::{LineCount, LineCounts};
use stale::{StaleAnswers, StaleRecord};
use std::collections::BTreeMap;
use storm::{Storm, StormWatch};
use unmatched::Unmatched;

/// Everything that was observed.
#[derive(Debug)]
pub(super) struct Observations {
    pub(super) events: Events,
    answers: Answers,
    unmatched: Unmatched,
    deaf_nodes: DeafNodes,
    bad_lines: LineCounts<BadLine>,
    odd_lines: LineCounts<OddLine>,
    /// Values that broadcast nodes spread.
    propagation: Option<Propagation>,
    /// Offsets that kafka nodes acknowledged as committed.
    commits: Option<Commits>,
    stale: StaleRecord,
    storm: StormWatch,
    /// Numbers of messages between nodes and of operations when recovery began.
    load_messages: Option<(u64, u64)>,
}

impl Observations {
    pub(super) fn new(plan: &Plan) -> Self {
        let nodes = plan.nodes.len();
        Self {
            events: Events::new(plan.nodes.clone()),
            answers: Answers::new(nodes),
            unmatched: Unmatched::new(nodes),
            deaf_nodes: DeafNodes::new(nodes),
            bad_lines: LineCounts::default(),
            odd_lines: LineCounts::default(),
            propagation: (plan.workload == Workload::Broadcast).then(|| Propagation::new(nodes)),
            commits: (plan.workload == Workload::Kafka).then(Commits::default),
            stale: StaleRecord::default(),
            storm: StormWatch::new(plan),
            load_messages: None,
        }
    }
}

/// The output of nodes.
impl Observations {
    /// Records that a node printed a line; returns whether the reference would not read it.
    pub(super) fn printed(&mut self, node: NodeIndex, line: &[u8]) -> bool {
        self.answers.printed(node, line);
        self.deaf_nodes.printed(node);
        self.deaf_nodes.is_deaf(node)
    }

    pub(super) fn is_deaf(&self, node: NodeIndex) -> bool {
        self.deaf_nodes.is_deaf(node)
    }

    /// Records that a node printed a line that cannot be delivered.
    pub(super) fn bad_line(&mut self, at: Moment, node: NodeIndex, kind: BadLine, line: &[u8]) {
        if let Some(excerpt) = self.bad_lines.add(node, kind, line) {
            let node = self.events.name(node);
            self.events.add(at.time, Event::BadLine { node, kind, excerpt });
        }
        if kind.deafens() {
            self.deafen(at, node, DeafCause::BadLine(kind), line);
        }
    }

    /// Records that a node printed a line that is accepted although it is odd.
    pub(super) fn odd_line(&mut self, time: Time, node: NodeIndex, kind: OddLine, shown: &[u8]) {
        if let Some(excerpt) = self.odd_lines.add(node, kind, shown) {
            let node = self.events.name(node);
            self.events.add(time, Event::OddLine { node, kind, excerpt });
        }
    }

    /// Records that the reference would read nothing of the node after this line.
    pub(super) fn deafen(&mut self, at: Moment, node: NodeIndex, cause: DeafCause, line: &[u8]) {
        self.deaf_nodes.deafen(at, node, cause, line, &mut self.events);
    }

    /// Records a body that was valid JSON on arrival and nevertheless cannot be read.
    pub(super) fn unreadable(&mut self, at: Moment, message: Message<'_>) {
        if let Address::Node(node) = message.src {
            self.bad_line(at, node, BadLine::Unreadable, message.body.as_bytes());
        }
    }

    /// Records that the node is a new process, which the reference reads again.
    pub(super) fn restarted(&mut self, node: NodeIndex) {
        self.deaf_nodes.restarted(node);
    }

    pub(super) fn bad_lines(&self) -> &BTreeMap<(NodeIndex, BadLine), LineCount> {
        self.bad_lines.counts()
    }

    pub(super) fn odd_lines(&self) -> &BTreeMap<(NodeIndex, OddLine), LineCount> {
        self.odd_lines.counts()
    }

    pub(super) fn deafness(&self) -> &[deafness::Deafness] {
        self.deaf_nodes.all()
    }
}

/// The network and its services.
impl Observations {
    /// Records that a message arrives at a node.
    pub(super) fn delivered(&mut self, time: Time, node: NodeIndex, message: Message<'_>) {
        match (&mut self.propagation, message.src) {
            (Some(propagation), Address::Client(client)) => {
                propagation.client_message(time, node, client);
            }
            (Some(propagation), src) => {
                let src = if let Address::Node(src) = src { Some(src) } else { None };
                propagation.server_message(time, src, node, message.body);
            }
            (None, _) => {}
        }
    }

    /// Records what is odd about a node's request to a service.
    pub(super) fn service_request(
        &mut self,
        time: Time,
        node: NodeIndex,
        service: &dyn Service,
        request: &Value,
        body: &str,
        is_understood: bool,
    ) {
        let (name, requests) = (service.name(), service.requests());
        if !is_understood {
            let kind = OddLine::UnknownRequest { service: name, requests };
            return self.odd_line(time, node, kind, body.as_bytes());
        }
        let msg_id = request.get("msg_id").is_none().then_some("msg_id");
        for field in service.missing_field(request).into_iter().chain(msg_id) {
            let kind = OddLine::MissingField { service: name, field };
            self.odd_line(time, node, kind, body.as_bytes());
        }
    }

    /// Records a stale answer of a service, given by its number and name.
    pub(super) fn stale(
        &mut self,
        at: Moment,
        service: (usize, &'static str),
        client: Address,
        stale: StaleAnswer,
    ) {
        if let Address::Node(node) = client {
            self.stale.add(at, service, node, stale);
        }
    }

    pub(super) fn stale_answers(&self) -> impl Iterator<Item = &StaleAnswers> {
        self.stale.all()
    }

    pub(super) fn propagation(&self) -> Option<&Propagation> {
        self.propagation.as_ref()
    }

    /// Records that the load and its operations ended, before recovery.
    pub(super) fn load_ended(&mut self, journal: &Journal, operations: u64) {
        self.load_messages = Some((journal.traffic().servers.messages, operations));
    }

    pub(super) fn load_messages_per_operation(&self) -> Option<f64> {
        let (messages, operations) = self.load_messages?;
        (operations > 0).then(|| messages as f64 / operations as f64)
    }

    /// Checks whether a message storm begins, and reports it.
    pub(super) fn watch_for_storm(&mut self, at: Moment, journal: &Journal, operations: u64) {
        if self.storm.begins(journal.traffic().servers.sent, operations) {
            let storm = self.storm_until(at.in_test, journal, operations);
            self.events.add(at.time, Event::Storm(storm));
        }
    }

    /// The message storm with its numbers at that time; `None` if there was none.
    pub(super) fn storm(&self, time: i64, journal: &Journal, operations: u64) -> Option<Storm> {
        self.storm.has_begun().then(|| self.storm_until(time, journal, operations))
    }

    fn storm_until(&self, time: i64, journal: &Journal, operations: u64) -> Storm {
        Storm {
            messages: journal.traffic().servers.sent,
            operations,
            time,
            journal_bytes: journal.grows().then(|| journal.bytes()),
            deliveries: self.propagation.as_ref().and_then(Propagation::deliveries),
        }
    }
}
