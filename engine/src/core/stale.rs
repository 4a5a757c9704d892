//! Records the stale answers of services, and the nodes that received them.

use super::Core;
use crate::NodeIndex;
use crate::message::Address;
use crate::service::StaleAnswer;
use crate::time::Time;
use glomers_history::Value;
use std::collections::BTreeMap;

/// Requests of a node that a service answered from an older state whose value differed from the
/// newest. The service's consistency model allows that.
#[derive(Debug, Clone, PartialEq)]
pub struct StaleAnswers {
    /// The service.
    pub service: &'static str,
    /// The node that sent the requests.
    pub node: NodeIndex,
    /// Number of stale answers.
    pub count: u64,
    /// When the last one was given, in nanoseconds since the test began.
    pub last: i64,
    /// The key of the last one.
    pub key: Value,
    /// The value in the older state; `None` if the key was missing.
    pub given: Option<Value>,
    /// The value in the newest state; `None` if the key was missing.
    pub newest: Option<Value>,
}

/// The stale answers of a run: by service, then by node.
pub(super) type StaleRecord = BTreeMap<(usize, NodeIndex), StaleAnswers>;

impl Core {
    /// Records a stale answer.
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

    /// The stale answers by service and node: how many, and the last.
    pub fn stale_answers(&self) -> impl Iterator<Item = &StaleAnswers> {
        self.stale.values()
    }
}
