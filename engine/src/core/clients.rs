//! Network clients and their calls: each client sends one request at a time and waits for its reply.

use crate::message::{Envelope, NodeIndex};
use crate::rpc::Rpc;
use crate::time::Time;
use crate::unmatched::{Requests, UnmatchedKind, classify};
use glomers_history::Value;
use smol_str::{SmolStr, format_smolstr};
use std::collections::VecDeque;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OpenCall {
    pub(super) msg_id: i64,
    pub(super) purpose: Purpose,
    /// `None` for `init`.
    pub(super) rpc: Option<&'static Rpc>,
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
    open: Option<OpenCall>,
    /// Requests that were not answered in time.
    timed_out: Vec<i64>,
    /// Whether it will make another call; set-up clients do not.
    calls_again: bool,
    /// Messages that arrived while it had no open call; they are read with its next call.
    unread: VecDeque<Envelope>,
}

/// When a call times out: deadline, client, `msg_id`.
type Timeout = (Time, u32, i64);

/// All clients, numbered from 0, and their open calls.
#[derive(Debug, Default)]
pub(super) struct Clients {
    all: Vec<NetworkClient>,
    /// Ordered by deadline, since all calls of a kind have the same timeout. Calls that were
    /// answered stay in the list until they reach the front.
    timeouts: VecDeque<Timeout>,
    init_timeouts: VecDeque<Timeout>,
}

impl Clients {
    /// Adds a client that talks to that node.
    pub(super) fn open(&mut self, node: NodeIndex) -> u32 {
        let number = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        self.all.push(NetworkClient {
            name: format_smolstr!("c{number}"),
            node,
            departure: None,
            last_msg_id: 0,
            open: None,
            timed_out: Vec::new(),
            calls_again: true,
            unread: VecDeque::new(),
        });
        number
    }

    /// Marks that the client made its last call. It stays on the network, as in the reference, but
    /// messages to it are no longer kept.
    pub(super) fn retire(&mut self, client: u32) {
        let client = self.get(client);
        client.calls_again = false;
        client.unread = VecDeque::new();
    }

    /// Removes the client from the network, since its node answered `init`.
    pub(super) fn close_initialised(&mut self, client: u32) {
        self.close(client, Departure::Initialised);
    }

    /// Removes the client from the network, since a new one replaces it.
    pub(super) fn close_replaced(&mut self, client: u32) {
        let state = self.get(client);
        let has_given_up = state.timed_out.last() == Some(&state.last_msg_id);
        let departure = if has_given_up { Departure::GaveUp } else { Departure::Replaced };
        self.close(client, departure);
    }

    fn close(&mut self, client: u32, departure: Departure) {
        let client = self.get(client);
        client.departure = Some(departure);
        client.open = None;
        client.unread = VecDeque::new();
    }

    fn get(&mut self, client: u32) -> &mut NetworkClient {
        &mut self.all[client as usize]
    }

    /// The client of that name, and why it left the network, if it did.
    pub(super) fn find(&self, name: &str) -> Option<(u32, Option<Departure>)> {
        let number: u32 = name.strip_prefix('c')?.parse().ok()?;
        let client = self.all.get(number as usize)?;
        (client.name == name).then_some((number, client.departure))
    }

    pub(super) fn name(&self, client: u32) -> &str {
        &self.all[client as usize].name
    }

    /// The node that it talks to.
    pub(super) fn node(&self, client: u32) -> NodeIndex {
        self.all[client as usize].node
    }

    /// Begins a call, which times out at the deadline; returns its `msg_id`.
    pub(super) fn begin_call(
        &mut self,
        client: u32,
        purpose: Purpose,
        rpc: Option<&'static Rpc>,
        deadline: Time,
    ) -> i64 {
        let state = self.get(client);
        state.last_msg_id += 1;
        let msg_id = state.last_msg_id;
        state.open = Some(OpenCall { msg_id, purpose, rpc });
        let timeouts = match purpose {
            Purpose::Init(_) => &mut self.init_timeouts,
            Purpose::SetUp(_) | Purpose::Operation(_) => &mut self.timeouts,
        };
        timeouts.push_back((deadline, client, msg_id));
        msg_id
    }

    /// The call that the client waits for.
    pub(super) fn open_call(&self, client: u32) -> Option<OpenCall> {
        self.all[client as usize].open
    }

    /// Ends the client's call, since it was answered.
    pub(super) fn end_call(&mut self, client: u32) {
        self.get(client).open = None;
    }

    /// Keeps a message that arrived while the client had no open call, if there will be another.
    pub(super) fn keep_unread(&mut self, client: u32, message: impl FnOnce() -> Envelope) {
        let client = self.get(client);
        if client.calls_again {
            client.unread.push_back(message());
        }
    }

    /// The messages that were kept, in the order of their arrival.
    pub(super) fn take_unread(&mut self, client: u32) -> VecDeque<Envelope> {
        std::mem::take(&mut self.get(client).unread)
    }

    /// Why a body answers none of the client's requests, and its `in_reply_to` or what resembles
    /// it.
    pub(super) fn classify(&self, client: u32, body: &Value) -> (UnmatchedKind, String) {
        let state = &self.all[client as usize];
        let requests = Requests { last: state.last_msg_id, timed_out: &state.timed_out };
        classify(body, requests, |number| {
            self.all.iter().any(|other| {
                other.node == state.node && other.open.is_some_and(|open| open.msg_id == number)
            })
        })
    }

    /// When the next open call times out.
    pub(super) fn next_timeout(&mut self) -> Option<Time> {
        let clients = &self.all;
        for timeouts in [&mut self.timeouts, &mut self.init_timeouts] {
            while timeouts.front().is_some_and(|timeout| !is_open_call(clients, timeout)) {
                timeouts.pop_front();
            }
        }
        let first = |timeouts: &VecDeque<Timeout>| timeouts.front().map(|(deadline, ..)| *deadline);
        [first(&self.timeouts), first(&self.init_timeouts)].into_iter().flatten().min()
    }

    /// Ends one call that timed out.
    pub(super) fn pop_expired(&mut self, now: Time) -> Option<OpenCall> {
        if self.next_timeout().is_none_or(|deadline| deadline > now) {
            return None;
        }
        let expired = |timeouts: &VecDeque<Timeout>| {
            timeouts.front().is_some_and(|(deadline, ..)| *deadline <= now)
        };
        let timeouts =
            if expired(&self.timeouts) { &mut self.timeouts } else { &mut self.init_timeouts };
        let (_, client, _) = timeouts.pop_front()?;
        let state = self.get(client);
        let call = state.open.take()?;
        state.timed_out.push(call.msg_id);
        Some(call)
    }
}

fn is_open_call(clients: &[NetworkClient], (_, client, msg_id): &Timeout) -> bool {
    clients[*client as usize].open.is_some_and(|open| open.msg_id == *msg_id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Address;
    use glomers_history::json::read_body;

    fn at(nanos: u64) -> Time {
        Time::from_nanos(nanos)
    }

    fn call(clients: &mut Clients, client: u32, deadline: u64) -> i64 {
        clients.begin_call(client, Purpose::Operation(client), None, at(deadline))
    }

    #[test]
    fn calls_time_out_in_order_unless_they_were_answered() {
        let mut clients = Clients::default();
        for node in 0..3 {
            let client = clients.open(node);
            assert_eq!(call(&mut clients, client, 10 + u64::from(client)), 1);
        }
        clients.end_call(0);
        assert_eq!(clients.next_timeout(), Some(at(11)));
        assert_eq!(clients.pop_expired(at(10)), None);
        let expired = clients.pop_expired(at(12)).unwrap();
        assert_eq!((expired.purpose, expired.msg_id), (Purpose::Operation(1), 1));
        assert_eq!(clients.open_call(1), None);
        // A later call of the same client has another deadline.
        clients.end_call(2);
        assert_eq!(call(&mut clients, 2, 30), 2);
        assert_eq!((clients.pop_expired(at(12)), clients.next_timeout()), (None, Some(at(30))));
    }

    #[test]
    fn init_has_a_timeout_that_later_calls_may_precede() {
        let mut clients = Clients::default();
        let (first, second) = (clients.open(0), clients.open(1));
        clients.begin_call(first, Purpose::Init(0), None, at(100));
        call(&mut clients, second, 50);
        assert_eq!(clients.next_timeout(), Some(at(50)));
        let purposes = [clients.pop_expired(at(100)), clients.pop_expired(at(100))]
            .map(|call| call.map(|call| call.purpose));
        assert_eq!(purposes, [Some(Purpose::Operation(1)), Some(Purpose::Init(0))]);
    }

    #[test]
    fn a_client_is_found_by_its_exact_name_also_after_it_left() {
        let mut clients = Clients::default();
        for _ in 0..4 {
            clients.open(0);
        }
        assert_eq!((clients.find("c0"), clients.name(3)), (Some((0, None)), "c3"));
        for unknown in ["c4", "c00", "c", "n0", "c+1"] {
            assert_eq!(clients.find(unknown), None, "{unknown}");
        }
        clients.close_initialised(0);
        clients.close_replaced(1);
        call(&mut clients, 2, 5);
        clients.pop_expired(at(5));
        clients.close_replaced(2);
        let departures = ["c0", "c1", "c2", "c3"].map(|name| clients.find(name).unwrap().1);
        let expected = [Departure::Initialised, Departure::Replaced, Departure::GaveUp];
        assert_eq!(departures[..3], expected.map(Some));
        assert_eq!(departures[3], None);
    }

    #[test]
    fn messages_between_calls_are_kept_for_the_next_call_if_there_is_one() {
        let message = |id| {
            move || Envelope {
                id,
                src: Address::Node(0),
                dest: Address::Client(0),
                body: "{}".into(),
            }
        };
        let mut clients = Clients::default();
        let client = clients.open(0);
        clients.keep_unread(client, message(1));
        clients.keep_unread(client, message(2));
        let ids: Vec<u64> = clients.take_unread(client).iter().map(|unread| unread.id).collect();
        assert_eq!(ids, [1, 2]);
        assert!(clients.take_unread(client).is_empty());
        clients.keep_unread(client, message(3));
        clients.retire(client);
        clients.keep_unread(client, message(4));
        assert!(clients.take_unread(client).is_empty());
    }

    #[test]
    fn a_number_of_another_client_counts_only_if_that_client_talks_to_the_same_node() {
        let mut clients = Clients::default();
        let (client, neighbour, stranger) = (clients.open(0), clients.open(0), clients.open(1));
        for _ in 0..2 {
            call(&mut clients, neighbour, 9);
        }
        for _ in 0..3 {
            call(&mut clients, stranger, 9);
        }
        call(&mut clients, client, 9);
        let kind = |number: i64| {
            let body = read_body(&format!("{{\"in_reply_to\":{number}}}")).unwrap();
            clients.classify(client, &body).0
        };
        assert_eq!(kind(2), UnmatchedKind::OtherClient);
        assert_eq!(kind(3), UnmatchedKind::NoRequest);
    }
}
