//! How many messages crossed the network: what the `:net` result is made of.

/// Messages of one kind of traffic.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TrafficCount {
    /// Messages handed to the network.
    pub sent: u64,
    /// Messages that their receiver took.
    pub received: u64,
    /// Distinct messages.
    pub messages: u64,
}

/// All messages of a run, by whether a client was involved. Services count as servers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Messages from or to a client, `init` and `topology` included.
    pub clients: TrafficCount,
    /// Messages between nodes and services.
    pub servers: TrafficCount,
}

impl Traffic {
    /// Clients and servers together.
    #[must_use]
    pub fn all(&self) -> TrafficCount {
        TrafficCount {
            sent: self.clients.sent + self.servers.sent,
            received: self.clients.received + self.servers.received,
            messages: self.clients.messages + self.servers.messages,
        }
    }
}
