//! The journal of the network: one JSON line for each message that is sent and for each that is
//! received, and the counts for the `:net` result.

use crate::message::write_message;
use glomers_history::Traffic;

/// Counts every message, and buffers its lines until they are taken.
#[derive(Debug, Default)]
pub struct Journal {
    traffic: Traffic,
    /// Lines that were not taken yet; stays empty without a journal.
    lines: Vec<u8>,
    keep_lines: bool,
    /// Size of all lines so far, in bytes.
    bytes: u64,
}

/// One event of the network.
pub(crate) struct Entry<'a> {
    /// Nanoseconds since the test began; 0 while nodes start.
    pub(crate) time: i64,
    pub(crate) id: u64,
    pub(crate) src: &'a str,
    pub(crate) dest: &'a str,
    pub(crate) body: &'a str,
    /// Whether the sender or receiver is a client.
    pub(crate) involves_client: bool,
}

impl Journal {
    pub(crate) fn new(keep_lines: bool) -> Self {
        Self { keep_lines, ..Self::default() }
    }

    /// Message counts so far.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        self.traffic
    }

    /// Whether it has lines, and not only counts.
    pub(crate) fn keeps_lines(&self) -> bool {
        self.keep_lines
    }

    /// Size of all lines so far in bytes, including those that were taken.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Lines that were not taken yet. The caller that takes them must leave the buffer empty.
    pub fn lines(&mut self) -> &mut Vec<u8> {
        &mut self.lines
    }

    pub(crate) fn sent(&mut self, entry: &Entry<'_>) {
        let count = self.count(entry);
        count.sent += 1;
        // Every message is sent once, so each send is a new message.
        count.messages += 1;
        self.write(b"send", entry);
    }

    pub(crate) fn received(&mut self, entry: &Entry<'_>) {
        self.count(entry).received += 1;
        self.write(b"recv", entry);
    }

    fn count(&mut self, entry: &Entry<'_>) -> &mut glomers_history::TrafficCount {
        if entry.involves_client { &mut self.traffic.clients } else { &mut self.traffic.servers }
    }

    fn write(&mut self, kind: &[u8], entry: &Entry<'_>) {
        if !self.keep_lines {
            return;
        }
        let out = &mut self.lines;
        let before = out.len();
        out.extend_from_slice(b"{\"time\":");
        glomers_history::json::write_integer(entry.time, out);
        out.extend_from_slice(b",\"type\":\"");
        out.extend_from_slice(kind);
        out.extend_from_slice(b"\",");
        write_message(entry.id, entry.src, entry.dest, entry.body, out);
        self.bytes += (out.len() - before) as u64;
    }
}
