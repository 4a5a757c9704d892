//! Splits a history by key: each key is a register of its own, so each can be judged alone.

use crate::CheckerError;
use crate::excerpt::edn;
use crate::value_order::sort_by_value;
use glomers_history::{Function, History, Kind, Operation, Value};
use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

/// The entries of each key, by position.
#[derive(Debug)]
pub(super) enum Split<'h> {
    /// Keys in order, each with its entries. The value of an entry is `[key value]`.
    ByKey(Vec<(&'h Value, Vec<u32>)>),
    /// The history of a single key, whose values have no key: what the reference leaves in its
    /// folder `independent`.
    One(Vec<u32>),
}

/// Splits a history. Fails on entries without a key among others with one, and on keys that have
/// no order.
pub(super) fn split(history: &History) -> Result<Split<'_>, CheckerError> {
    let clients = || (0_u32..).zip(history.operations()).filter(|(_, entry)| entry.is_client());
    if clients().next().is_some() && !clients().any(|(_, entry)| shows_key(entry)) {
        return Ok(Split::One(clients().map(|(position, _)| position).collect()));
    }
    let mut keys: IndexMap<&Value, Vec<u32>, FxBuildHasher> = IndexMap::default();
    for (position, entry) in clients() {
        let key = match tuple(&entry.value) {
            Some((key, _)) => key,
            // Where nothing is known of the outcome, the key may be lost too.
            None if matches!(entry.kind, Kind::Fail | Kind::Info) => {
                let invocation = history.counterpart(position as usize);
                let Some((key, _)) = invocation.and_then(|entry| tuple(&entry.value)) else {
                    continue;
                };
                key
            }
            None => {
                let value = edn(&entry.value);
                return Err(CheckerError::NoKey { index: entry.index, value });
            }
        };
        keys.entry(key).or_default().push(position);
    }
    let mut keys: Vec<_> = keys.into_iter().collect();
    sort_by_value(&mut keys, |(key, _)| key, "keys")?;
    Ok(Split::ByKey(keys))
}

/// Key and value of an entry of a history by key.
pub(super) fn tuple(value: &Value) -> Option<(&Value, &Value)> {
    match value {
        Value::Vector(pair) => match pair.as_slice() {
            [key, value] => Some((key, value)),
            _ => None,
        },
        _ => None,
    }
}

/// Whether the entry has a key. The two values of a cas are no key and its value.
fn shows_key(entry: &Operation) -> bool {
    match (&entry.f, tuple(&entry.value)) {
        (Function::Cas, Some((_, value))) => value.elements().is_some(),
        (_, tuple) => tuple.is_some(),
    }
}
