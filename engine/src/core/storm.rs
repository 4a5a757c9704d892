//! Message storms: nodes that answer each message of another with more messages, for ever.

use super::Core;
use crate::event::{Event, Phase};
use crate::propagation::Propagation;
use crate::time::Time;
use glomers_config::Workload;

/// It is looked for each time that so many messages between nodes and services were sent.
const INTERVAL: u64 = 4096;
/// Fewer messages are no storm.
const LEAST_MESSAGES: u64 = 10_000;
/// A broadcast to n nodes takes at most this many times n x n messages, acknowledgements and some
/// repetitions included: each node tells each other one.
const BROADCAST_FACTOR: u64 = 4;
/// Messages for an operation that any workload may take, beyond that.
const BROADCAST_LEAST: u64 = 100;
/// In other workloads nodes may talk to each other all the time, whatever clients do.
const OTHER_FACTOR: u64 = 40;

/// More messages between nodes than operations explain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Storm {
    /// Messages between nodes and services so far.
    pub messages: u64,
    /// Operations that were invoked so far.
    pub operations: u64,
    /// Nanoseconds since the test began.
    pub time: i64,
    /// Bytes of the journal so far; None if there is none.
    pub journal_bytes: Option<u64>,
    /// How often nodes were sent the same value of a broadcast: the least and the most of all
    /// values that some node passed on. None where values are not known.
    pub deliveries: Option<(u64, u64)>,
}

impl Core {
    /// Looks for a storm, now and then.
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

    /// The storm that there was, if there was one, until the last entry of the history.
    #[must_use]
    pub fn storm(&self) -> Option<Storm> {
        let last = self.history.operations().last().map_or(0, |operation| operation.time);
        self.saw_storm.then(|| Storm { time: last, ..self.storm_until(Time::default()) })
    }
}
