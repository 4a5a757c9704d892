//! Detects message storms: nodes that endlessly answer each other's messages with more messages.

use glomers_config::{Plan, Workload};

/// Number of messages between nodes and services after which the check is repeated.
const INTERVAL: u64 = 4096;
/// With fewer messages there is no storm.
const LEAST_MESSAGES: u64 = 10_000;
/// A broadcast to n nodes takes at most this many times n x n messages, including acknowledgements
/// and some retries, since each node may send it to each other node.
const BROADCAST_FACTOR: u64 = 4;
/// Additional messages per operation that are allowed in any workload.
const BROADCAST_LEAST: u64 = 100;
/// Factor for the other workloads, in which nodes may exchange messages all the time, regardless of
/// clients.
const OTHER_FACTOR: u64 = 40;

/// Far more messages between nodes than the number of operations explains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Storm {
    /// Messages between nodes and services so far.
    pub messages: u64,
    /// Operations that were invoked so far.
    pub operations: u64,
    /// Nanoseconds since the test began.
    pub time: i64,
    /// Size of the journal in bytes so far; `None` without a journal, and once it is at its limit.
    pub journal_bytes: Option<u64>,
    /// How often nodes were sent the same broadcast value: minimum and maximum over all values that
    /// some node passed on. `None` if values are not known.
    pub deliveries: Option<(u64, u64)>,
}

/// Watches for a storm.
#[derive(Debug)]
pub(super) struct StormWatch {
    /// Messages per operation above which there is a storm.
    most_per_operation: u64,
    /// Whether there was one.
    has_begun: bool,
}

impl StormWatch {
    pub(super) fn new(plan: &Plan) -> Self {
        let nodes = plan.nodes.len() as u64;
        let each = BROADCAST_FACTOR * nodes * nodes + BROADCAST_LEAST;
        let factor = if plan.workload == Workload::Broadcast { 1 } else { OTHER_FACTOR };
        Self { most_per_operation: each * factor, has_begun: false }
    }

    /// Whether a storm begins with the last of these messages; most calls return immediately.
    pub(super) fn begins(&mut self, messages: u64, operations: u64) -> bool {
        if !messages.is_multiple_of(INTERVAL) || messages < LEAST_MESSAGES || self.has_begun {
            return false;
        }
        self.has_begun = messages / operations.max(1) > self.most_per_operation;
        self.has_begun
    }

    pub(super) fn has_begun(&self) -> bool {
        self.has_begun
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::testing::plan;
    use glomers_config::Parameters;

    #[test]
    fn a_storm_is_many_messages_per_operation_and_begins_once() {
        // One node: 104 messages for each operation, times 40.
        let watch = || StormWatch::new(&plan("echo", Parameters::default()));
        let messages = 4 * INTERVAL;
        assert!(!watch().begins(messages, 4));
        assert!(!watch().begins(messages - 1, 0), "only checked now and then");
        assert!(!watch().begins(2 * INTERVAL, 0), "too few");
        let mut watch = watch();
        assert!(watch.begins(messages, 3) && watch.has_begun());
        assert!(!watch.begins(2 * messages, 3));
    }
}
