//! What the core observes while it runs: it reports and counts, and never decides what happens next.

pub(crate) mod answers;
pub(crate) mod commits;
pub(crate) mod deafness;
mod drops;
pub(super) mod events;
pub(crate) mod lines;
pub(crate) mod stale;
pub(crate) mod storm;
mod unmatched;

use super::clients::{OpenCall, Purpose};
use super::run_times::Moment;
use crate::event::{Event, Failure};
use crate::journal::Journal;
use crate::message::{Address, BadLine, Message, NodeIndex, OddLine};
use crate::propagation::Propagation;
use crate::rpc::Rpc;
use crate::service::{Service, StaleAnswer};
use crate::time::Time;
use crate::unmatched::{OpenRequest, UnmatchedCount, UnmatchedKind, UnmatchedReply, json_text};
use crate::workload::{Invocation, Request};
use answers::{Answers, Flaw, HOPELESS_TIME, Unanswered};
use commits::{Commits, ForgottenCommits};
use deafness::{DeafCause, DeafNodes};
pub(super) use drops::Dropping;
use events::Events;
use glomers_config::{Plan, Workload};
use glomers_history::{Function, Value};
use lines::{LineCount, LineCounts};
use stale::{StaleAnswers, StaleRecord};
use std::collections::BTreeMap;
use std::time::Duration;
use storm::{Storm, StormWatch};
use unmatched::{Mistake, Unmatched};

/// Number of bytes of a node's line that are quoted in messages.
const EXCERPT_BYTES: usize = 200;

/// The beginning of a line, to be quoted in a message.
pub(super) fn excerpt(line: &[u8]) -> String {
    let mut text = String::from_utf8_lossy(&line[..line.len().min(EXCERPT_BYTES)]).into_owned();
    if line.len() > EXCERPT_BYTES {
        text.push_str("...");
    }
    text
}

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

/// The requests of clients, and their answers.
impl Observations {
    /// Records that a client sends a request to a node.
    pub(super) fn asked(&mut self, node: NodeIndex, rpc: &'static Rpc) {
        self.answers.asked(node, rpc);
    }

    /// Records what a worker's request shows of its operation.
    pub(super) fn requested(
        &mut self,
        (worker, client, node): (u32, u32, NodeIndex),
        invocation: Option<&Invocation>,
        request: &Request,
    ) {
        if let (Some(propagation), Some(invocation)) = (&mut self.propagation, invocation)
            && let (Function::Broadcast, Value::Int(element)) = (&invocation.f, &invocation.value)
        {
            propagation.broadcast(client, *element);
        }
        if let Some(commits) = &mut self.commits {
            match request.fields.as_slice() {
                [("keys", keys)] => commits.asks(worker, node, keys),
                [("offsets", offsets)] if request.rpc.request == "commit_offsets" => {
                    commits.committing(worker, offsets);
                }
                _ => {}
            }
        }
    }

    /// Records a reply to a worker that matches the schema of its request.
    pub(super) fn replied(
        &mut self,
        at: Moment,
        (worker, node): (u32, NodeIndex),
        rpc: &Rpc,
        reply: &Value,
    ) {
        let Some(commits) = &mut self.commits else { return };
        match (rpc.request, reply.get("offsets")) {
            ("commit_offsets", _) => commits.committed(worker, node),
            ("list_committed_offsets", Some(offsets)) => {
                commits.listed(at.in_test, worker, node, offsets);
            }
            _ => {}
        }
    }

    /// Records the result of an operation at a node.
    pub(super) fn resulted(&mut self, time: Time, node: NodeIndex, result: Option<&Value>) {
        if let (Some(propagation), Some(Value::Vector(elements))) = (&mut self.propagation, result)
        {
            propagation.read(time, node, elements);
        }
    }

    /// Records that a node answered an operation.
    pub(super) fn answered(&mut self, src: Address) {
        if let Address::Node(node) = src {
            self.deaf_nodes.answered(node);
        }
    }

    /// Records that a node answered a request in a form that its client can use.
    pub(super) fn usable(&mut self, node: NodeIndex, rpc: &'static Rpc) {
        self.answers.usable(node, rpc);
    }

    /// Records an answer that its client cannot use.
    pub(super) fn unusable(
        &mut self,
        time: Time,
        node: NodeIndex,
        rpc: &'static Rpc,
        flaw: Flaw,
        text: impl FnOnce() -> String,
    ) {
        self.answers.unusable(time, node, rpc, flaw, text, &mut self.events);
    }

    /// Records that a request was not answered in time.
    pub(super) fn unanswered_in_time(
        &mut self,
        time: Time,
        node: NodeIndex,
        rpc: &'static Rpc,
        waited: Duration,
    ) {
        self.answers.unanswered_in_time(time, node, rpc, waited, &mut self.events);
    }

    /// Records a message of a node that does not answer the open call of its receiver.
    pub(super) fn unmatched(
        &mut self,
        time: Time,
        node: NodeIndex,
        client: &str,
        call: OpenCall,
        (kind, found): (UnmatchedKind, String),
        body: &Value,
    ) {
        let OpenCall { msg_id, purpose, rpc } = call;
        let mistake = self.unmatched.add(node, kind, || {
            let open = Some(OpenRequest { request: rpc.map_or("init", |rpc| rpc.request), msg_id });
            let body = excerpt(json_text(body).as_bytes());
            UnmatchedReply { kind, client: client.to_owned(), found, open, body }
        });
        let Some(Mistake { text, is_first_of_kind }) = mistake else { return };
        if is_first_of_kind {
            self.events.notice(time, node, text.clone());
        }
        match (purpose, rpc) {
            (Purpose::Init(node), _) => self.unmatched.instead_of_init(time, node, text),
            (_, Some(rpc)) => {
                let is_the_answer =
                    matches!(body.get("type"), Some(Value::Str(kind)) if kind == rpc.reply);
                let flaw = if is_the_answer { Flaw::Unmatched } else { Flaw::Stray };
                self.unusable(time, node, rpc, flaw, || text);
            }
            (_, None) => {}
        }
    }

    /// What the node first sent instead of the answer to `init`.
    pub(super) fn sent_instead_of_init(&self, node: NodeIndex) -> Option<String> {
        self.unmatched.sent_to_init(node).map(str::to_owned)
    }

    /// Why the run can no longer produce a useful result, if so.
    pub(super) fn hopeless(&self, now: Time) -> Option<Failure> {
        let init = self.unmatched.misanswered_init(now, HOPELESS_TIME);
        init.map(|(node, text)| Failure::InitUnmatched { node, problem: text.to_owned() })
            .or_else(|| self.answers.hopeless(now))
    }

    pub(super) fn unanswered(&self) -> Vec<Unanswered> {
        self.answers.unanswered()
    }

    pub(super) fn unmatched_replies(
        &self,
    ) -> &BTreeMap<(NodeIndex, UnmatchedKind), UnmatchedCount> {
        self.unmatched.counts()
    }

    pub(super) fn forgotten_commits(&self) -> Option<ForgottenCommits> {
        self.commits.as_ref()?.forgotten()
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
            (Some(propagation), _) => propagation.server_message(time, node, message.body),
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
            journal_bytes: journal.keeps_lines().then(|| journal.bytes()),
            deliveries: self.propagation.as_ref().and_then(Propagation::deliveries),
        }
    }
}
