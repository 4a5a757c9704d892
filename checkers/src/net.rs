//! `:net`: messages, and messages per operation. Always valid.

use crate::result_map::{result_map, valid_entry};
use glomers_history::{History, Kind, Traffic, TrafficCount, Validity, Value, Verdict};

/// The result of [`net`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Net {
    /// The messages that crossed the network.
    pub traffic: Traffic,
    /// Client invocations, those of the final reads included.
    pub operations: u64,
}

/// Relates the traffic to the operations.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{edn, sample};

    fn judged(lines: &str) -> Value {
        let count = |n| TrafficCount { sent: n, received: n, messages: n };
        let traffic = Traffic { clients: count(4), servers: count(1) };
        Verdict::from(net(&sample(lines), traffic)).map
    }

    #[test]
    fn messages_are_divided_by_the_invocations_of_clients() {
        let map = judged(
            "invoke 0 echo 1
             ok 0 echo 1
             info :nemesis stop-partition nil
             invoke 1 echo 2
             invoke 2 echo 3",
        );
        let expected = "{
            :all {:send-count 5, :recv-count 5, :msg-count 5, :msgs-per-op 1.6666666},
            :clients {:send-count 4, :recv-count 4, :msg-count 4},
            :servers {:send-count 1, :recv-count 1, :msg-count 1, :msgs-per-op 0.33333334},
            :valid? true}";
        assert_eq!(map, edn(expected));
    }

    #[test]
    fn without_operations_there_are_no_messages_per_operation() {
        assert_eq!(
            judged("").get("all"),
            Some(&edn("{:send-count 5, :recv-count 5, :msg-count 5}"))
        );
    }
}
