//! Numbers messages, names their participants, and records them in the journal.

use super::clients::Clients;
use super::directory::{Directory, is_client_name};
use super::observed::events::Events;
use super::run_times::Moment;
use crate::event::Event;
use crate::journal::{Entry, Journal};
use crate::message::{Address, Message, write_message};
use glomers_config::Plan;

/// All messages of a run.
#[derive(Debug)]
pub(super) struct MessageLog {
    directory: Directory,
    journal: Journal,
    next_id: u64,
    /// Whether each send, and each receipt, is also an event.
    reports_sent: bool,
    reports_received: bool,
}

impl MessageLog {
    pub(super) fn new(plan: &Plan, services: Vec<&'static str>) -> Self {
        Self {
            directory: Directory::new(plan.nodes.clone(), services),
            journal: Journal::new(plan.journal, plan.journal_limit),
            next_id: 0,
            reports_sent: plan.log_net_send,
            reports_received: plan.log_net_recv,
        }
    }

    pub(super) fn directory(&self) -> &Directory {
        &self.directory
    }

    pub(super) fn journal(&self) -> &Journal {
        &self.journal
    }

    pub(super) fn journal_mut(&mut self) -> &mut Journal {
        &mut self.journal
    }

    /// The number of the next message.
    pub(super) fn next_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id - 1
    }

    /// Records that a message was sent; returns whether its sender or receiver is a client.
    pub(super) fn sent(
        &mut self,
        at: Moment,
        message: Message<'_>,
        clients: &Clients,
        events: &mut Events,
    ) -> bool {
        let entry = self.directory.entry(at, message, clients);
        self.journal.sent(&entry);
        if self.reports_sent {
            events.add(at.time, Event::NetSend(event_text(&entry)));
        }
        entry.involves_client
    }

    /// Records that a message was received; returns whether its sender or receiver is a client.
    pub(super) fn received(
        &mut self,
        at: Moment,
        message: Message<'_>,
        clients: &Clients,
        events: &mut Events,
    ) -> bool {
        let entry = self.directory.entry(at, message, clients);
        self.journal.received(&entry);
        if self.reports_received {
            events.add(at.time, Event::NetRecv(event_text(&entry)));
        }
        entry.involves_client
    }

    /// Appends the message as a line for its receiver.
    pub(super) fn write_line(&self, message: Message<'_>, clients: &Clients, out: &mut Vec<u8>) {
        let Message { id, src, dest, body } = message;
        let name = |address| self.directory.name(address, clients);
        out.push(b'{');
        write_message(id, name(src), name(dest), body, out);
    }
}

impl Directory {
    /// The name of a participant.
    fn name<'a>(&'a self, address: Address, clients: &'a Clients) -> &'a str {
        match address {
            Address::Node(node) => self.node(node),
            Address::Client(client) => clients.name(client),
            Address::Service(service) => self.service(service),
        }
    }

    fn entry<'a>(&'a self, at: Moment, message: Message<'a>, clients: &'a Clients) -> Entry<'a> {
        let Message { id, src, dest, body } = message;
        let (src, dest) = (self.name(src, clients), self.name(dest, clients));
        let involves_client = is_client_name(src) || is_client_name(dest);
        Entry { time: at.in_test, id, src, dest, body, involves_client }
    }
}

fn event_text(entry: &Entry<'_>) -> String {
    let mut line = vec![b'{'];
    write_message(entry.id, entry.src, entry.dest, entry.body, &mut line);
    String::from_utf8_lossy(line.trim_ascii_end()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Time;
    use crate::workload::testing;
    use glomers_config::Parameters;

    #[test]
    fn messages_are_numbered_counted_and_written_with_names() {
        let given = Parameters { log_net_recv: Some(true), ..Parameters::default() };
        let plan = testing::plan("echo", given);
        let mut log = MessageLog::new(&plan, vec!["lin-kv"]);
        let mut clients = Clients::default();
        let client = Address::Client(clients.open(0));
        let mut events = Events::new(plan.nodes.clone());
        let at = Moment { time: Time::from_nanos(9), in_test: 4 };
        let mut pass = |log: &mut MessageLog, src, dest| {
            let message = Message { id: log.next_id(), src, dest, body: "{}" };
            let involved = log.sent(at, message, &clients, &mut events);
            assert_eq!(log.received(at, message, &clients, &mut events), involved);
            involved
        };
        assert!(pass(&mut log, client, Address::Node(0)));
        assert!(!pass(&mut log, Address::Node(0), Address::Service(0)));
        let text = String::from_utf8(std::mem::take(log.journal_mut().lines())).unwrap();
        let expected = "\
            {\"time\":4,\"type\":\"send\",\"id\":0,\"src\":\"c0\",\"dest\":\"n0\",\"body\":{}}\n\
            {\"time\":4,\"type\":\"recv\",\"id\":0,\"src\":\"c0\",\"dest\":\"n0\",\"body\":{}}\n\
            {\"time\":4,\"type\":\"send\",\"id\":1,\"src\":\"n0\",\"dest\":\"lin-kv\",\"body\":{}}\n\
            {\"time\":4,\"type\":\"recv\",\"id\":1,\"src\":\"n0\",\"dest\":\"lin-kv\",\"body\":{}}\n";
        assert_eq!(text, expected);
        let traffic = log.journal().traffic();
        assert_eq!((traffic.clients.sent, traffic.servers.received), (1, 1));
        let reported: Vec<Event> = events.take().into_iter().map(|(_, event)| event).collect();
        assert_eq!(reported.len(), 2);
        let first = r#"{"id":0,"src":"c0","dest":"n0","body":{}}"#;
        assert_eq!(reported[0], Event::NetRecv(first.to_owned()));
    }
}
