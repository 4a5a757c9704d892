//! Network clients: each sends one request at a time and waits for its reply.

use super::Core;
use super::answers::Flaw;
use super::routing::body_text;
use crate::event::{Event, Failure};
use crate::message::{Address, NodeIndex};
use crate::rpc::Rpc;
use crate::time::Time;
use crate::unmatched::{
    OpenRequest, Requests, UnmatchedCount, UnmatchedKind, UnmatchedReply, classify, json_text,
};
use crate::workload::Request;
use glomers_history::Value;
use glomers_history::json;
use smol_str::{SmolStr, format_smolstr};
use std::collections::{BTreeMap, VecDeque};

/// The purpose of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The `init` request of a node.
    Init(NodeIndex),
    /// The workload's set-up request, which every node gets before the test.
    SetUp(NodeIndex),
    /// A request of a worker's operation.
    Operation(u32),
}

/// A call that waits for its reply.
#[derive(Debug, Clone, Copy)]
struct Waiting {
    msg_id: i64,
    purpose: Purpose,
    rpc: Option<&'static Rpc>,
}

/// Why a client left the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Departure {
    /// Its node answered `init`.
    Initialised,
    /// Its request timed out, and a new client replaced it.
    GaveUp,
    /// A new client replaced it after an answer that left the outcome unknown.
    Replaced,
}

#[derive(Debug)]
struct NetworkClient {
    name: SmolStr,
    node: NodeIndex,
    /// `None` while it is on the network.
    departure: Option<Departure>,
    last_msg_id: i64,
    waiting: Option<Waiting>,
    /// Requests that were not answered in time.
    timed_out: Vec<i64>,
    /// Whether it will make another call; set-up clients do not.
    calls_again: bool,
    /// Messages that arrived while it had no open call; they are read with its next call.
    unread: VecDeque<(u64, Address, Box<str>)>,
}

/// When a call times out: deadline, client, `msg_id`.
type Timeout = (Time, u32, i64);

/// All clients, and their open calls.
#[derive(Debug, Default)]
pub(super) struct Calls {
    clients: Vec<NetworkClient>,
    messages: u64,
    /// Ordered by deadline, since all calls of a kind have the same timeout. Calls that were
    /// answered stay in the list until they reach the front.
    timeouts: VecDeque<Timeout>,
    init_timeouts: VecDeque<Timeout>,
}

impl Calls {
    /// Adds a client that talks to that node.
    pub(super) fn open(&mut self, node: NodeIndex) -> u32 {
        let number = u32::try_from(self.clients.len()).unwrap_or(u32::MAX);
        self.clients.push(NetworkClient {
            name: format_smolstr!("c{number}"),
            node,
            departure: None,
            last_msg_id: 0,
            waiting: None,
            timed_out: Vec::new(),
            calls_again: true,
            unread: VecDeque::new(),
        });
        number
    }

    /// Marks that the client made its last call. It stays on the network, as in the reference, but
    /// messages to it are no longer kept.
    fn retire(&mut self, client: u32) {
        let client = &mut self.clients[client as usize];
        client.calls_again = false;
        client.unread = VecDeque::new();
    }

    /// Removes the client from the network, since its node answered `init`.
    fn close_initialised(&mut self, client: u32) {
        self.close(client, Departure::Initialised);
    }

    /// Removes the client from the network, since a new one replaces it.
    pub(super) fn close_replaced(&mut self, client: u32) {
        let state = &self.clients[client as usize];
        let has_given_up = state.timed_out.last() == Some(&state.last_msg_id);
        let departure = if has_given_up { Departure::GaveUp } else { Departure::Replaced };
        self.close(client, departure);
    }

    fn close(&mut self, client: u32, departure: Departure) {
        let client = &mut self.clients[client as usize];
        client.departure = Some(departure);
        client.waiting = None;
        client.unread = VecDeque::new();
    }

    /// The client of that name, and why it left the network, if it did.
    pub(super) fn find(&self, name: &str) -> Option<(u32, Option<Departure>)> {
        let number: u32 = name.strip_prefix('c')?.parse().ok()?;
        let client = self.clients.get(number as usize)?;
        (client.name == name).then_some((number, client.departure))
    }

    pub(super) fn name(&self, client: u32) -> &str {
        &self.clients[client as usize].name
    }

    /// The next message number.
    pub(super) fn next_message_id(&mut self) -> u64 {
        self.messages += 1;
        self.messages - 1
    }

    /// When the next open call times out.
    pub(super) fn next_timeout(&mut self) -> Option<Time> {
        let clients = &self.clients;
        for timeouts in [&mut self.timeouts, &mut self.init_timeouts] {
            while timeouts.front().is_some_and(|timeout| !is_open_call(clients, timeout)) {
                timeouts.pop_front();
            }
        }
        let first = |timeouts: &VecDeque<Timeout>| timeouts.front().map(|(deadline, ..)| *deadline);
        [first(&self.timeouts), first(&self.init_timeouts)].into_iter().flatten().min()
    }

    /// Removes one call that timed out.
    fn pop_expired(&mut self, now: Time) -> Option<(Purpose, Option<&'static Rpc>)> {
        if self.next_timeout().is_none_or(|deadline| deadline > now) {
            return None;
        }
        let expired = |timeouts: &VecDeque<Timeout>| {
            timeouts.front().is_some_and(|(deadline, ..)| *deadline <= now)
        };
        let timeouts =
            if expired(&self.timeouts) { &mut self.timeouts } else { &mut self.init_timeouts };
        let (_, client, _) = timeouts.pop_front()?;
        let state = &mut self.clients[client as usize];
        let waiting = state.waiting.take()?;
        state.timed_out.push(waiting.msg_id);
        Some((waiting.purpose, waiting.rpc))
    }
}

fn is_open_call(clients: &[NetworkClient], (_, client, msg_id): &Timeout) -> bool {
    clients[*client as usize].waiting.is_some_and(|waiting| waiting.msg_id == *msg_id)
}

impl Core {
    /// Sends `init` to every node, each from a separate client.
    pub(super) fn call_init(&mut self, now: Time) {
        for node in 0..self.plan.nodes.len() {
            let client = self.calls.open(node);
            self.call_init_of(now, node, client);
        }
    }

    /// Sends `init` to one node.
    pub(super) fn call_init_of(&mut self, now: Time, node: NodeIndex, client: u32) {
        let names = self.plan.nodes.iter().map(|name| Value::str(name)).collect();
        let fields = vec![
            ("type", Value::str("init")),
            ("node_id", Value::str(&self.plan.nodes[node])),
            ("node_ids", Value::Vector(names)),
        ];
        self.call(now, client, Purpose::Init(node), None, fields);
    }

    /// Sends a request and waits for its reply.
    pub(super) fn call_rpc(&mut self, now: Time, client: u32, purpose: Purpose, request: Request) {
        let mut fields = Vec::with_capacity(request.fields.len() + 2);
        fields.push(("type", Value::Str(SmolStr::new_static(request.rpc.request))));
        fields.extend(request.fields);
        self.call(now, client, purpose, Some(request.rpc), fields);
    }

    fn call(
        &mut self,
        now: Time,
        client: u32,
        purpose: Purpose,
        rpc: Option<&'static Rpc>,
        mut fields: Vec<(&'static str, Value)>,
    ) {
        let state = &mut self.calls.clients[client as usize];
        state.last_msg_id += 1;
        let msg_id = state.last_msg_id;
        let node = state.node;
        state.waiting = Some(Waiting { msg_id, purpose, rpc });
        if let Some(rpc) = rpc {
            self.answers.asked(node, rpc);
        }
        let unread = std::mem::take(&mut state.unread);
        if let Purpose::Init(_) = purpose {
            let deadline = now + self.plan.init_timeout;
            self.calls.init_timeouts.push_back((deadline, client, msg_id));
        } else {
            let deadline = now + self.plan.rpc_timeout;
            self.calls.timeouts.push_back((deadline, client, msg_id));
        }
        fields.push(("msg_id", Value::Int(msg_id)));
        self.send(now, Address::Client(client), Address::Node(node), &body_text(&fields));
        for (id, src, body) in unread {
            self.client_gets(now, client, id, src, &body);
        }
    }

    /// Handles a message to a client: a reply ends the open call, any other message is discarded.
    pub(super) fn client_gets(
        &mut self,
        now: Time,
        client: u32,
        id: u64,
        src: Address,
        body: &str,
    ) {
        let state = &mut self.calls.clients[client as usize];
        let Some(waiting) = state.waiting else {
            if state.calls_again {
                state.unread.push_back((id, src, body.into()));
            }
            return;
        };
        self.note(now, id, src, Address::Client(client), body, false);
        let Ok(reply) = json::read_body(body) else { return self.unreadable(now, src, body) };
        if reply.get("in_reply_to") != Some(&Value::Int(waiting.msg_id)) {
            return self.unmatched(now, client, src, waiting, &reply);
        }
        self.calls.clients[client as usize].waiting = None;
        match waiting.purpose {
            Purpose::Init(node) => self.init_answered(now, node, client, &reply),
            Purpose::SetUp(node) => {
                self.calls.retire(client);
                self.set_up_answered(now, node, waiting.rpc, &reply);
            }
            Purpose::Operation(worker) => {
                if let Address::Node(node) = src {
                    self.deaf_nodes.answered(node);
                }
                self.operation_answered(now, worker, waiting.rpc, reply);
            }
        }
    }

    /// Handles a message that does not answer the client's open request. The reference ignores it,
    /// too.
    fn unmatched(&mut self, now: Time, client: u32, src: Address, waiting: Waiting, body: &Value) {
        let Address::Node(node) = src else { return };
        let state = &self.calls.clients[client as usize];
        let requests = Requests { last: state.last_msg_id, timed_out: &state.timed_out };
        let (kind, found) = classify(body, requests, |number| {
            self.calls.clients.iter().any(|other| {
                other.node == node && other.waiting.is_some_and(|open| open.msg_id == number)
            })
        });
        let is_first_of_kind = !self.unmatched.keys().any(|(_, known)| *known == kind);
        let Waiting { msg_id, purpose, rpc } = waiting;
        let count = self.unmatched.entry((node, kind)).or_insert_with(|| {
            let open = Some(OpenRequest { request: rpc.map_or("init", |rpc| rpc.request), msg_id });
            let body = super::excerpt(json_text(body).as_bytes());
            let client = self.calls.clients[client as usize].name.to_string();
            UnmatchedCount { count: 0, first: UnmatchedReply { kind, client, found, open, body } }
        });
        count.count += 1;
        if !kind.is_mistake() {
            return;
        }
        let text = format!("{}: {}", count.first, count.first.body);
        if is_first_of_kind {
            let node = self.plan.nodes[node].clone();
            self.events.push((now, Event::Notice { node, text: text.clone() }));
        }
        match (purpose, rpc) {
            (Purpose::Init(node), _) => {
                self.unmatched_init[node].get_or_insert((now, text));
            }
            (_, Some(rpc)) => {
                let is_the_answer =
                    matches!(body.get("type"), Some(Value::Str(kind)) if kind == rpc.reply);
                let flaw = if is_the_answer { Flaw::Unmatched } else { Flaw::Stray };
                self.unusable(now, node, rpc, flaw, || text);
            }
            (_, None) => {}
        }
    }

    /// Messages to clients that answered no request, by node and reason.
    #[must_use]
    pub fn unmatched_replies(&self) -> &BTreeMap<(NodeIndex, UnmatchedKind), UnmatchedCount> {
        &self.unmatched
    }

    /// Ends the calls that timed out.
    pub(super) fn expire_calls(&mut self, now: Time) {
        while let Some((purpose, rpc)) = self.calls.pop_expired(now) {
            match purpose {
                Purpose::Init(node) => {
                    let waited = self.plan.init_timeout;
                    let unmatched =
                        self.unmatched_init[node].as_ref().map(|(_, text)| text.clone());
                    self.fail(now, Failure::InitTimeout { node, waited, unmatched });
                }
                Purpose::SetUp(node) => {
                    let timeout = self.plan.rpc_timeout.as_millis();
                    let expected = rpc.map_or_else(String::new, Rpc::expected);
                    let problem = format!("no answer in {timeout} ms, and it wants {expected}");
                    self.set_up_failed(now, node, rpc, problem);
                }
                Purpose::Operation(worker) => self.operation_timed_out(now, worker, rpc),
            }
        }
    }

    fn init_answered(&mut self, now: Time, node: NodeIndex, client: u32, reply: &Value) {
        // As in the reference, only the type is checked.
        if matches!(reply.get("type"), Some(Value::Str(kind)) if kind == "init_ok") {
            self.calls.close_initialised(client);
            self.node_started(now, node);
        } else {
            self.fail(now, Failure::InitRefused { node, answer: json_text(reply) });
        }
    }

    /// Opens a client for each node and sends the workload's set-up request, if it has one.
    pub(super) fn call_set_up(&mut self, now: Time) {
        let clients: Vec<u32> =
            (0..self.plan.nodes.len()).map(|node| self.calls.open(node)).collect();
        for (node, client) in clients.into_iter().enumerate() {
            self.call_set_up_of(now, node, client);
        }
    }

    /// Sends one node the workload's set-up request, if it has one.
    pub(super) fn call_set_up_of(&mut self, now: Time, node: NodeIndex, client: u32) {
        if let Some(request) = self.workload.set_up() {
            self.call_rpc(now, client, Purpose::SetUp(node), request);
        } else {
            self.calls.retire(client);
            self.node_set_up(now, node);
        }
    }

    fn set_up_answered(
        &mut self,
        now: Time,
        node: NodeIndex,
        rpc: Option<&'static Rpc>,
        reply: &Value,
    ) {
        match rpc.and_then(|rpc| rpc.mismatch(reply)) {
            None => {
                if let Some(rpc) = rpc {
                    self.answers.usable(node, rpc);
                }
                self.node_set_up(now, node);
            }
            Some(problem) => {
                let wanted = rpc.map_or_else(String::new, Rpc::expected);
                let reply = super::excerpt(json_text(reply).as_bytes());
                let problem = format!("the answer {reply} does not fit {wanted}: {problem}");
                self.set_up_failed(now, node, rpc, problem);
            }
        }
    }

    fn set_up_failed(
        &mut self,
        now: Time,
        node: NodeIndex,
        rpc: Option<&'static Rpc>,
        problem: String,
    ) {
        if self.awaits_set_up(node) {
            let request = rpc.map_or("", |rpc| rpc.request);
            self.fail(now, Failure::SetUpFailed { node, request, problem });
        }
    }
}
