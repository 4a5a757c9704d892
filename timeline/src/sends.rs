//! Reads only when messages were sent, of a journal of any length.

use crate::message::Entry;
use crate::participant::Participant;
use crate::timeline::SET_UP;
use memchr::memmem;
use serde::Deserialize;
use std::borrow::Cow;
use std::io::{self, BufRead};

/// A message that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Send {
    /// When, in ns since the test began.
    pub time: i64,
    /// Whether it comes from a client, or goes to one.
    pub involves_client: bool,
}

/// Reads a journal of a run of these nodes, and shows every message that was sent, without those of
/// the set-up. It needs no memory, and takes about as long as reading the file. Lines that cannot be
/// read are left out.
pub fn each_send(
    mut journal: impl BufRead,
    nodes: &[String],
    mut see: impl FnMut(Send),
) -> io::Result<()> {
    let set_up = SET_UP.map(|kind| memmem::Finder::new(kind).into_owned());
    let mut line = Vec::new();
    loop {
        line.clear();
        if journal.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let is_client = |name: &str| Participant::of(Cow::Borrowed(name), nodes).is_client();
        let Some(Head { time, src, dest, body }) = head(&line) else { continue };
        let involves_client = is_client(&src) || is_client(&dest);
        // Most bodies begin with their type; others are searched for it.
        let may_be_set_up = || match first_kind(body) {
            Some(kind) => SET_UP.iter().any(|it| it.as_bytes() == kind),
            None => set_up.iter().any(|kind| kind.find(body).is_some()),
        };
        if !(involves_client && may_be_set_up() && is_set_up(body)) {
            see(Send { time, involves_client });
        }
    }
}

/// The beginning of a line about a message that was sent.
struct Head<'a> {
    time: i64,
    src: Cow<'a, str>,
    dest: Cow<'a, str>,
    /// The body, and what is behind it.
    body: &'a [u8],
}

/// `None` for a message that was received, or a line that is damaged.
fn head(line: &[u8]) -> Option<Head<'_>> {
    match usual(line) {
        Usual::Sent(head) => Some(head),
        Usual::Received => None,
        Usual::Other => {
            let entry: Entry<'_> = serde_json::from_slice(line).ok()?;
            let Entry { time, kind, src, dest, body, .. } = entry;
            (kind == "send").then(|| Head { time, src, dest, body: body.get().as_bytes() })
        }
    }
}

/// A line as our engine writes it, recognized by its beginning.
enum Usual<'a> {
    Sent(Head<'a>),
    Received,
    Other,
}

fn usual(line: &[u8]) -> Usual<'_> {
    let read = || {
        let (time, rest) = number(line.strip_prefix(b"{\"time\":")?)?;
        if rest.starts_with(b",\"type\":\"recv\"") {
            return Some(Usual::Received);
        }
        let (_, rest) = number(rest.strip_prefix(b",\"type\":\"send\",\"id\":")?)?;
        let (src, rest) = name(rest.strip_prefix(b",\"src\":\"")?)?;
        let (dest, rest) = name(rest.strip_prefix(b",\"dest\":\"")?)?;
        let body = rest.strip_prefix(b",\"body\":")?;
        // A line that was cut off is no entry.
        let is_whole = line.ends_with(b"}\n");
        is_whole.then_some(Usual::Sent(Head { time, src, dest, body }))
    };
    read().unwrap_or(Usual::Other)
}

fn number(text: &[u8]) -> Option<(i64, &[u8])> {
    let end = text.iter().position(|byte| !byte.is_ascii_digit() && *byte != b'-')?;
    Some((std::str::from_utf8(&text[..end]).ok()?.parse().ok()?, &text[end..]))
}

/// A name without escapes.
fn name(text: &[u8]) -> Option<(Cow<'_, str>, &[u8])> {
    let end = memchr::memchr2(b'"', b'\\', text).filter(|end| text[*end] == b'"')?;
    Some((Cow::Borrowed(std::str::from_utf8(&text[..end]).ok()?), &text[end + 1..]))
}

/// The type of a body that begins with it.
fn first_kind(body: &[u8]) -> Option<&[u8]> {
    let rest = body.strip_prefix(b"{\"type\":\"")?;
    let end = memchr::memchr2(b'"', b'\\', rest).filter(|end| rest[*end] == b'"')?;
    Some(&rest[..end])
}

fn is_set_up(body: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Kind<'a> {
        #[serde(rename = "type", borrow)]
        kind: Cow<'a, str>,
    }
    // The body of a line is followed by the end of its object.
    let mut bodies = serde_json::Deserializer::from_slice(body).into_iter::<Kind<'_>>();
    matches!(bodies.next(), Some(Ok(Kind { kind })) if SET_UP.contains(&&*kind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Timeline;
    use glomers_history::{Cluster, History};

    #[test]
    fn the_same_messages_are_counted_as_a_timeline_has() {
        let line = |time: &str, kind: &str, id: u64, src: &str, dest: &str, body: &str| {
            format!(
                "{{\"time\":{time},\"type\":\"{kind}\",\"id\":{id},\"src\":\"{src}\",\"dest\":\"{dest}\",\
                 \"body\":{body}}}\n"
            )
        };
        let journal = [
            line("0", "send", 0, "c0", "cat", r#"{"type":"init"}"#),
            line("-1", "send", 1, "cat", "c0", r#"{"in_reply_to":1,"type":"init_ok"}"#),
            line("2", "send", 2, "c1", "cat", r#"{"type":"echo","echo":"init"}"#),
            line("2", "recv", 2, "c1", "cat", r#"{"type":"echo","echo":"init"}"#),
            line("3", "send", 3, "cat", "n1", r#"{"type":"topology"}"#),
            // Of another layout, escaped, damaged, cut off.
            r#"{"id":4, "type":"send", "time":4, "src":"c\u0031", "dest":"cat", "body":{}}"#
                .to_owned()
                + "\n",
            "{\"time\":5,\"type\":\"send\",\"id\":5,\"src\":7}\n".to_owned(),
            "\n".to_owned(),
            r#"{"time":6,"type":"send","id":6,"src":"n1","dest":"cat","body":{"a"#.to_owned(),
        ]
        .concat();
        let nodes = ["cat", "n1"].map(str::to_owned).to_vec();
        let mut seen = Vec::new();
        each_send(journal.as_bytes(), &nodes, |it| seen.push((it.time, it.involves_client)))
            .unwrap();
        assert_eq!(seen, [(2, true), (3, false), (4, true)]);

        let history = History::new();
        let timeline = Timeline::new(&Cluster::new(nodes, 1), &history, journal.as_bytes());
        let messages = timeline.messages().iter().filter(|it| !timeline.is_set_up(it));
        let known: Vec<_> = messages.map(|it| (it.sent, timeline.involves_client(it))).collect();
        assert_eq!(known, seen);
    }
}
