//! Reads the journal: each message with its deliveries.

use crate::participant::Participant;
use rustc_hash::FxHashMap;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::hash_map::Entry as Slot;

/// A message. Times are in ns since the test began.
#[derive(Debug, Clone)]
pub struct Message<'a> {
    /// Its id, which is unique in the run.
    pub id: u64,
    /// The sender, by its position among the [participants](Messages::participants).
    pub src: usize,
    /// The receiver, likewise.
    pub dest: usize,
    /// The `type` of its body, as it stands there; `?` if it has none.
    pub kind: &'a str,
    /// The body, as JSON.
    pub body: &'a str,
    /// The body's `msg_id`.
    pub msg_id: Option<i64>,
    /// The body's `in_reply_to`.
    pub in_reply_to: Option<i64>,
    /// When it was sent.
    pub sent: i64,
    /// When it was received first.
    pub received: Option<i64>,
    /// When it was received again.
    pub repeats: Vec<i64>,
}

impl Message<'_> {
    /// When it was received, each time.
    pub fn arrivals(&self) -> impl Iterator<Item = i64> {
        self.received.into_iter().chain(self.repeats.iter().copied())
    }
}

/// A line of the journal.
#[derive(Deserialize)]
pub(crate) struct Entry<'a> {
    pub(crate) time: i64,
    /// `send` or `recv`.
    #[serde(rename = "type", borrow)]
    pub(crate) kind: Cow<'a, str>,
    id: u64,
    #[serde(borrow)]
    pub(crate) src: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) dest: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) body: &'a RawValue,
}

/// What is read of a body. A node may print anything under these keys.
#[derive(Deserialize, Default)]
struct Head<'a> {
    #[serde(rename = "type", borrow, default)]
    kind: Option<&'a RawValue>,
    #[serde(borrow, default)]
    msg_id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    in_reply_to: Option<&'a RawValue>,
}

/// All messages of a run, in the order in which they were sent.
#[derive(Debug, Default)]
pub struct Messages<'a> {
    /// The messages.
    pub messages: Vec<Message<'a>>,
    /// Their senders and receivers.
    pub participants: Vec<Participant<'a>>,
    /// Number of lines that are no entries of a journal.
    pub damaged: usize,
}

impl<'a> Messages<'a> {
    /// Reads a journal of a run of these nodes. A line that cannot be read is counted and left out:
    /// the last one may be cut off if the run was.
    #[must_use]
    pub fn read(journal: &'a [u8], nodes: &[String]) -> Self {
        let mut read = Self::default();
        // By id: the position of the message.
        let mut sent: FxHashMap<u64, usize> = FxHashMap::default();
        let mut known: FxHashMap<Cow<'a, str>, usize> = FxHashMap::default();
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', journal).chain([journal.len()]) {
            let line = &journal[start..end];
            start = (end + 1).min(journal.len());
            if line.is_empty() {
                continue;
            }
            let Ok(entry) = serde_json::from_slice::<Entry<'a>>(line) else {
                read.damaged += 1;
                continue;
            };
            if entry.kind == "send" {
                let mut participant = |name| read.participant(name, nodes, &mut known);
                let (src, dest) = (participant(entry.src), participant(entry.dest));
                sent.insert(entry.id, read.messages.len());
                read.messages.push(message(entry.id, src, dest, entry.time, entry.body.get()));
            } else if let Some(message) =
                sent.get(&entry.id).and_then(|position| read.messages.get_mut(*position))
            {
                match message.received {
                    None => message.received = Some(entry.time),
                    Some(_) => message.repeats.push(entry.time),
                }
            }
        }
        read
    }

    fn participant(
        &mut self,
        name: Cow<'a, str>,
        nodes: &[String],
        known: &mut FxHashMap<Cow<'a, str>, usize>,
    ) -> usize {
        match known.entry(name) {
            Slot::Occupied(position) => *position.get(),
            Slot::Vacant(free) => {
                self.participants.push(Participant::of(free.key().clone(), nodes));
                *free.insert(self.participants.len() - 1)
            }
        }
    }
}

fn message(id: u64, src: usize, dest: usize, sent: i64, body: &str) -> Message<'_> {
    let head: Head<'_> = serde_json::from_str(body).unwrap_or_default();
    let number = |value: Option<&RawValue>| value?.get().parse().ok();
    let kind = head.kind.map_or("?", |kind| kind.get().trim_matches('"'));
    let (msg_id, in_reply_to) = (number(head.msg_id), number(head.in_reply_to));
    Message {
        id,
        src,
        dest,
        kind,
        body,
        msg_id,
        in_reply_to,
        sent,
        received: None,
        repeats: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_knows_when_it_arrived() {
        let line = |kind: &str, time: i64, id: u64| {
            format!(
                "{{\"time\":{time},\"type\":\"{kind}\",\"id\":{id},\"src\":\"n0\",\"dest\":\"n1\",\
                 \"body\":{{\"type\":\"x\",\"msg_id\":4,\"in_reply_to\":\"odd\"}}}}\n"
            )
        };
        let journal = [
            line("send", 1, 0),
            line("send", 2, 1),
            line("recv", 3, 1),
            line("recv", 4, 1),
            "{\"time\":5,\"ty".to_owned(),
        ]
        .concat();
        let read = Messages::read(journal.as_bytes(), &["n0".to_owned(), "n1".to_owned()]);
        let arrivals: Vec<(i64, Vec<i64>)> =
            read.messages.iter().map(|it| (it.sent, it.arrivals().collect())).collect();
        assert_eq!(arrivals, [(1, vec![]), (2, vec![3, 4])]);
        assert_eq!(read.damaged, 1);
        let first = &read.messages[0];
        assert_eq!((first.kind, first.msg_id, first.in_reply_to), ("x", Some(4), None));
        assert_eq!(read.participants.len(), 2);
    }

    #[test]
    fn odd_bodies_are_read_too() {
        for (body, kind) in
            [(r#"{"msg_id":1}"#, "?"), (r#"{"type":7}"#, "7"), (r#"{"type":"a","type":"b"}"#, "?")]
        {
            assert_eq!(message(0, 0, 0, 0, body).kind, kind);
        }
    }
}
