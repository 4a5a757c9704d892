//! One worker's producer and consumer: tracks where to poll next, and commits what was polled.

use super::final_polls::SEEK_TO_BEGINNING;
use super::offsets::highest;
use crate::rpc::{Field, Rpc, Shape};
use crate::workload::definition::{
    Client, ClientRequest, Completion, Invocation, Step, take_field,
};
use glomers_history::{Function, Kind, Value};
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// An offset for each key.
const OFFSETS: Field = Field { name: "offsets", shape: Shape::MapOf(&Shape::Int) };

pub(super) static SEND: Rpc = Rpc {
    request: "send",
    request_fields: &[
        Field { name: "key", shape: Shape::Str },
        Field { name: "msg", shape: Shape::Any },
    ],
    reply: "send_ok",
    reply_fields: &[Field { name: "offset", shape: Shape::Int }],
};

pub(super) static POLL: Rpc = Rpc {
    request: "poll",
    request_fields: &[OFFSETS],
    reply: "poll_ok",
    reply_fields: &[Field {
        name: "msgs",
        shape: Shape::MapOf(&Shape::ListOf(&Shape::Tuple(&[Shape::Int, Shape::Any]))),
    }],
};

pub(super) static COMMIT_OFFSETS: Rpc = Rpc {
    request: "commit_offsets",
    request_fields: &[OFFSETS],
    reply: "commit_offsets_ok",
    reply_fields: &[],
};

pub(super) static LIST_COMMITTED_OFFSETS: Rpc = Rpc {
    request: "list_committed_offsets",
    request_fields: &[Field { name: "keys", shape: Shape::ListOf(&Shape::Str) }],
    reply: "list_committed_offsets_ok",
    reply_fields: &[OFFSETS],
};

/// The state of a worker's client; a new client starts without assignments.
#[derive(Default)]
pub(super) struct KafkaClient {
    /// The next offset to poll of each assigned key.
    offsets: BTreeMap<SmolStr, i64>,
    /// The polled messages whose offsets are being committed.
    committing: Option<Value>,
}

impl Client for KafkaClient {
    fn invoke(&mut self, invocation: &Invocation) -> Step {
        self.committing = None;
        match invocation.f {
            Function::Crash => Step::Complete(Completion {
                kind: Kind::Info,
                value: None,
                error: None,
                exception: None,
            }),
            Function::Assign
                if invocation.other.iter().any(|(key, _)| *key == SEEK_TO_BEGINNING) =>
            {
                self.offsets = names(&invocation.value).map(|name| (name.clone(), 0)).collect();
                Step::Complete(Completion::ok(None))
            }
            Function::Assign => {
                let fields = vec![("keys", invocation.value.clone())];
                Step::Call(ClientRequest { rpc: &LIST_COMMITTED_OFFSETS, fields })
            }
            Function::Send => {
                let (key, message) = sent(invocation);
                Step::Call(ClientRequest {
                    rpc: &SEND,
                    fields: vec![("key", key), ("msg", message)],
                })
            }
            _ => {
                let offsets = self.offsets.iter().map(|(key, offset)| entry(key, *offset));
                let fields = vec![("offsets", Value::Map(offsets.collect()))];
                Step::Call(ClientRequest { rpc: &POLL, fields })
            }
        }
    }

    fn reply(&mut self, invocation: &Invocation, reply: Value) -> Step {
        match invocation.f {
            Function::Assign => {
                // As in the reference, the committed offsets are requested and then ignored: keys
                // that this client has not polled before start at 0.
                let offset = |name| self.offsets.get(name).copied().unwrap_or(0);
                self.offsets =
                    names(&invocation.value).map(|name| (name.clone(), offset(name))).collect();
                Step::Complete(Completion::ok(None))
            }
            Function::Send => {
                let Some(offset) = reply.get("offset").and_then(Value::as_int) else {
                    return Step::Malformed { problem: TOO_LARGE.to_owned(), reply };
                };
                let (key, message) = sent(invocation);
                let message = Value::Vector(vec![Value::Int(offset), message]);
                let operation = Value::Vector(vec![Value::keyword("send"), key, message]);
                Step::Complete(Completion::ok(Some(Value::Vector(vec![operation]))))
            }
            _ => match self.committing.take() {
                Some(messages) => polled(messages),
                None => self.take_polled(reply),
            },
        }
    }

    fn is_idempotent(&self, f: &Function) -> bool {
        *f == Function::Assign
    }
}

/// Clients and checkers use 64-bit offsets.
const TOO_LARGE: &str = "an offset is beyond 64 bits";

impl KafkaClient {
    /// Advances the offsets past the polled messages, and commits them if there are any.
    fn take_polled(&mut self, reply: Value) -> Step {
        let mut commits = Vec::new();
        if let Some(Value::Map(entries)) = reply.get("msgs") {
            if entries.iter().any(|(_, messages)| has_large_offset(messages)) {
                return Step::Malformed { problem: TOO_LARGE.to_owned(), reply };
            }
            for (key, messages) in entries {
                let Value::Str(key) = key else { continue };
                let highest = highest(messages);
                // As in the reference, this includes keys that were not requested.
                let next = highest.map_or(0, |offset| offset.saturating_add(1)).max(0);
                let own = self.offsets.entry(key.clone()).or_insert(next);
                *own = next.max(*own);
                commits.extend(highest.map(|offset| entry(key, offset.max(0))));
            }
        }
        let messages = take_field(reply, "msgs").unwrap_or(Value::Nil);
        if commits.is_empty() {
            return polled(messages);
        }
        self.committing = Some(messages);
        Step::Call(ClientRequest {
            rpc: &COMMIT_OFFSETS,
            fields: vec![("offsets", Value::Map(commits))],
        })
    }
}

fn polled(messages: Value) -> Step {
    let operation = Value::Vector(vec![Value::keyword("poll"), messages]);
    Step::Complete(Completion::ok(Some(Value::Vector(vec![operation]))))
}

fn has_large_offset(messages: &Value) -> bool {
    let is_large = |pair: &Value| {
        pair.elements().and_then(<[_]>::first).is_some_and(|offset| offset.as_int().is_none())
    };
    messages.elements().unwrap_or_default().iter().any(is_large)
}

fn entry(key: &SmolStr, offset: i64) -> (Value, Value) {
    (Value::Str(key.clone()), Value::Int(offset))
}

/// The keys of an assignment.
fn names(value: &Value) -> impl Iterator<Item = &SmolStr> {
    let names = value.elements().unwrap_or_default().iter();
    names.filter_map(|name| if let Value::Str(name) = name { Some(name) } else { None })
}

/// Key and message of `[[:send key message]]`.
fn sent(invocation: &Invocation) -> (Value, Value) {
    let operation = invocation.value.elements().and_then(<[_]>::first).and_then(Value::elements);
    match operation {
        Some([_, key, message]) => (key.clone(), message.clone()),
        _ => (Value::Nil, Value::Nil),
    }
}
