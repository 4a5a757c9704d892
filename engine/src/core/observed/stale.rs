//! Records the stale answers of services, and the nodes that received them.

use super::super::run_times::Moment;
use crate::NodeIndex;
use crate::service::StaleAnswer;
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

/// The stale answers of a run.
#[derive(Debug, Default)]
pub(super) struct StaleRecord {
    /// By the number of the service, then by node.
    by_service: BTreeMap<(usize, NodeIndex), StaleAnswers>,
}

impl StaleRecord {
    /// Records a stale answer to the node.
    pub(super) fn add(
        &mut self,
        at: Moment,
        (service, service_name): (usize, &'static str),
        node: NodeIndex,
        stale: StaleAnswer,
    ) {
        let StaleAnswer { key, given, newest } = stale;
        let earlier = self.by_service.get(&(service, node)).map_or(0, |earlier| earlier.count);
        let (count, last) = (earlier + 1, at.in_test);
        let answers = StaleAnswers { service: service_name, node, count, last, key, given, newest };
        self.by_service.insert((service, node), answers);
    }

    /// By service and node: the number of answers, and the last.
    pub(super) fn all(&self) -> impl Iterator<Item = &StaleAnswers> {
        self.by_service.values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Time;

    #[test]
    fn the_last_answer_of_each_service_and_node_is_kept_with_the_count() {
        let mut record = StaleRecord::default();
        for (in_test, service, node) in [(1, 2, 0), (2, 1, 1), (3, 2, 0)] {
            let at = Moment { time: Time::default(), in_test };
            let (key, given, newest) = (Value::Int(in_test), None, None);
            record.add(at, (service, "kv"), node, StaleAnswer { key, given, newest });
        }
        let all: Vec<_> = record.all().map(|it| (it.node, it.count, it.last, &it.key)).collect();
        assert_eq!(all, [(1, 1, 2, &Value::Int(2)), (0, 2, 3, &Value::Int(3))]);
    }
}
