//! The offsets in the results of operations, by key.
//!
//! Keys are integers here, and strings in messages and operations, since keys of JSON objects are
//! strings.

use crate::workload::definition::{Completion, Invocation};
use glomers_history::{Function, Kind, Value};
use smol_str::{SmolStr, format_smolstr};
use std::collections::BTreeMap;

/// An offset for each key.
pub(super) type Offsets = BTreeMap<i64, i64>;

/// The offset of a key that was polled and had no messages.
pub(super) const NOTHING: i64 = -1;

/// The key in the form that messages use.
pub(super) fn name(key: i64) -> SmolStr {
    format_smolstr!("{key}")
}

/// What the result of an operation says about a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KnownOffset {
    /// A message was sent and got this offset.
    Sent(i64),
    /// The highest offset that was polled.
    Polled(i64),
}

/// Calls the function for each key of a successful operation, with what its result says about the
/// key.
pub(super) fn each_known_offset(
    invocation: &Invocation,
    completion: &Completion,
    mut see: impl FnMut(i64, KnownOffset),
) {
    if completion.kind != Kind::Ok {
        return;
    }
    // The result is a single micro-operation: [:send key [offset message]], or [:poll {key [[offset
    // message]]}].
    let operations = completion.value.as_ref().and_then(Value::elements);
    match (&invocation.f, operations.and_then(<[_]>::first).and_then(Value::elements)) {
        (Function::Send, Some([_, key, sent])) => {
            let offset = sent.elements().and_then(<[_]>::first).and_then(Value::as_int);
            if let (Some(key), Some(offset)) = (key_of(key), offset) {
                see(key, KnownOffset::Sent(offset.max(0)));
            }
        }
        (Function::Poll, Some([_, Value::Map(entries)])) => {
            for (key, messages) in entries {
                if let Some(key) = key_of(key) {
                    see(key, KnownOffset::Polled(highest(messages).unwrap_or(NOTHING)));
                }
            }
        }
        _ => {}
    }
}

/// The highest offset of polled messages; `None` if there are none.
pub(super) fn highest(messages: &Value) -> Option<i64> {
    let pairs = messages.elements().unwrap_or_default();
    pairs.iter().filter_map(|pair| pair.elements()?.first()?.as_int()).max()
}

/// The key as an integer; `None` for a key that a node made up and that is not an integer.
fn key_of(name: &Value) -> Option<i64> {
    if let Value::Str(name) = name { name.parse().ok() } else { None }
}
