//! `:net`: messages, and messages per operation. Always valid.

use crate::result_map::{result_map, valid_entry};
use glomers_history::{History, Kind, Traffic, TrafficCount, Validity, Value, Verdict};

/// The result of [`net`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Net {
    /// What crossed the network.
    pub traffic: Traffic,
    /// Client invocations, those of the final reads included.
    pub operations: u64,
}

/// Sets the traffic against the operations.
#[must_use]
pub fn net(history: &History, traffic: Traffic) -> Net {
    let invocations = history.client_operations().filter(|(_, o)| o.kind == Kind::Invoke);
    Net { traffic, operations: invocations.count() as u64 }
}

impl Net {
    fn entries(&self, count: TrafficCount, per_operation: bool) -> Value {
        let mut entries = vec![
            ("send-count", count.sent.into()),
            ("recv-count", count.received.into()),
            ("msg-count", count.messages.into()),
        ];
        if per_operation && self.operations > 0 {
            let fraction = count.messages as f64 / self.operations as f64;
            entries.push(("msgs-per-op", Value::single(fraction)));
        }
        result_map(entries)
    }
}

impl From<Net> for Verdict {
    fn from(net: Net) -> Self {
        let map = result_map([
            ("all", net.entries(net.traffic.all(), true)),
            ("clients", net.entries(net.traffic.clients, false)),
            ("servers", net.entries(net.traffic.servers, true)),
            valid_entry(true),
        ]);
        Self { valid: Validity::Valid, map }
    }
}
