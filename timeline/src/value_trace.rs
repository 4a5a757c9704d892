//! Follows one value through a run.
//!
//! What messages between nodes mean, only the nodes know. So each path of keys in their bodies is
//! assumed to hold values, until a value is found there that no client ever sent.

use crate::message::Message;
use crate::operation::Operation;
use crate::timeline::Timeline;
use glomers_history::{Function, Value, json};
use rustc_hash::{FxHashMap, FxHashSet};

/// What is known of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueTrace {
    /// Positions of the operations that wrote it.
    pub writes: Vec<usize>,
    /// Positions of the messages that carried it, those of clients included.
    pub messages: Vec<usize>,
    /// By node: since when it had the value, as far as messages and reads show it.
    pub holders: Vec<Option<Holder>>,
    /// By node: position of the first operation of a client there that showed it. If the nodes are not
    /// known, all operations count as those of a single one.
    pub first_shown: Vec<Option<usize>>,
    /// By node: position of the last successful read there, if it did not show the value.
    pub last_without: Vec<Option<usize>>,
}

/// How a node came to have a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// By a message, given by its position, at that time in ns.
    Message(usize, i64),
    /// An operation showed it, given by its position; how it came there is not known.
    Shown(usize),
}

impl ValueTrace {
    /// Follows a value, given as JSON; `None` if no operation wrote it.
    #[must_use]
    pub fn of(timeline: &Timeline<'_>, value: &str) -> Option<Self> {
        let operations = timeline.operations();
        let writes: Vec<usize> = (0..operations.len())
            .filter(|position| written(&operations[*position]).iter().any(|it| it == value))
            .collect();
        if writes.is_empty() {
            return None;
        }
        let mut messages = carriers(timeline, value);
        let of_writes = writes.iter().flat_map(|write| operations[*write].messages.iter().copied());
        messages.extend(of_writes);
        messages.sort_unstable();
        messages.dedup();

        let nodes = timeline.nodes().len().max(1);
        let mut trace = Self {
            writes,
            messages,
            holders: vec![None; nodes],
            first_shown: vec![None; nodes],
            last_without: vec![None; nodes],
        };
        trace.find_holders(timeline);
        trace.find_reads(timeline, value);
        Some(trace)
    }

    fn find_holders(&mut self, timeline: &Timeline<'_>) {
        for position in &self.messages {
            let message = &timeline.messages()[*position];
            let Some(node) = timeline.participants()[message.dest].node() else { continue };
            for time in message.arrivals() {
                let earlier = |holder: &Holder| match holder {
                    Holder::Message(_, before) => *before <= time,
                    Holder::Shown(_) => false,
                };
                let holder = &mut self.holders[node];
                if !holder.as_ref().is_some_and(earlier) {
                    *holder = Some(Holder::Message(*position, time));
                }
            }
        }
    }

    fn find_reads(&mut self, timeline: &Timeline<'_>, value: &str) {
        let unknown = timeline.nodes().is_empty().then_some(0);
        for (position, operation) in timeline.operations().iter().enumerate() {
            let node = operation.node.or(unknown);
            let (Some(node), Some(end)) = (node, &operation.completion) else { continue };
            if !operation.is_ok() || !is_read(operation) {
                continue;
            }
            if shows(end.value, value) {
                self.first_shown[node].get_or_insert(position);
                self.holders[node].get_or_insert(Holder::Shown(position));
                self.last_without[node] = None;
            } else {
                self.last_without[node] = Some(position);
            }
        }
    }
}

fn is_read(operation: &Operation<'_>) -> bool {
    matches!(operation.f, Function::Read | Function::Poll | Function::Txn)
}

impl Operation<'_> {
    /// The values that it writes, as JSON.
    #[must_use]
    pub fn written(&self) -> Vec<String> {
        written(self)
    }
}

fn written(operation: &Operation<'_>) -> Vec<String> {
    match operation.f {
        Function::Broadcast | Function::Add | Function::Write => vec![text(operation.argument)],
        Function::Cas => last(operation.argument).into_iter().collect(),
        // `[[:send "9" 5]]`, `[[:append 9 5] [:r 9 nil]]`
        Function::Send | Function::Poll | Function::Txn => {
            let mut values = Vec::new();
            operation.argument.each_element(|micro| {
                let is_write = micro.elements().and_then(<[Value]>::first).is_some_and(|kind| {
                    ["send", "append", "w"].iter().any(|name| *kind == Value::keyword(name))
                });
                values.extend(is_write.then(|| last(micro)).flatten());
            });
            values
        }
        _ => Vec::new(),
    }
}

fn last(value: &Value) -> Option<String> {
    value.elements()?.last().map(text)
}

fn text(value: &Value) -> String {
    let mut text = Vec::new();
    json::write_json(value, &mut text);
    String::from_utf8_lossy(&text).into_owned()
}

/// Whether a value is somewhere in the result of a read.
fn shows(result: &Value, value: &str) -> bool {
    match result {
        Value::Map(entries) => entries.iter().any(|(_, inner)| shows(inner, value)),
        _ if result.is_collection() => {
            let mut found = false;
            result.each_element(|inner| found = found || shows(inner, value));
            found
        }
        Value::Int(number) => number.to_string() == value,
        _ => text(result) == value,
    }
}

/// Positions of the messages between nodes that carry the value.
fn carriers(timeline: &Timeline<'_>, value: &str) -> Vec<usize> {
    let all: FxHashSet<String> = timeline.operations().iter().flat_map(written).collect();
    let mut paths = Paths { all, wrong: FxHashMap::default() };
    let mut found: Vec<(usize, String)> = Vec::new();
    for (position, message) in timeline.messages().iter().enumerate() {
        if timeline.involves_client(message) {
            continue;
        }
        paths.read(message, &mut |path, scalar| {
            if scalar == value {
                found.push((position, path.to_owned()));
            }
        });
    }
    found.retain(|(_, path)| !paths.wrong.get(path).copied().unwrap_or(false));
    found.into_iter().map(|(position, _)| position).collect()
}

/// Which paths hold something else than values.
struct Paths {
    /// Every value that a client sent.
    all: FxHashSet<String>,
    wrong: FxHashMap<String, bool>,
}

impl Paths {
    /// Reads the scalars of a body, each with its path.
    fn read(&mut self, message: &Message<'_>, see: &mut impl FnMut(&str, &str)) {
        let Ok(serde_json::Value::Object(fields)) = serde_json::from_str(message.body) else {
            return;
        };
        let mut path = message.kind.to_owned();
        for (key, value) in fields {
            if !["type", "msg_id", "in_reply_to"].contains(&key.as_str()) {
                let outer = path.len();
                path.push('/');
                path += &key;
                self.walk(&value, &mut path, see);
                path.truncate(outer);
            }
        }
    }

    fn walk(
        &mut self,
        value: &serde_json::Value,
        path: &mut String,
        see: &mut impl FnMut(&str, &str),
    ) {
        match value {
            serde_json::Value::Array(elements) => {
                for element in elements {
                    self.walk(element, path, see);
                }
            }
            serde_json::Value::Object(entries) => {
                for (key, value) in entries {
                    let outer = path.len();
                    path.push('/');
                    // Values may be the keys of an object.
                    if key.parse::<i64>().is_ok() {
                        path.push('#');
                        self.found(path, key, see);
                    } else {
                        *path += key;
                    }
                    self.walk(value, path, see);
                    path.truncate(outer);
                }
            }
            serde_json::Value::Null => {}
            scalar => self.found(path, &scalar.to_string(), see),
        }
    }

    fn found(&mut self, path: &str, scalar: &str, see: &mut impl FnMut(&str, &str)) {
        see(path, scalar);
        let is_value = self.all.contains(scalar);
        match self.wrong.get_mut(path) {
            Some(wrong) => *wrong |= !is_value,
            None => {
                self.wrong.insert(path.to_owned(), !is_value);
            }
        }
    }
}
