//! One queue for each receiver, ordered by deadline.

use super::{Grudge, Latency};
use crate::Time;
use crate::message::{Address, Envelope, NodeIndex};
use crate::random::Random;
use glomers_config::Delivery;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Messages on their way to nodes and services.
#[derive(Debug)]
pub(crate) struct Network {
    nodes: usize,
    receivers: Vec<Receiver>,
    latency: Latency,
    delivery: Delivery,
    random: Random,
    /// By receiver and source: whether the link is cut.
    cut: Vec<bool>,
    /// When each receiver has something due, earliest first.
    wakes: BinaryHeap<Reverse<(Time, u64, usize)>>,
    sequence: u64,
    /// Messages between nodes and services that are queued or held.
    in_flight: u64,
}

#[derive(Debug, Default)]
struct Receiver {
    queue: BinaryHeap<Reverse<Queued>>,
    /// The message it took and waits for, and when that is due.
    held: Option<(Time, Envelope)>,
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

/// What becomes of a message that is about to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Offer {
    /// The receiver takes it at once: it need not be stored.
    Deliver,
    /// It must be [queued](Network::queue) with this deadline.
    Queue(Time),
    /// Its link is cut.
    Drop,
}

impl Network {
    pub(crate) fn new(
        nodes: usize,
        services: usize,
        latency: Latency,
        delivery: Delivery,
        random: Random,
    ) -> Self {
        Self {
            nodes,
            receivers: (0..nodes + services).map(|_| Receiver::default()).collect(),
            latency,
            delivery,
            random,
            cut: vec![false; nodes * nodes],
            wakes: BinaryHeap::new(),
            sequence: 0,
            in_flight: 0,
        }
    }

    /// Says what to do with a message of `src` to `dest`, sent now. One that involves a client
    /// takes no time.
    pub(crate) fn offer(
        &mut self,
        now: Time,
        src: Address,
        dest: Address,
        involves_client: bool,
    ) -> Offer {
        let latency = if involves_client { 0 } else { self.latency.draw(&mut self.random) };
        let receiver = &self.receivers[self.receiver_index(dest)];
        let idle = receiver.held.is_none() && receiver.queue.is_empty();
        let independent = self.delivery == Delivery::Independent;
        // A receiver looks at its links when it takes the message, which it does now if it is idle.
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
        self.in_flight += u64::from(is_server(&envelope));
        let queued = Queued { deadline, sequence: self.sequence, envelope };
        self.receivers[index].queue.push(Reverse(queued));
        match self.delivery {
            Delivery::Queued => self.take(index, now),
            Delivery::Independent => self.wakes.push(Reverse((deadline, self.sequence, index))),
        }
    }

    /// The receiver takes its earliest message, unless it still waits for one.
    fn take(&mut self, index: usize, now: Time) {
        while self.receivers[index].held.is_none() {
            let Some(Reverse(Queued { deadline, sequence, envelope })) =
                self.receivers[index].queue.pop()
            else {
                return;
            };
            if self.is_cut(envelope.dest, envelope.src) {
                self.in_flight -= u64::from(is_server(&envelope));
                continue;
            }
            let due = deadline.max(now);
            self.wakes.push(Reverse((due, sequence, index)));
            self.receivers[index].held = Some((due, envelope));
        }
    }

    /// The next message that is due, and when it was.
    pub(crate) fn pop_due(&mut self, now: Time) -> Option<(Time, Envelope)> {
        let Reverse((due, _, index)) = *self.wakes.peek()?;
        if due > now {
            return None;
        }
        self.wakes.pop();
        let envelope = match self.delivery {
            Delivery::Queued => {
                let (_, envelope) = self.receivers[index].held.take()?;
                self.take(index, now);
                envelope
            }
            Delivery::Independent => self.receivers[index].queue.pop()?.0.envelope,
        };
        self.in_flight -= u64::from(is_server(&envelope));
        Some((due, envelope))
    }

    /// When the next message is due.
    pub(crate) fn next_due(&self) -> Option<Time> {
        self.wakes.peek().map(|Reverse((due, _, _))| *due)
    }

    /// Messages between nodes and services that are still on their way.
    pub(crate) fn in_flight(&self) -> u64 {
        self.in_flight
    }

    /// Cuts the links of the grudge, besides those that are cut already.
    pub(crate) fn cut(&mut self, grudge: &Grudge) {
        for (receiver, sources) in grudge {
            for source in sources {
                self.cut[receiver * self.nodes + source] = true;
            }
        }
    }

    /// Mends every link.
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

/// Whether neither end is a client.
fn is_server(envelope: &Envelope) -> bool {
    !matches!(envelope.src, Address::Client(_)) && !matches!(envelope.dest, Address::Client(_))
}
