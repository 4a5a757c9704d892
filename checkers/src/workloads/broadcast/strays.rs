//! Values in reads that should not be there: never broadcast, or not yet.

use crate::value_index::ValueIndex;
use crate::{Moment, Warning};
use glomers_history::{Function, History, Kind, Operation, Value};

/// The greatest integer up to which doubles hold every integer.
const EXACT_DOUBLE: f64 = 9_007_199_254_740_992.0;

/// At most one warning for values that nobody broadcast, and one for values read too early.
pub(super) fn warnings(history: &History) -> Vec<Warning> {
    let mut broadcast = ValueIndex::default();
    let mut invocations = Vec::new();
    // Values that a read showed while nobody had broadcast them, and the first such read.
    let mut stray = ValueIndex::default();
    let mut reads: Vec<(&Value, &Operation)> = Vec::new();
    for (_, operation) in history.client_operations() {
        match (&operation.f, operation.kind) {
            (Function::Broadcast, Kind::Invoke) if broadcast.insert(&operation.value).1 => {
                invocations.push(operation);
            }
            (Function::Read, Kind::Ok) => {
                for element in operation.value.elements().unwrap_or_default() {
                    if broadcast.get(element).is_none() && stray.insert(element).1 {
                        reads.push((element, operation));
                    }
                }
            }
            _ => {}
        }
    }
    let (early, unknown): (Vec<_>, Vec<_>) =
        reads.into_iter().partition(|(element, _)| broadcast.get(element).is_some());
    let unknown_values = unknown.first().map(|(element, read)| Warning::UnknownValues {
        count: unknown.len(),
        element: (*element).clone(),
        read: (*read).into(),
        meant: other_type(element).filter(|meant| broadcast.get(meant).is_some()),
    });
    let read_early = early.first().and_then(|(element, read)| {
        let invocation = invocations[broadcast.get(element)?];
        Some(Warning::ReadBeforeBroadcast {
            count: early.len(),
            element: (*element).clone(),
            read: (*read).into(),
            broadcast: Moment::from(invocation),
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
