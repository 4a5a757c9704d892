//! One queue for each receiver, ordered by deadline.

use super::{Grudge, Latency, MessageFaults};
use crate::Time;
use crate::message::{Address, Envelope, NodeIndex};
use crate::random::Random;
use glomers_config::Delivery;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Messages in transit to nodes and services.
#[derive(Debug)]
pub(crate) struct Network {
    nodes: usize,
    receivers: Vec<Receiver>,
    latency: Latency,
    delivery: Delivery,
    random: Random,
    pub(crate) message_faults: MessageFaults,
    /// By receiver and source: whether the link is cut.
    cut: Vec<bool>,
    /// When each receiver has something due, the earliest on top.
    wakes: BinaryHeap<Reverse<(Time, u64, usize)>>,
    sequence: u64,
    /// Messages between nodes that cut links dropped, until they are taken. Stays empty unless
    /// [`keep_dropped`](Network::keep_dropped) was called.
    dropped: Vec<Envelope>,
    keeps_dropped: bool,
}

#[derive(Debug, Default)]
struct Receiver {
    queue: BinaryHeap<Reverse<Queued>>,
    /// The message that the receiver has taken and waits for.
    held: Option<Held>,
}

#[derive(Debug)]
struct Held {
    due: Time,
    sequence: u64,
    envelope: Envelope,
}

/// Ordered by deadline, then by time of sending.
#[derive(Debug)]
struct Queued {
    deadline: Time,
    sequence: u64,
    envelope: Envelope,
}

impl PartialEq for Queued {
    fn eq(&self, other: &Self) -> bool {
        self.sequence == other.sequence
    }
}

impl Eq for Queued {}

impl PartialOrd for Queued {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Queued {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.deadline, self.sequence).cmp(&(other.deadline, other.sequence))
    }
}

/// What to do with a message that is about to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Offer {
    /// The receiver takes it immediately: it need not be stored.
    Deliver,
    /// It must be [queued](Network::queue) with this deadline.
    Queue(Time),
    /// Drop it, since its link is cut.
    Drop,
}

impl Network {
    pub(crate) fn new(
        nodes: usize,
        services: usize,
        latency: Latency,
        delivery: Delivery,
        random: Random,
        message_faults: MessageFaults,
    ) -> Self {
        Self {
            nodes,
            receivers: (0..nodes + services).map(|_| Receiver::default()).collect(),
            latency,
            delivery,
            random,
            message_faults,
            cut: vec![false; nodes * nodes],
            wakes: BinaryHeap::new(),
            sequence: 0,
            dropped: Vec::new(),
            keeps_dropped: false,
        }
    }

    /// Records the messages that cut links drop, from now on.
    pub(crate) fn keep_dropped(&mut self) {
        self.keeps_dropped = true;
    }

    /// The messages that cut links dropped since the last call.
    pub(crate) fn take_dropped(&mut self) -> Vec<Envelope> {
        std::mem::take(&mut self.dropped)
    }

    /// Decides what to do with a copy of a message from `src` to `dest` that is sent now. Messages
    /// from and to clients take no time.
    pub(crate) fn offer(
        &mut self,
        now: Time,
        src: Address,
        dest: Address,
        involves_client: bool,
    ) -> Offer {
        let latency = if involves_client {
            0
        } else {
            self.message_faults.delay(self.latency.draw(&mut self.random))
        };
        let receiver = &self.receivers[self.receiver_index(dest)];
        let idle = receiver.held.is_none() && receiver.queue.is_empty();
        let independent = self.delivery == Delivery::Independent;
        // A receiver checks its links when it takes a message, which it does now if it is idle.
        if (idle || independent) && self.is_cut(dest, src) {
            Offer::Drop
        } else if latency == 0 && (idle || independent) {
            Offer::Deliver
        } else {
            Offer::Queue(now.plus_nanos(latency))
        }
    }

    /// Puts a message into its receiver's queue.
    pub(crate) fn queue(&mut self, now: Time, deadline: Time, envelope: Envelope) {
        let index = self.receiver_index(envelope.dest);
        self.sequence += 1;
        let queued = Queued { deadline, sequence: self.sequence, envelope };
        self.receivers[index].queue.push(Reverse(queued));
        match self.delivery {
            Delivery::Queued => self.take(index, now),
            Delivery::Independent => self.wakes.push(Reverse((deadline, self.sequence, index))),
        }
    }

    /// Lets the receiver take its earliest message, unless it is already waiting for one.
    fn take(&mut self, index: usize, now: Time) {
        while self.receivers[index].held.is_none() {
            let Some(Reverse(Queued { deadline, sequence, envelope })) =
                self.receivers[index].queue.pop()
            else {
                return;
            };
            if self.is_cut(envelope.dest, envelope.src) {
                if self.keeps_dropped {
                    self.dropped.push(envelope);
                }
                continue;
            }
            let due = deadline.max(now);
            self.wakes.push(Reverse((due, sequence, index)));
            self.receivers[index].held = Some(Held { due, sequence, envelope });
        }
    }

    /// The next message that is due, and its deadline.
    pub(crate) fn pop_due(&mut self, now: Time) -> Option<(Time, Envelope)> {
        let Reverse((due, sequence, index)) = *self.wakes.peek()?;
        if due > now {
            return None;
        }
        self.wakes.pop();
        let receiver = &mut self.receivers[index];
        let envelope = match self.delivery {
            Delivery::Queued => {
                let held = receiver.held.take()?;
                debug_assert_eq!((held.due, held.sequence), (due, sequence));
                self.take(index, now);
                held.envelope
            }
            Delivery::Independent => receiver.queue.pop()?.0.envelope,
        };
        Some((due, envelope))
    }

    /// Removes all messages in transit to a node.
    pub(crate) fn forget(&mut self, node: NodeIndex) {
        self.receivers[node] = Receiver::default();
        self.wakes.retain(|Reverse((_, _, index))| *index != node);
    }

    /// Messages that have not arrived, by receiver and deadline.
    pub(crate) fn under_way(&self) -> impl Iterator<Item = &Envelope> {
        self.receivers.iter().flat_map(|receiver| {
            let mut queued: Vec<&Queued> = receiver.queue.iter().map(|Reverse(it)| it).collect();
            queued.sort_unstable();
            let held = receiver.held.iter().map(|held| &held.envelope);
            held.chain(queued.into_iter().map(|queued| &queued.envelope))
        })
    }

    /// When the next message is due.
    pub(crate) fn next_due(&self) -> Option<Time> {
        self.wakes.peek().map(|Reverse((due, _, _))| *due)
    }

    /// Cuts the links of the grudge, in addition to those that are already cut.
    pub(crate) fn cut(&mut self, grudge: &Grudge) {
        for (receiver, sources) in grudge {
            for source in sources {
                self.cut[receiver * self.nodes + source] = true;
            }
        }
    }

    /// Heals every link.
    pub(crate) fn heal(&mut self) {
        self.cut.fill(false);
    }

    fn is_cut(&self, dest: Address, src: Address) -> bool {
        let (Address::Node(dest), Address::Node(src)) = (dest, src) else { return false };
        self.is_link_cut(dest, src)
    }

    fn is_link_cut(&self, dest: NodeIndex, src: NodeIndex) -> bool {
        self.cut[dest * self.nodes + src]
    }

    fn receiver_index(&self, dest: Address) -> usize {
        match dest {
            Address::Node(node) => node,
            Address::Service(service) => self.nodes + service,
            Address::Client(_) => {
                unreachable!("clients have no queue: their messages take no time")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::NANOS_PER_MS;
    use glomers_config::LatencyDistribution;
    use proptest::prelude::*;

    const A: Address = Address::Node(0);
    const B: Address = Address::Node(1);
    const CLIENT: Address = Address::Client(0);

    fn at(ms: u64) -> Time {
        Time::from_nanos(ms * NANOS_PER_MS)
    }

    fn network(delivery: Delivery, distribution: LatencyDistribution) -> Network {
        let latency = Latency::new(100, distribution);
        Network::new(3, 1, latency, delivery, Random::stream(1, "network"), MessageFaults::new(1))
    }

    /// Sends like the core does, and returns whether the message arrived immediately.
    fn send(network: &mut Network, now: Time, id: u64, src: Address, dest: Address) -> bool {
        let involves_client = src == CLIENT || dest == CLIENT;
        match network.offer(now, src, dest, involves_client) {
            Offer::Deliver => return true,
            Offer::Drop => {}
            Offer::Queue(deadline) => {
                network.queue(now, deadline, Envelope { id, src, dest, body: "{}".into() });
            }
        }
        false
    }

    /// Lets everything that is queued arrive; returns the time and number of each message.
    fn arrivals(network: &mut Network) -> Vec<(Time, u64)> {
        let mut arrived = Vec::new();
        while let Some(now) = network.next_due() {
            while let Some((due, envelope)) = network.pop_due(now) {
                assert_eq!(due, now);
                arrived.push((now, envelope.id));
            }
        }
        arrived
    }

    #[test]
    fn a_receiver_waits_for_the_message_it_took_and_a_client_waits_behind_it() {
        let mut network = network(Delivery::Queued, LatencyDistribution::Constant);
        assert!(!send(&mut network, at(0), 1, A, B));
        assert!(!send(&mut network, at(40), 2, CLIENT, B));
        assert!(!send(&mut network, at(50), 3, A, B));
        assert_eq!(arrivals(&mut network), [(at(100), 1), (at(100), 2), (at(150), 3)]);
        assert!(send(&mut network, at(200), 4, CLIENT, B), "an idle receiver takes it at once");
    }

    #[test]
    fn independent_messages_take_exactly_their_latency() {
        let mut network = network(Delivery::Independent, LatencyDistribution::Constant);
        assert!(!send(&mut network, at(0), 1, A, B));
        assert!(send(&mut network, at(40), 2, CLIENT, B));
        assert!(!send(&mut network, at(50), 3, A, B));
        assert_eq!(arrivals(&mut network), [(at(100), 1), (at(150), 3)]);
    }

    #[test]
    fn links_are_looked_at_when_a_message_is_taken() {
        let mut network = network(Delivery::Queued, LatencyDistribution::Constant);
        let grudge = Grudge::from([(1, [0].into())]);
        // A message that was taken before the cut arrives; one that is taken after it does not.
        send(&mut network, at(0), 1, A, B);
        send(&mut network, at(10), 2, A, B);
        network.cut(&grudge);
        send(&mut network, at(20), 3, B, A);
        send(&mut network, at(20), 4, Address::Node(2), B);
        assert_eq!(arrivals(&mut network), [(at(100), 1), (at(120), 3), (at(120), 4)]);
        send(&mut network, at(200), 5, A, B);
        network.heal();
        send(&mut network, at(200), 6, A, B);
        assert_eq!(arrivals(&mut network), [(at(300), 6)]);
    }

    proptest! {
        #[test]
        fn without_cuts_every_message_arrives_once_and_not_too_early(
            sends in prop::collection::vec((0_u64..300, 0_usize..3, 0_usize..4), 0..60),
            delivery in prop::sample::select(Delivery::ALL),
            distribution in prop::sample::select(LatencyDistribution::ALL),
        ) {
            let mut network = network(delivery, distribution);
            let mut sends = sends;
            sends.sort_unstable();
            let mut arrived = Vec::new();
            let mut sent_at = Vec::new();
            for (id, (ms, src, dest)) in sends.into_iter().enumerate() {
                while network.next_due().is_some_and(|due| due <= at(ms)) {
                    let due = network.next_due().unwrap();
                    arrived.extend(network.pop_due(due).map(|(due, envelope)| (due, envelope.id)));
                }
                let dest = if dest == 3 { Address::Service(0) } else { Address::Node(dest) };
                sent_at.push(at(ms));
                if send(&mut network, at(ms), id as u64, Address::Node(src), dest) {
                    arrived.push((at(ms), id as u64));
                }
            }
            arrived.extend(arrivals(&mut network));
            for (due, id) in &arrived {
                let sent = sent_at[usize::try_from(*id).unwrap()];
                prop_assert!(*due >= sent);
                if distribution == LatencyDistribution::Constant {
                    prop_assert!(due.since(sent).as_millis() >= 100);
                    if delivery == Delivery::Independent {
                        prop_assert_eq!(due.since(sent).as_millis(), 100);
                    }
                }
            }
            let mut ids: Vec<u64> = arrived.into_iter().map(|(_, id)| id).collect();
            ids.sort_unstable();
            prop_assert_eq!(ids, (0..sent_at.len() as u64).collect::<Vec<_>>());
        }
    }
}
