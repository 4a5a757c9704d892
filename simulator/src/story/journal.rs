//! Reads the journal: each message with its deliveries.

use glomers_history::shortened;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Maximum number of characters of a body that are shown.
const SHOWN_CHARS: usize = 72;

/// A message.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(super) src: String,
    pub(super) dest: String,
    /// Its type and its fields, as readable text.
    pub(super) text: String,
    /// Its type.
    pub(super) kind: String,
    /// When it was sent, in ns since the test began.
    pub(crate) sent: i64,
    /// When it was received, each time.
    pub(crate) received: Vec<i64>,
}

impl Message {
    /// Whether it comes from a client, or goes to one.
    pub(crate) fn involves_client(&self) -> bool {
        is_client(&self.src) || is_client(&self.dest)
    }

    /// Whether it is one of the set-up messages with which every run begins.
    pub(super) fn is_set_up(&self) -> bool {
        let kinds = ["init", "init_ok", "topology", "topology_ok"];
        self.involves_client() && kinds.contains(&self.kind.as_str())
    }
}

/// Clients are `c0`, `c1`, ...; no node is named so.
fn is_client(name: &str) -> bool {
    name.starts_with('c')
}

/// A line of the journal.
#[derive(Deserialize)]
struct Entry {
    time: i64,
    #[serde(rename = "type")]
    kind: String,
    id: u64,
    src: String,
    dest: String,
    body: Map<String, Value>,
}

/// All messages, in the order in which they were sent.
pub(crate) fn messages(journal: &[u8]) -> Vec<Message> {
    let mut messages: Vec<Message> = Vec::new();
    let mut positions = BTreeMap::new();
    let lines = journal.split(|byte| *byte == b'\n');
    // Lines are written by the engine; the last may be cut off if the run was.
    for Entry { time, kind, id, src, dest, body } in
        lines.filter_map(|line| serde_json::from_slice(line).ok())
    {
        if kind == "send" {
            positions.insert(id, messages.len());
            let (kind, text) = described(&body);
            messages.push(Message { src, dest, text, kind, sent: time, received: Vec::new() });
        } else if let Some(position) = positions.get(&id) {
            messages[*position].received.push(time);
        }
    }
    messages
}

/// The type of a body, and a short text of the whole: `broadcast 7`, `cas key "x" from 1 to 2`.
fn described(body: &Map<String, Value>) -> (String, String) {
    let kind = body.get("type").and_then(Value::as_str).unwrap_or("?").to_owned();
    let is_shown = |name: &str| !["type", "msg_id", "in_reply_to"].contains(&name);
    let fields: Vec<(&String, &Value)> = body.iter().filter(|(name, _)| is_shown(name)).collect();
    let mut text = kind.clone();
    for (name, value) in &fields {
        // A single field needs no name.
        if fields.len() > 1 {
            text.push(' ');
            text += name;
        }
        text.push(' ');
        text += &value.to_string();
    }
    (kind, shortened(&text, SHOWN_CHARS).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_described_in_a_few_words() {
        let long = format!(r#"{{"type":"read_ok","messages":"{}"}}"#, "x".repeat(99));
        for (body, expected) in [
            (r#"{"type":"read","msg_id":3}"#, "read"),
            (r#"{"type":"broadcast","message":7,"msg_id":1}"#, "broadcast 7"),
            (r#"{"type":"cas","key":"x","from":1,"to":2}"#, r#"cas key "x" from 1 to 2"#),
            (r#"{"msg_id":1}"#, "?"),
            (&long, &format!("read_ok \"{}...", "x".repeat(63))),
        ] {
            assert_eq!(described(&serde_json::from_str(body).unwrap()).1, expected);
        }
    }

    #[test]
    fn a_message_knows_when_it_arrived() {
        let line = |kind: &str, time: i64, id: u64| {
            format!(
                "{{\"time\":{time},\"type\":\"{kind}\",\"id\":{id},\"src\":\"n0\",\"dest\":\"n1\",\
                 \"body\":{{\"type\":\"x\"}}}}\n"
            )
        };
        let journal = [
            line("send", 1, 0),
            line("send", 2, 1),
            line("recv", 3, 1),
            line("recv", 4, 1),
            "{\"time\":5,\"ty".to_owned(),
        ];
        let fates: Vec<(i64, Vec<i64>)> = messages(journal.concat().as_bytes())
            .into_iter()
            .map(|message| (message.sent, message.received))
            .collect();
        assert_eq!(fates, [(1, vec![]), (2, vec![3, 4])]);
    }
}
