//! Whether the values of a history are pairs of a key and an argument or result.

use glomers_config::Workload;
use glomers_history::{Function, History, Kind, Operation, Value};
use rustc_hash::FxHashSet;

/// Key and value of a pair, tagged or not.
pub(crate) fn tuple(value: &Value) -> Option<(&Value, &Value)> {
    match value {
        Value::Vector(pair) => match pair.as_slice() {
            [key, value] => Some((key, value)),
            _ => None,
        },
        Value::Tagged(tagged) if is_tuple_tag(&tagged.0) => match &tagged.1 {
            Value::Map(entries) => match entries.as_slice() {
                [(_, key), (_, value)] => Some((key, value)),
                _ => None,
            },
            pair => tuple(pair),
        },
        _ => None,
    }
}

/// Jepsen has printed its pairs as vectors, as records, and with tags of several names.
fn is_tuple_tag(tag: &str) -> bool {
    let name = tag.rsplit(['.', '/']).next().unwrap_or(tag).to_ascii_lowercase();
    tag.contains("independent") || matches!(name.as_str(), "tuple" | "mapentry")
}

/// Whether values are `[key value]` throughout, so that each key is to be judged by itself.
#[must_use]
pub fn has_independent_keys(workload: Workload, history: &History) -> bool {
    match workload {
        Workload::Broadcast => are_sets(history, &Function::Broadcast),
        Workload::GSet => are_sets(history, &Function::Add),
        Workload::GCounter | Workload::PnCounter => are_counters(history),
        Workload::TxnListAppend | Workload::TxnRwRegister => are_transactions(history),
        Workload::Echo | Workload::Kafka | Workload::LinKv | Workload::UniqueIds => false,
    }
}

/// Client entries, without failed and uncertain ones whose value is not a pair.
fn with_values(history: &History) -> impl Iterator<Item = &Operation> {
    let entries = history.client_operations().map(|(_, operation)| operation);
    entries.filter(|entry| {
        matches!(entry.kind, Kind::Invoke | Kind::Ok) || tuple(&entry.value).is_some()
    })
}

/// Adds of `[key element]`, reads of `[key nil]` that return `[key elements]`. An element can be a
/// pair too, but reads of a set without keys do not name a key.
fn are_sets(history: &History, add: &Function) -> bool {
    let mut added = FxHashSet::default();
    let (mut asked, mut has_reads) = (false, false);
    for entry in with_values(history) {
        let Some((key, value)) = tuple(&entry.value) else { return false };
        if matches!(entry.value, Value::Tagged(_)) {
            return true;
        }
        if entry.f == *add {
            added.insert(key);
        } else if entry.f == Function::Read {
            has_reads = true;
            match entry.kind {
                Kind::Invoke if *value == Value::Nil => asked = true,
                Kind::Ok if value.is_collection() || *value == Value::Nil => {
                    // Two elements that are pairs look like a key and its elements.
                    if !asked && !added.contains(key) {
                        return false;
                    }
                }
                Kind::Invoke | Kind::Ok => return false,
                Kind::Fail | Kind::Info => {}
            }
        }
    }
    has_reads
}

/// Whether all values are pairs. Amounts are integers, so a pair is a key and an amount.
fn are_counters(history: &History) -> bool {
    let mut entries = with_values(history).peekable();
    entries.peek().is_some() && entries.all(|entry| tuple(&entry.value).is_some())
}

fn are_transactions(history: &History) -> bool {
    let mut entries = with_values(history).peekable();
    entries.peek().is_some() && entries.all(|entry| keyed_transaction(&entry.value).is_some())
}

/// The transaction behind its key: `[key [[:r 5 nil]]]`.
pub(crate) fn keyed_transaction(value: &Value) -> Option<&Value> {
    let (key, transaction) = tuple(value)?;
    (!is_micro_operation(key) && is_transaction(transaction)).then_some(transaction)
}

/// Whether it is a list of operations like `[:r 5 nil]`, empty or not.
pub(crate) fn is_transaction(value: &Value) -> bool {
    matches!(value, Value::Vector(parts) | Value::List(parts) if parts.iter().all(is_micro_operation))
}

fn is_micro_operation(part: &Value) -> bool {
    let parts = part.elements().unwrap_or_default();
    matches!(parts, [Value::Keyword(_), _, ..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::sample;

    #[test]
    fn pairs_that_are_elements_are_no_keys() {
        let keyed = |lines: &str| has_independent_keys(Workload::GSet, &sample(lines));
        assert!(keyed("invoke 0 add [0 1]\n invoke 0 read [0 nil]"));
        assert!(!keyed("invoke 0 add [0 1]\n invoke 0 read nil\n ok 0 read [[0 1] [0 2]]"));
        // Without invocations only the keys show it.
        assert!(keyed("ok 0 add [0 1]\n ok 0 read [0 #{1}]"));
        assert!(!keyed("ok 0 add [0 1]\n ok 0 read [[0 1] [0 2]]"));
        assert!(!keyed("ok 0 add 1\n ok 0 read [1 2]"));
        assert!(!keyed("invoke 0 add [0 1]"));
        assert!(!keyed(""));
    }

    #[test]
    fn transactions_are_no_keys() {
        let keyed = |lines: &str| has_independent_keys(Workload::TxnRwRegister, &sample(lines));
        assert!(keyed("invoke 0 txn [0 [[:r 1 nil]]]\n info 0 txn nil"));
        assert!(!keyed("invoke 0 txn [[:r 1 nil] [:w 1 2]]"));
        assert!(!keyed("invoke 0 txn []"));
        assert!(!has_independent_keys(Workload::UniqueIds, &sample("ok 0 generate [1 2]")));
    }
}
