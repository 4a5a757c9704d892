//! `:exceptions`: operations that ended with an exception, by its class. Always valid.

use crate::result_map::{result_map, valid_entry};
use glomers_history::{History, Kind, Operation, Validity, Value, Verdict};
use indexmap::IndexMap;

/// The exceptions of one class.
#[derive(Debug, Clone, PartialEq)]
pub struct ExceptionGroup {
    /// Number of operations.
    pub count: u64,
    /// The class: the `:type` of the first of `:via`, or nil.
    pub class: Value,
    /// The first operation that ended with it.
    pub example: Operation,
}

/// The result of [`exceptions`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Exceptions {
    /// The most frequent first; of equally frequent ones, the latest to appear first.
    pub groups: Vec<ExceptionGroup>,
}

/// Groups the exceptions of `:info` operations.
#[must_use]
pub fn exceptions(history: &History) -> Exceptions {
    let mut groups: IndexMap<&Value, (u64, &Operation)> = IndexMap::new();
    for operation in history.operations().iter().filter(|operation| operation.kind == Kind::Info) {
        if let Some(exception) = operation.exception() {
            groups.entry(class(exception)).or_insert((0, operation)).0 += 1;
        }
    }
    let mut groups: Vec<ExceptionGroup> = groups
        .into_iter()
        .map(|(class, (count, example))| ExceptionGroup {
            count,
            class: class.clone(),
            example: example.clone(),
        })
        .collect();
    groups.sort_by_key(|group| group.count);
    groups.reverse();
    Exceptions { groups }
}

fn class(exception: &Value) -> &Value {
    let first = exception.get("via").and_then(Value::elements).and_then(<[Value]>::first);
    first.and_then(|first| first.get("type")).unwrap_or(&Value::Nil)
}

impl From<Exceptions> for Verdict {
    fn from(exceptions: Exceptions) -> Self {
        let groups: Vec<Value> = exceptions
            .groups
            .into_iter()
            .map(|group| {
                result_map([
                    ("count", group.count.into()),
                    ("class", group.class),
                    ("example", group.example.to_value()),
                ])
            })
            .collect();
        let mut entries = vec![valid_entry(true)];
        if !groups.is_empty() {
            entries.push(("exceptions", Value::List(groups)));
        }
        Self { valid: Validity::Valid, map: result_map(entries) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{edn, sample};

    #[test]
    fn the_most_frequent_class_comes_first_and_then_the_latest() {
        let history = sample(
            "info 0 read nil, :exception {:via [{:type A} {:type B}]}
             info 1 read nil, :exception {:via [{:type B}]}
             info 2 read nil, :exception {:via [{:type C}]}
             info 3 read nil, :exception {:via [{:type A}]}
             info 4 read nil, :exception {:cause \"unknown\"}
             info 5 read nil",
        );
        let groups = exceptions(&history).groups;
        let seen: Vec<_> =
            groups.iter().map(|g| (g.class.clone(), g.count, g.example.index)).collect();
        let expected = [(edn("A"), 2, 0), (Value::Nil, 1, 4), (edn("C"), 1, 2), (edn("B"), 1, 1)];
        assert_eq!(seen, expected);
    }
}
