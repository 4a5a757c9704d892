//! The result map of set-full, whose key order is that of a hash map in the reference.

use super::{SetFull, StaleElement};
use crate::result_map::{result_map, valid_entry};
use glomers_history::{Function, Operation, Validity, Value, Verdict};

impl SetFull {
    /// Invalid if an element was lost, unknown if none became stable.
    #[must_use]
    pub fn validity(&self) -> Validity {
        if !self.lost.is_empty() {
            Validity::Invalid
        } else if self.stable_count == 0 {
            Validity::Unknown
        } else {
            Validity::Valid
        }
    }
}

impl From<SetFull> for Verdict {
    fn from(set: SetFull) -> Self {
        let valid = set.validity();
        let lost: Vec<Value> = set.lost.iter().map(|lost| lost.element.clone()).collect();
        let worst_stale = set.worst_stale.into_iter().map(StaleElement::into_value).collect();
        let mut entries = vec![
            ("worst-stale", Value::List(worst_stale)),
            // The reference's comparison for duplicates can't be true.
            ("duplicated-count", Value::Int(0)),
            valid_entry(valid),
            ("lost-count", lost.len().into()),
            ("lost", Value::List(lost)),
            ("stable-count", set.stable_count.into()),
            ("stale-count", set.stale.len().into()),
            ("stale", Value::List(set.stale)),
            ("never-read-count", set.never_read.len().into()),
        ];
        if let Some(latencies) = set.stable_latencies {
            entries.push(("stable-latencies", latencies.to_value()));
        }
        entries.push(("attempt-count", set.attempt_count.into()));
        if let Some(latencies) = set.lost_latencies {
            entries.push(("lost-latencies", latencies.to_value()));
        }
        entries.push(("never-read", Value::List(set.never_read)));
        entries.push(("duplicated", Value::Map(Vec::new())));
        Self { valid, map: result_map(entries) }
    }
}

impl StaleElement {
    fn into_value(self) -> Value {
        result_map([
            ("element", self.element),
            ("outcome", Value::keyword("stable")),
            ("stable-latency", self.stable_latency.into()),
            ("lost-latency", Value::Nil),
            ("known", as_set_operation(self.known)),
            ("last-absent", self.last_absent.map_or(Value::Nil, as_set_operation)),
        ])
    }
}

/// Results say `:add`, whatever name the workload has for it.
fn as_set_operation(mut operation: Operation) -> Value {
    if operation.f != Function::Read {
        operation.f = Function::Add;
    }
    operation.to_value()
}
