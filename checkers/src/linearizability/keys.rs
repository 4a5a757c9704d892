//! Splits a history by key: each key is a separate register, so each can be judged alone.

use crate::CheckerError;
use crate::independent::tuple;
use crate::value_order::sort_by_value;
use glomers_history::{Function, History, Operation, Value};
use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

/// The entries of each key, by position.
#[derive(Debug)]
pub(super) enum Split<'h> {
    /// Keys in order, each with its entries: those whose value is `[key value]`, and those without
    /// a key, which belong to all.
    ByKey(Vec<(&'h Value, Vec<u32>)>),
    /// The history of a single key, whose values have no key: what the reference leaves in its
    /// folder `independent`.
    One(Vec<u32>),
}

/// Splits a history. Fails if keys cannot be compared.
pub(super) fn split(history: &History) -> Result<Split<'_>, CheckerError> {
    let clients = || (0_u32..).zip(history.operations()).filter(|(_, entry)| entry.is_client());
    if clients().next().is_some() && !clients().any(|(_, entry)| shows_key(entry)) {
        return Ok(Split::One(clients().map(|(position, _)| position).collect()));
    }
    let mut keys: IndexMap<&Value, Vec<u32>, FxBuildHasher> = IndexMap::default();
    let mut without_key = Vec::new();
    for (position, entry) in clients() {
        match tuple(&entry.value) {
            Some((key, _)) => keys.entry(key).or_default().push(position),
            None => without_key.push(position),
        }
    }
    if !without_key.is_empty() {
        for positions in keys.values_mut() {
            positions.extend(&without_key);
            positions.sort_unstable();
        }
    }
    let mut keys: Vec<_> = keys.into_iter().collect();
    sort_by_value(&mut keys, |(key, _)| key, "keys")?;
    Ok(Split::ByKey(keys))
}

/// Whether the entry has a key. The two values of a cas are not a key and its value.
fn shows_key(entry: &Operation) -> bool {
    match (&entry.f, tuple(&entry.value)) {
        (Function::Cas, Some((_, value))) => value.elements().is_some(),
        (_, tuple) => tuple.is_some(),
    }
}
