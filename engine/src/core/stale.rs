//! What services answered from the past, and to whom.

use super::Core;
use crate::NodeIndex;
use crate::message::Address;
use crate::service::StaleAnswer;
use crate::time::Time;
use glomers_history::Value;
use std::collections::BTreeMap;

/// Requests of a node that a service answered from an older state than its newest, which held
/// something else: its consistency allows that.
#[derive(Debug, Clone, PartialEq)]
pub struct StaleAnswers {
    /// The service.
    pub service: &'static str,
    /// Who asked.
    pub node: NodeIndex,
    /// How many.
    pub count: u64,
    /// When the last was given: nanoseconds since the test began.
    pub last: i64,
    /// The key that it was about.
    pub key: Value,
    /// What the answer came from; None if the key was missing then.
    pub given: Option<Value>,
    /// What the newest state had; None if the key was missing there.
    pub newest: Option<Value>,
}

/// The stale answers of a run: by service, then by node.
pub(super) type StaleRecord = BTreeMap<(usize, NodeIndex), StaleAnswers>;

impl Core {
    /// A service answered from the past.
    pub(super) fn note_stale(
        &mut self,
        now: Time,
        service: usize,
        src: Address,
        stale: StaleAnswer,
    ) {
        let Address::Node(node) = src else { return };
        let StaleAnswer { key, given, newest } = stale;
        let count = self.stale.get(&(service, node)).map_or(0, |earlier| earlier.count) + 1;
        let (service_name, last) = (self.services[service].name(), self.schedule.test_time(now));
        let answers = StaleAnswers { service: service_name, node, count, last, key, given, newest };
        self.stale.insert((service, node), answers);
    }

    /// What services answered from the past: for each service and node, how often, and the last.
    pub fn stale_answers(&self) -> impl Iterator<Item = &StaleAnswers> {
        self.stale.values()
    }
}
