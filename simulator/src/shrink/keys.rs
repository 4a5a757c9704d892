//! Keys of operations, for workloads that have them.

use glomers_config::Workload;
use glomers_engine::PlannedOperation;
use glomers_history::{Function, Value};

/// The keys of an operation, as text.
pub(super) fn keys_of(workload: Workload, operation: &PlannedOperation) -> Vec<String> {
    let parts = operation.value.elements().unwrap_or_default();
    match workload {
        Workload::TxnListAppend | Workload::TxnRwRegister => {
            parts.iter().filter_map(second).map(ToString::to_string).collect()
        }
        Workload::LinKv => parts.first().map(ToString::to_string).into_iter().collect(),
        Workload::Kafka => match operation.f {
            Function::Send => parts.iter().filter_map(second).map(ToString::to_string).collect(),
            Function::Assign => parts.iter().map(ToString::to_string).collect(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// The operation without its parts for these keys; `None` if no part is left.
pub(super) fn without_keys(
    workload: Workload,
    operation: &PlannedOperation,
    gone: &[String],
) -> Option<PlannedOperation> {
    let keys = keys_of(workload, operation);
    if !keys.iter().any(|key| gone.contains(key)) {
        return Some(operation.clone());
    }
    if keys.iter().all(|key| gone.contains(key)) {
        return None;
    }
    // One part for each key.
    let parts = operation.value.elements().unwrap_or_default();
    let kept = parts.iter().zip(&keys).filter(|(_, key)| !gone.contains(key));
    let kept = kept.map(|(part, _)| part.clone()).collect();
    Some(PlannedOperation { value: Value::Vector(kept), ..operation.clone() })
}

/// All variants of the operation with one part removed; and one without its notes.
pub(super) fn simpler_values(
    workload: Workload,
    operation: &PlannedOperation,
) -> Vec<PlannedOperation> {
    let mut simpler = Vec::new();
    let has_parts = match workload {
        Workload::TxnListAppend | Workload::TxnRwRegister => true,
        Workload::Kafka => operation.f == Function::Assign,
        _ => false,
    };
    let parts = operation.value.elements().unwrap_or_default();
    if has_parts && parts.len() > 1 {
        simpler.extend((0..parts.len()).map(|position| {
            let kept = [&parts[..position], &parts[position + 1..]].concat();
            PlannedOperation { value: Value::Vector(kept), ..operation.clone() }
        }));
    }
    // These notes are not visible to the client.
    let is_read = |name: &str| name == "unseen" || name == "poll-ms";
    if operation.other.iter().any(|(name, _)| is_read(name)) {
        let other = operation.other.iter().filter(|(name, _)| !is_read(name)).cloned().collect();
        simpler.push(PlannedOperation { other, ..operation.clone() });
    }
    simpler
}

fn second(part: &Value) -> Option<&Value> {
    part.elements()?.get(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use glomers_history::read_value;

    fn operation(f: Function, value: &str) -> PlannedOperation {
        PlannedOperation {
            at: 0,
            worker: 0,
            f,
            value: read_value(value).unwrap(),
            is_final: false,
            other: Vec::new(),
        }
    }

    fn left(workload: Workload, f: Function, value: &str, gone: &[&str]) -> Option<String> {
        let gone: Vec<String> = gone.iter().map(|key| (*key).to_owned()).collect();
        without_keys(workload, &operation(f, value), &gone).map(|left| left.value.to_string())
    }

    #[test]
    fn what_is_about_a_key_goes_with_it() {
        let txn = |gone: &[&str]| {
            left(Workload::TxnRwRegister, Function::Txn, "[[:r 1 nil] [:w 2 5] [:r 2 nil]]", gone)
        };
        assert_eq!(txn(&["2"]).as_deref(), Some("[[:r 1 nil]]"));
        assert_eq!(txn(&["3"]).as_deref(), Some("[[:r 1 nil] [:w 2 5] [:r 2 nil]]"));
        assert_eq!(txn(&["1", "2"]), None);
        let kafka = |f, value: &str| left(Workload::Kafka, f, value, &["\"4\""]);
        assert_eq!(kafka(Function::Send, "[[:send \"4\" 1]]"), None);
        assert_eq!(kafka(Function::Assign, "[\"4\" \"5\"]").as_deref(), Some("[\"5\"]"));
        assert_eq!(kafka(Function::Poll, "[[:poll]]").as_deref(), Some("[[:poll]]"));
        assert_eq!(left(Workload::LinKv, Function::Read, "[1 nil]", &["1"]), None);
    }

    #[test]
    fn simpler_is_one_part_less() {
        let txn = operation(Function::Txn, "[[:r 1 nil] [:w 2 5]]");
        let simpler: Vec<String> = simpler_values(Workload::TxnRwRegister, &txn)
            .iter()
            .map(|simpler| simpler.value.to_string())
            .collect();
        assert_eq!(simpler, ["[[:w 2 5]]", "[[:r 1 nil]]"]);
        let mut poll = operation(Function::Poll, "[[:poll]]");
        poll.other.push(("poll-ms".into(), Value::Int(1000)));
        let simpler = simpler_values(Workload::Kafka, &poll);
        assert_eq!(simpler, [operation(Function::Poll, "[[:poll]]")]);
    }
}
