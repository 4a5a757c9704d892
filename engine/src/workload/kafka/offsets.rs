//! The offsets that operations tell, by key.
//!
//! Keys are integers here and strings in messages and operations: a name in JSON is a string.

use crate::workload::{Completion, Invocation};
use glomers_history::{Function, Kind, Value};
use smol_str::{SmolStr, format_smolstr};
use std::collections::BTreeMap;

/// An offset for each key.
pub(super) type Offsets = BTreeMap<i64, i64>;

/// The offset of a key that was polled and is empty.
pub(super) const NOTHING: i64 = -1;

/// The key as it is in messages.
pub(super) fn name(key: i64) -> SmolStr {
    format_smolstr!("{key}")
}

/// What an operation tells of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// A message was sent, and got this offset.
    Sent(i64),
    /// This is the highest offset that was polled.
    Polled(i64),
}

/// Gives each key of an operation that succeeded, with what it tells of it.
pub(super) fn each_told(
    invocation: &Invocation,
    completion: &Completion,
    mut tell: impl FnMut(i64, Told),
) {
    if completion.kind != Kind::Ok {
        return;
    }
    // A single micro-operation: [:send key [offset message]], or [:poll {key [[offset message]]}].
    let operations = completion.value.as_ref().and_then(Value::elements);
    match (&invocation.f, operations.and_then(<[_]>::first).and_then(Value::elements)) {
        (Function::Send, Some([_, key, sent])) => {
            let offset = sent.elements().and_then(<[_]>::first).and_then(Value::as_int);
            if let (Some(key), Some(offset)) = (key_of(key), offset) {
                tell(key, Told::Sent(offset.max(0)));
            }
        }
        (Function::Poll, Some([_, Value::Map(entries)])) => {
            for (key, messages) in entries {
                if let Some(key) = key_of(key) {
                    tell(key, Told::Polled(highest(messages).unwrap_or(NOTHING)));
                }
            }
        }
        _ => {}
    }
}

/// The highest offset of polled messages; none when there are none.
pub(super) fn highest(messages: &Value) -> Option<i64> {
    let pairs = messages.elements().unwrap_or_default();
    pairs.iter().filter_map(|pair| pair.elements()?.first()?.as_int()).max()
}

/// A key that a node made up may be no integer: nobody waits for it.
fn key_of(name: &Value) -> Option<i64> {
    if let Value::Str(name) = name { name.parse().ok() } else { None }
}
