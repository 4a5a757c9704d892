//! Detects message storms: nodes that endlessly answer each other's messages with more messages.

use super::Core;
use crate::event::{Event, Phase};
use crate::propagation::Propagation;
use crate::time::Time;
use glomers_config::Workload;

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
    /// Size of the journal in bytes so far; `None` without a journal.
    pub journal_bytes: Option<u64>,
    /// How often nodes were sent the same broadcast value: minimum and maximum over all values that
    /// some node passed on. `None` if values are not known.
    pub deliveries: Option<(u64, u64)>,
}

impl Core {
    /// Checks for a storm; most calls return immediately.
    pub(super) fn watch_for_storm(&mut self, now: Time) {
        let messages = self.journal.traffic().servers.sent;
        if !messages.is_multiple_of(INTERVAL)
            || messages < LEAST_MESSAGES
            || self.saw_storm
            || self.phase < Phase::Load
        {
            return;
        }
        let nodes = self.plan.nodes.len() as u64;
        let each = BROADCAST_FACTOR * nodes * nodes + BROADCAST_LEAST;
        let factor = if self.plan.workload == Workload::Broadcast { 1 } else { OTHER_FACTOR };
        if messages / self.invocations.max(1) > each * factor {
            self.saw_storm = true;
            let storm = self.storm_until(now);
            self.events.push((now, Event::Storm(storm)));
        }
    }

    fn storm_until(&self, now: Time) -> Storm {
        Storm {
            messages: self.journal.traffic().servers.sent,
            operations: self.invocations,
            time: self.schedule.test_time(now),
            journal_bytes: self.plan.journal.then(|| self.journal.bytes()),
            deliveries: self.propagation.as_ref().and_then(Propagation::deliveries),
        }
    }

    /// The storm, if there was one, with its numbers at the last entry of the history.
    #[must_use]
    pub fn storm(&self) -> Option<Storm> {
        let last = self.history.operations().last().map_or(0, |operation| operation.time);
        self.saw_storm.then(|| Storm { time: last, ..self.storm_until(Time::default()) })
    }
}
