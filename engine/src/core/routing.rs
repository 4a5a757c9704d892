//! The path of a message from its sender through journal and network to its receiver.
//!
//! Nothing here acts on what a receiver reads: that becomes a [`Task`].

use super::Core;
use super::clients::{OpenCall, Purpose};
use super::observed::Dropping;
use super::task::Task;
use crate::event::Phase;
use crate::message::{Address, Message};
use crate::network::Offer;
use crate::rpc::Rpc;
use crate::service::Served;
use crate::time::Time;
use crate::workload::ClientRequest;
use glomers_config::Workload;
use glomers_history::Value;
use glomers_history::json;
use smol_str::SmolStr;

/// From sender to receiver.
impl Core {
    /// Sends a message: numbers it, writes it to the journal, and delivers it if its latency is
    /// zero.
    pub(super) fn send(&mut self, now: Time, src: Address, dest: Address, body: &str) {
        let message = Message { id: self.messages.next_id(), src, dest, body };
        let at = self.times.moment(now);
        let events = &mut self.observed.events;
        let involves_client = self.messages.sent(at, message, &self.clients, events);
        if let Address::Client(client) = dest {
            return self.client_receives(now, client, message);
        }
        if !involves_client && self.stage.phase() >= Phase::Load {
            let operations = self.record.invocations();
            self.observed.watch_for_storm(at, self.messages.journal(), operations);
        }
        if let Address::Node(node) = dest
            && !self.cluster.hears(node, src)
        {
            return self.observed.dropped(now, message, Dropping::Dead, &self.nemesis);
        }
        match if involves_client { 1 } else { self.network.message_faults.copies() } {
            0 => self.observed.dropped(now, message, Dropping::Lost, &self.nemesis),
            1 => self.offer(now, message, involves_client),
            _ => {
                // What the first copy causes comes before the second.
                self.tasks.push(Task::SecondCopy(message.to_envelope()));
                self.offer(now, message, involves_client);
            }
        }
    }

    /// Offers a copy of a message to the network.
    pub(super) fn offer(&mut self, now: Time, message: Message<'_>, involves_client: bool) {
        match self.network.offer(now, message.src, message.dest, involves_client) {
            Offer::Deliver => self.deliver(now, now, message),
            Offer::Queue(deadline) => {
                self.network.queue(now, deadline, message.to_envelope());
                self.note_cut(now);
            }
            Offer::Drop => self.observed.dropped(now, message, Dropping::Cut, &self.nemesis),
        }
    }

    /// Records the messages that cut links dropped from the queues.
    pub(super) fn note_cut(&mut self, now: Time) {
        for dropped in self.network.take_dropped() {
            self.observed.dropped(now, dropped.message(), Dropping::Cut, &self.nemesis);
        }
    }

    /// Records the messages that are under way when the run ends.
    pub(super) fn note_under_way(&mut self, now: Time) {
        if self.plan.workload == Workload::Broadcast {
            for envelope in self.network.under_way() {
                self.observed.dropped(now, envelope.message(), Dropping::Ended, &self.nemesis);
            }
        }
    }

    /// Delivers a message to its receiver, a node or a service.
    pub(super) fn deliver(&mut self, now: Time, due: Time, message: Message<'_>) {
        let at = self.times.moment(now);
        let events = &mut self.observed.events;
        let involves_client = self.messages.received(at, message, &self.clients, events);
        match message.dest {
            Address::Node(node) => {
                let outgoing = self.cluster.outgoing(node);
                self.messages.write_line(message, &self.clients, &mut outgoing.lines);
                if !involves_client {
                    outgoing.due.push(due);
                }
                self.observed.delivered(now, node, message);
            }
            Address::Service(service) => self.serve(now, service, message),
            Address::Client(_) => {}
        }
    }

    /// Lets a service answer a request.
    fn serve(&mut self, now: Time, service: usize, message: Message<'_>) {
        let at = self.times.moment(now);
        let Ok(request) = json::read_body(message.body) else {
            return self.observed.unreadable(at, message);
        };
        let Served { reply, stale } = self.services.answer(service, message.src, &request);
        let served = self.services.get(service);
        if let Address::Node(node) = message.src {
            let is_understood = reply.is_some();
            self.observed.service_request(now, node, served, &request, message.body, is_understood);
        }
        if let Some(stale) = stale {
            self.observed.stale(at, (service, served.name()), message.src, stale);
        }
        if let Some(fields) = reply {
            self.tasks.push(Task::ServiceReply { service, dest: message.src, fields });
        }
    }
}

/// Requests of clients, and replies of services.
impl Core {
    /// Sends the reply of a service.
    pub(super) fn service_replies(
        &mut self,
        now: Time,
        service: usize,
        dest: Address,
        fields: &[(&'static str, Value)],
    ) {
        self.send(now, Address::Service(service), dest, &body_text(fields));
    }

    /// Sends a request and waits for its reply.
    pub(super) fn call_rpc(
        &mut self,
        now: Time,
        client: u32,
        purpose: Purpose,
        request: ClientRequest,
    ) {
        let mut fields = Vec::with_capacity(request.fields.len() + 2);
        fields.push(("type", Value::Str(SmolStr::new_static(request.rpc.request))));
        fields.extend(request.fields);
        self.call(now, client, purpose, Some(request.rpc), fields);
    }

    /// Sends a request with these fields and waits for its reply. Messages that arrived before are
    /// read then.
    pub(super) fn call(
        &mut self,
        now: Time,
        client: u32,
        purpose: Purpose,
        rpc: Option<&'static Rpc>,
        mut fields: Vec<(&'static str, Value)>,
    ) {
        let timeout = match purpose {
            Purpose::Init(_) => self.plan.init_timeout,
            Purpose::SetUp(_) | Purpose::Operation(_) => self.plan.rpc_timeout,
        };
        let node = self.clients.node(client);
        let msg_id = self.clients.begin_call(client, purpose, rpc, now + timeout);
        if let Some(rpc) = rpc {
            self.observed.asked(node, rpc);
        }
        let unread = self.clients.take_unread(client);
        fields.push(("msg_id", Value::Int(msg_id)));
        self.send(now, Address::Client(client), Address::Node(node), &body_text(&fields));
        self.tasks.extend(unread.into_iter().rev().map(Task::Delivered));
    }

    /// Handles a message to a client: a reply ends the open call, any other message is discarded.
    pub(super) fn client_receives(&mut self, now: Time, client: u32, message: Message<'_>) {
        let Some(call) = self.clients.open_call(client) else {
            return self.clients.keep_unread(client, || message.to_envelope());
        };
        let at = self.times.moment(now);
        self.messages.received(at, message, &self.clients, &mut self.observed.events);
        let Ok(reply) = json::read_body(message.body) else {
            return self.observed.unreadable(at, message);
        };
        let OpenCall { msg_id, purpose, rpc } = call;
        if reply.get("in_reply_to") != Some(&Value::Int(msg_id)) {
            // The reference ignores it, too.
            if let Address::Node(node) = message.src {
                let name = self.clients.name(client);
                let why = self.clients.classify(client, &reply);
                self.observed.unmatched(now, node, name, call, why, &reply);
            }
            return;
        }
        self.clients.end_call(client);
        self.tasks.push(match purpose {
            Purpose::Init(node) => Task::InitAnswered { node, client, reply },
            Purpose::SetUp(node) => {
                self.clients.retire(client);
                Task::SetUpAnswered { node, rpc, reply }
            }
            Purpose::Operation(worker) => {
                self.observed.answered(message.src);
                Task::OperationAnswered { worker, rpc, reply }
            }
        });
    }
}

/// A body as JSON text.
fn body_text(fields: &[(&'static str, Value)]) -> String {
    let mut out = vec![b'{'];
    for (position, (key, value)) in fields.iter().enumerate() {
        if position > 0 {
            out.push(b',');
        }
        json::write_string(key, &mut out);
        out.push(b':');
        json::write_json(value, &mut out);
    }
    out.push(b'}');
    // All parts are UTF-8, so no characters are replaced here.
    String::from_utf8(out)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}
