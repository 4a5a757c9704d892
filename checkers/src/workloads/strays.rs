//! Values in reads that should not be there: never added, or not yet. For broadcast and g-set.

use crate::interner::ElementNumbers;
use crate::number::number;
use crate::{Moment, Warning};
use glomers_history::{Function, History, Kind, Operation, Value};

/// The greatest integer up to which doubles hold every integer.
const EXACT_DOUBLE: f64 = 9_007_199_254_740_992.0;

/// At most one warning for values that were never added, and one for values read too early. `add`
/// is the workload's name for adding.
pub(super) fn warnings(history: &History, add: &Function) -> Vec<Warning> {
    let mut added = ElementNumbers::default();
    let mut invocations = Vec::new();
    // Values that a read showed before they were added, and the first such read.
    let mut stray = ElementNumbers::default();
    let mut reads: Vec<(Value, &Operation)> = Vec::new();
    for (_, operation) in history.client_operations() {
        match (&operation.f, operation.kind) {
            (f, Kind::Invoke) if f == add => {
                let next = number(invocations.len());
                if added.insert(&operation.value, next) == next {
                    invocations.push(operation);
                }
            }
            (Function::Read, Kind::Ok) => {
                operation.value.each_element(|element| {
                    let next = number(reads.len());
                    if added.get(element).is_none() && stray.insert(element, next) == next {
                        reads.push((element.clone(), operation));
                    }
                });
            }
            _ => {}
        }
    }
    let (early, unknown): (Vec<_>, Vec<_>) =
        reads.into_iter().partition(|(element, _)| added.get(element).is_some());
    let unknown_values = unknown.first().map(|(element, read)| Warning::UnknownValues {
        f: add.clone(),
        count: unknown.len(),
        element: element.clone(),
        read: (*read).into(),
        meant: other_type(element).filter(|meant| added.get(meant).is_some()),
    });
    let read_early = early.first().and_then(|(element, read)| {
        let invocation = invocations[added.get(element)? as usize];
        Some(Warning::ReadTooEarly {
            f: add.clone(),
            count: early.len(),
            element: element.clone(),
            read: (*read).into(),
            invocation: Moment::from(invocation),
        })
    });
    unknown_values.into_iter().chain(read_early).collect()
}

/// The integer that a node may have turned into this string or double.
fn other_type(element: &Value) -> Option<Value> {
    match element {
        Value::Str(text) => text.parse().ok().map(Value::Int),
        #[expect(clippy::cast_possible_truncation, reason = "just checked to be a small integer")]
        Value::Float(number) if number.fract() == 0.0 && number.abs() <= EXACT_DOUBLE => {
            Some(Value::Int(*number as i64))
        }
        _ => None,
    }
}
