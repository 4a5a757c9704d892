//! Converts a JSON object to an entry: names that are keywords in EDN are strings in JSON.

use crate::edn::operation::{KINDS, OperationProblem};
use crate::gaps::Entry;
use crate::{Detail, Function, Kind, Process, Value};
use smol_str::SmolStr;

/// Names of micro-operations in transactions and logs.
const MICRO_OPERATIONS: [&str; 5] = ["append", "r", "w", "send", "poll"];

/// Converts the object.
pub(super) fn entry(object: Vec<(SmolStr, Value)>) -> Result<Entry, OperationProblem> {
    let (mut kind, mut index, mut time) = (None, None, None);
    let (mut process, mut f, mut value, mut is_final) = (None, None, None, None);
    let mut detail: Option<Box<Detail>> = None;
    for (key, json) in object {
        let key = key.strip_prefix(':').unwrap_or(&key);
        let bad = |key, expected| OperationProblem::BadValue { key, expected };
        let twice = match (key, json) {
            (_, Value::Nil) if key != "value" => false,
            ("type", json) => {
                let kind_of = |json| Kind::from_name(word(&json)?);
                kind.replace(kind_of(json).ok_or(bad("type", KINDS))?).is_some()
            }
            ("index", json) => {
                let number = json.as_int().ok_or(bad("index", "an integer"))?;
                index.replace(number).is_some()
            }
            ("time", json) => {
                let number = json.as_int().ok_or(bad("time", "an integer, in nanoseconds"))?;
                time.replace(number).is_some()
            }
            ("process", json) => {
                let found = match (&json, word(&json)) {
                    (Value::Int(number), _) => u64::try_from(*number).ok().map(Process::Client),
                    (_, Some("nemesis")) => Some(Process::Nemesis),
                    _ => None,
                };
                let found = found.ok_or(bad("process", "a number of 0 or more, or \"nemesis\""))?;
                process.replace(found).is_some()
            }
            ("f", json) => {
                let name = word(&json).ok_or(bad("f", "a name"))?;
                f.replace(Function::from_name(name)).is_some()
            }
            ("value", json) => value.replace(edn_value(json)).is_some(),
            ("final?" | "final", Value::Bool(json)) => is_final.replace(json).is_some(),
            ("error", json) => detail.get_or_insert_default().put("error", error_value(json)),
            (key, json) => detail.get_or_insert_default().put(key, json),
        };
        if twice {
            return Err(OperationProblem::DuplicateKey(SmolStr::new(key)));
        }
    }
    Ok(Entry {
        index: index.and_then(|index| index.try_into().ok()),
        time: time.unwrap_or(0),
        kind: kind.ok_or(OperationProblem::Missing("type"))?,
        process,
        f,
        value: value.unwrap_or(Value::Nil),
        is_final: is_final.unwrap_or(false),
        detail,
    })
}

/// A name, with or without the colon of a keyword.
fn word(json: &Value) -> Option<&str> {
    match json {
        Value::Str(text) => Some(text.strip_prefix(':').unwrap_or(text)),
        _ => None,
    }
}

/// The value in its EDN form: names of operations and keys of maps are keywords.
fn edn_value(json: Value) -> Value {
    match json {
        Value::Vector(parts) if !parts.is_empty() && parts.iter().all(is_micro_operation) => {
            Value::Vector(parts.into_iter().map(named).collect())
        }
        // A key, and what was done to it.
        Value::Vector(mut pair) if pair.len() == 2 && pair[1].elements().is_some() => {
            let inner = std::mem::replace(&mut pair[1], Value::Nil);
            pair[1] = edn_value(inner);
            Value::Vector(pair)
        }
        Value::Map(entries) => {
            let keyword = |(key, value): (Value, Value)| match key {
                Value::Str(text) => (Value::Keyword(text), value),
                key => (key, value),
            };
            Value::Map(entries.into_iter().map(keyword).collect())
        }
        json => json,
    }
}

/// The error in its EDN form: its name is a keyword, as in `[:abort "text"]`.
fn error_value(json: Value) -> Value {
    match json {
        Value::Str(text) if !text.contains(' ') => Value::Keyword(text),
        Value::Vector(parts) => Value::Vector(named_first(parts)),
        json => json,
    }
}

fn is_micro_operation(part: &Value) -> bool {
    let Some([name, ..]) = part.elements() else { return false };
    word(name).is_some_and(|name| MICRO_OPERATIONS.contains(&name))
}

fn named(part: Value) -> Value {
    match part {
        Value::Vector(parts) => Value::Vector(named_first(parts)),
        part => part,
    }
}

fn named_first(mut parts: Vec<Value>) -> Vec<Value> {
    if let Some(first) = parts.first_mut()
        && let Some(name) = word(first)
    {
        *first = Value::keyword(name);
    }
    parts
}
