//! Message counts of the network: the basis of the `:net` result.

/// Message counts of one kind of traffic.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TrafficCount {
    /// Messages handed to the network.
    pub sent: u64,
    /// Messages that their receivers took.
    pub received: u64,
    /// Distinct messages.
    pub messages: u64,
}

/// All messages of a run, by whether a client is the sender or receiver. Services count as servers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Messages from and to clients, including `init` and `topology`.
    pub clients: TrafficCount,
    /// Messages between nodes and services.
    pub servers: TrafficCount,
}

impl Traffic {
    /// The sum of clients and servers.
    #[must_use]
    pub fn all(&self) -> TrafficCount {
        TrafficCount {
            sent: self.clients.sent + self.servers.sent,
            received: self.clients.received + self.servers.received,
            messages: self.clients.messages + self.servers.messages,
        }
    }
}
