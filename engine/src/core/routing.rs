//! The path of a message from its sender through journal and network to its receiver.

use super::Core;
use super::calls::Departure;
use super::deafness::DeafCause;
use super::directory::is_client_name;
use super::drops::Dropping;
use crate::event::{Event, Phase};
use crate::journal::Entry;
use crate::message::{
    Address, BadLine, Envelope, Line, NodeIndex, OddLine, lenient, write_message,
};
use crate::network::Offer;
use crate::time::Time;
use glomers_history::Value;
use glomers_history::json;

/// The result of looking up the name of a receiver.
enum Destination {
    Known(Address),
    /// A client that has left the network.
    GoneClient(Departure),
    Unknown,
}

impl Core {
    /// Handles a line that a node printed (given without its newline).
    pub fn line(&mut self, now: Time, node: NodeIndex, line: &[u8]) {
        if self.phase == Phase::Done || self.node_states.is_dead(node) {
            return;
        }
        self.answers.printed(node, line);
        if self.deaf_nodes.is_deaf(node) {
            self.deaf_nodes.printed(node);
            if self.plan.strict {
                return;
            }
        }
        match Line::parse(line) {
            Some(message) => {
                self.route(now, node, line, &message.src, &message.dest, message.body());
            }
            None => self.odd_or_bad_lines(now, node, line),
        }
    }

    /// Handles a line that does not follow the protocol exactly. The reference also ends lines at
    /// carriage returns.
    #[cold]
    fn odd_or_bad_lines(&mut self, now: Time, node: NodeIndex, line: &[u8]) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if !line.contains(&b'\r') {
            return self.odd_or_bad_line(now, node, line);
        }
        let pieces = line.split(|byte| *byte == b'\r').filter(|piece| !piece.is_empty());
        if pieces.clone().any(|piece| Line::parse(piece).is_some()) {
            self.odd_line(now, node, OddLine::CarriageReturn, line);
        }
        for piece in pieces {
            if self.plan.strict && self.deaf_nodes.is_deaf(node) {
                return;
            }
            self.odd_or_bad_line(now, node, piece);
        }
    }

    /// Handles a line without carriage returns.
    fn odd_or_bad_line(&mut self, now: Time, node: NodeIndex, line: &[u8]) {
        match lenient::read(line) {
            Ok(message) => {
                for (kind, shown) in message.oddities {
                    self.odd_line(now, node, kind, shown);
                }
                self.route(now, node, line, &message.src, &message.dest, &message.body);
            }
            Err(kind) => self.bad_line(now, node, kind, line),
        }
    }

    /// Sends a message that a node printed, if its sender and receiver exist.
    fn route(
        &mut self,
        now: Time,
        node: NodeIndex,
        line: &[u8],
        src: &str,
        dest: &str,
        body: &str,
    ) {
        let Destination::Known(src) = self.find(src) else {
            return self.bad_line(now, node, BadLine::UnknownSource, line);
        };
        match self.find(dest) {
            Destination::Known(Address::Client(_) | Address::Service(_))
                if json::is_too_deep(body) =>
            {
                self.bad_line(now, node, BadLine::Unreadable, line);
            }
            Destination::Known(dest) => self.send(now, src, dest, body),
            Destination::GoneClient(departure) => {
                let cause = DeafCause::of_departure(dest.to_owned(), departure, body);
                self.deafen(now, node, cause, line);
            }
            Destination::Unknown => self.bad_line(now, node, BadLine::UnknownDestination, line),
        }
    }

    fn find(&self, name: &str) -> Destination {
        if let Some(address) = self.directory.find(name) {
            return Destination::Known(address);
        }
        match self.calls.find(name) {
            Some((client, None)) => Destination::Known(Address::Client(client)),
            Some((_, Some(departure))) => Destination::GoneClient(departure),
            None => Destination::Unknown,
        }
    }

    /// Sends a message: numbers it, writes it to the journal, and delivers it if its latency is
    /// zero.
    pub(super) fn send(&mut self, now: Time, src: Address, dest: Address, body: &str) {
        let id = self.calls.next_message_id();
        let involves_client = self.note(now, id, src, dest, body, true);
        if let Address::Client(client) = dest {
            return self.client_gets(now, client, id, src, body);
        }
        if !involves_client {
            self.watch_for_storm(now);
        }
        if let Address::Node(node) = dest
            && !self.node_states.hears(node, src)
        {
            self.note_dropped(now, id, src, dest, body, Dropping::Dead);
            return;
        }
        let copies = if involves_client { 1 } else { self.network.message_faults.copies() };
        if copies == 0 {
            self.note_dropped(now, id, src, dest, body, Dropping::Lost);
        }
        for _ in 0..copies {
            match self.network.offer(now, src, dest, involves_client) {
                Offer::Deliver => self.deliver(now, now, id, src, dest, body),
                Offer::Queue(deadline) => {
                    let envelope = Envelope { id, src, dest, body: body.into() };
                    self.network.queue(now, deadline, envelope);
                    self.note_cut(now);
                }
                Offer::Drop => self.note_dropped(now, id, src, dest, body, Dropping::Cut),
            }
        }
    }

    /// Handles a message that leaves the network.
    pub(super) fn arrive(&mut self, now: Time, due: Time, envelope: &Envelope) {
        self.deliver(now, due, envelope.id, envelope.src, envelope.dest, &envelope.body);
    }

    /// Delivers a message to its receiver, a node or a service.
    fn deliver(&mut self, now: Time, due: Time, id: u64, src: Address, dest: Address, body: &str) {
        let involves_client = self.note(now, id, src, dest, body, false);
        match dest {
            Address::Node(node) => {
                let Self { directory, calls, outgoing, .. } = self;
                let src_name = match src {
                    Address::Node(src) => directory.node(src),
                    Address::Client(src) => calls.name(src),
                    Address::Service(src) => directory.service(src),
                };
                let outgoing = &mut outgoing[node];
                outgoing.lines.push(b'{');
                write_message(id, src_name, directory.node(node), body, &mut outgoing.lines);
                if !involves_client {
                    outgoing.due.push(due);
                }
                match (&mut self.propagation, src) {
                    (Some(propagation), Address::Client(client)) => {
                        propagation.client_message(now, node, client);
                    }
                    (Some(propagation), _) => propagation.server_message(now, node, body),
                    (None, _) => {}
                }
            }
            Address::Service(service) => self.serve(now, service, src, body),
            Address::Client(_) => {}
        }
    }

    /// Writes to the journal that a message was sent or received; returns whether a client is
    /// involved.
    pub(super) fn note(
        &mut self,
        now: Time,
        id: u64,
        src: Address,
        dest: Address,
        body: &str,
        is_send: bool,
    ) -> bool {
        let Self { directory, calls, journal, schedule, plan, events, .. } = self;
        let name = |address: Address| match address {
            Address::Node(node) => directory.node(node),
            Address::Client(client) => calls.name(client),
            Address::Service(service) => directory.service(service),
        };
        let (src, dest) = (name(src), name(dest));
        let involves_client = is_client_name(src) || is_client_name(dest);
        let time = schedule.test_time(now);
        let entry = Entry { time, id, src, dest, body, involves_client };
        if is_send {
            journal.sent(&entry);
        } else {
            journal.received(&entry);
        }
        let wanted = if is_send { plan.log_net_send } else { plan.log_net_recv };
        if wanted {
            let mut line = vec![b'{'];
            write_message(id, src, dest, body, &mut line);
            let line = String::from_utf8_lossy(line.trim_ascii_end()).into_owned();
            let event = if is_send { Event::NetSend(line) } else { Event::NetRecv(line) };
            events.push((now, event));
        }
        involves_client
    }

    /// Records a body that was valid JSON on arrival and nevertheless cannot be read.
    pub(super) fn unreadable(&mut self, now: Time, src: Address, body: &str) {
        if let Address::Node(node) = src {
            self.bad_line(now, node, BadLine::Unreadable, body.as_bytes());
        }
    }

    /// Lets a service answer a request.
    fn serve(&mut self, now: Time, service: usize, src: Address, body: &str) {
        let Ok(request) = json::read_body(body) else { return self.unreadable(now, src, body) };
        let answer = self.services[service].handle(src, &request, &mut self.service_random);
        if let Address::Node(node) = src {
            self.note_request(now, node, service, &request, body, answer.is_some());
        }
        if let Some(stale) = self.services[service].take_stale() {
            self.note_stale(now, service, src, stale);
        }
        let Some(mut reply) = answer else { return };
        reply.push(("in_reply_to", request.get("msg_id").cloned().unwrap_or(Value::Nil)));
        let text = body_text(&reply);
        self.send(now, Address::Service(service), src, &text);
    }
}

impl Core {
    /// Records what is odd about a request to a service.
    fn note_request(
        &mut self,
        now: Time,
        node: NodeIndex,
        service: usize,
        request: &Value,
        body: &str,
        is_understood: bool,
    ) {
        let asked = &self.services[service];
        let (service, requests) = (asked.name(), asked.requests());
        if !is_understood {
            let kind = OddLine::UnknownRequest { service, requests };
            return self.odd_line(now, node, kind, body.as_bytes());
        }
        let msg_id = request.get("msg_id").is_none().then_some("msg_id");
        for field in asked.missing_field(request).into_iter().chain(msg_id) {
            self.odd_line(now, node, OddLine::MissingField { service, field }, body.as_bytes());
        }
    }
}

/// A body as JSON text.
pub(super) fn body_text(fields: &[(&'static str, Value)]) -> String {
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
