//! Compares results strictly: keys and their order, types, and values.

use glomers_history::{Shape, Value};

/// Fractions are printed in single precision.
const TOLERANCE: f64 = 1e-5;

/// Lists the differences of `ours` from `theirs`, with the path of each.
pub(crate) fn differences(path: &str, ours: &Value, theirs: &Value) -> Vec<String> {
    match (ours, theirs) {
        (Value::Map(a), Value::Map(b)) => {
            let keys = |entries: &[(Value, Value)]| -> Vec<Value> {
                entries.iter().map(|(key, _)| key.clone()).collect()
            };
            if keys(a) != keys(b) {
                return vec![format!("{path}: keys {:?}, theirs {:?}", keys(a), keys(b))];
            }
            let pairs = a.iter().zip(b);
            pairs.flat_map(|((k, a), (_, b))| differences(&format!("{path} {k:?}"), a, b)).collect()
        }
        (Value::Tagged(a), Value::Tagged(b)) if a.0 == b.0 => differences(path, &a.1, &b.1),
        (Value::Float(a), Value::Float(b)) if (a - b).abs() <= TOLERANCE => Vec::new(),
        _ => match (sequence(ours), sequence(theirs)) {
            (Some((shape, a)), Some((other, b))) if shape == other && a.len() == b.len() => {
                let pairs = a.iter().zip(b).enumerate();
                pairs.flat_map(|(i, (a, b))| differences(&format!("{path} {i}"), a, b)).collect()
            }
            (None, None) if ours == theirs => Vec::new(),
            _ => vec![format!("{path}: {ours:?}, theirs {theirs:?}")],
        },
    }
}

/// Whether it is a list or a vector, which are equal as values, but not here; and its elements.
fn sequence(value: &Value) -> Option<(Shape, &[Value])> {
    let shape = value.shape().filter(|shape| matches!(shape, Shape::List | Shape::Vector))?;
    Some((shape, value.elements()?))
}

/// As [`differences`], for results of lin-kv from a different search: keys in any order, and
/// without the final state of the search. Its findings must not differ.
pub(crate) fn register_differences(path: &str, ours: &Value, theirs: &Value) -> Vec<String> {
    differences(path, &without_artefacts(ours), &without_artefacts(theirs))
}

fn without_artefacts(value: &Value) -> Value {
    let Value::Map(entries) = value else { return value.clone() };
    let artefacts = ["configs", "final-paths", "last-op", "model"];
    let is_artefact = |key: &Value| artefacts.iter().any(|name| *key == Value::keyword(name));
    let kept = entries.iter().filter(|(key, _)| !is_artefact(key));
    let mut kept: Vec<_> =
        kept.map(|(key, value)| (key.clone(), without_artefacts(value))).collect();
    kept.sort();
    Value::Map(kept)
}

/// Sorts the errors of echo, whose order there is that of a hash map.
pub(crate) fn with_sorted_errors(map: &Value) -> Value {
    let mut map = map.clone();
    if let Value::Map(entries) = &mut map {
        for (key, value) in entries {
            if let (true, Value::List(errors)) = (*key == Value::keyword("errors"), value) {
                errors.sort();
            }
        }
    }
    map
}
