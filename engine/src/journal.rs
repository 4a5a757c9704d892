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
    /// How many they are.
    kept: u64,
    /// Size in bytes that they may have together; `None` without a limit.
    limit: Option<u64>,
    /// Lines that the limit left out. The first of them ended the journal: what is kept is its beginning.
    left_out: u64,
    /// Nanoseconds since the test began, when the journal ended.
    ended: i64,
}

/// A journal that ended before the run, at its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CutJournal {
    /// Nanoseconds since the test began, when it ended.
    pub ended: i64,
    /// Number of its lines.
    pub kept: u64,
    /// Number of lines that it lacks.
    pub left_out: u64,
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
    /// A journal with lines of at most this number of MiB (0: without a limit), or only with counts.
    pub(crate) fn new(keep_lines: bool, limit: u32) -> Self {
        let limit = (limit > 0).then(|| u64::from(limit) << 20);
        Self { keep_lines, limit, ..Self::default() }
    }

    /// Where it ended, if that was before the run.
    #[must_use]
    pub fn cut(&self) -> Option<CutJournal> {
        let Self { ended, kept, left_out, .. } = *self;
        (left_out > 0).then_some(CutJournal { ended, kept, left_out })
    }

    /// Message counts so far.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        self.traffic
    }

    /// Whether it gets lines, and not only counts.
    pub(crate) fn grows(&self) -> bool {
        self.keep_lines && self.left_out == 0
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
        if self.left_out > 0 {
            self.left_out += 1;
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
        let bytes = self.bytes + (out.len() - before) as u64;
        if self.limit.is_some_and(|limit| bytes > limit) {
            out.truncate(before);
            (self.left_out, self.ended) = (1, entry.time);
            return;
        }
        self.bytes = bytes;
        self.kept += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A message with a body of this many characters.
    fn pass(journal: &mut Journal, time: i64, body: &str) {
        let entry = Entry { time, id: 1, src: "n0", dest: "n1", body, involves_client: false };
        journal.sent(&entry);
    }

    #[test]
    fn a_full_journal_ends_with_a_whole_line_and_counts_go_on() {
        let long = format!("{{\"type\":\"{}\"}}", "x".repeat(400_000));
        let (mut whole, mut cut) = (Journal::new(true, 0), Journal::new(true, 1));
        for journal in [&mut whole, &mut cut] {
            for time in 1..=4 {
                pass(journal, time, &long);
            }
            // One that would have room is left out, too: the journal is a beginning.
            pass(journal, 5, "{}");
        }
        assert_eq!((whole.cut(), whole.traffic()), (None, cut.traffic()));
        assert_eq!(cut.cut(), Some(CutJournal { ended: 3, kept: 2, left_out: 3 }));
        assert_eq!(cut.traffic().servers.sent, 5);
        let (all, beginning) = (std::mem::take(whole.lines()), std::mem::take(cut.lines()));
        assert_eq!(cut.bytes(), beginning.len() as u64);
        assert!(all.starts_with(&beginning) && beginning.ends_with(b"\n"));
        assert_eq!(String::from_utf8(beginning).unwrap().lines().count(), 2);
    }

    #[test]
    fn a_line_may_fill_a_journal_to_its_last_byte() {
        let mut journal = Journal::new(true, 1);
        pass(&mut journal, 1, "{}");
        let rest = (1 << 20) - 2 * usize::try_from(journal.bytes()).unwrap();
        pass(&mut journal, 2, &format!("{{{}}}", " ".repeat(rest)));
        assert_eq!((journal.bytes(), journal.cut()), (1 << 20, None));
        pass(&mut journal, 3, "{}");
        assert_eq!(journal.cut(), Some(CutJournal { ended: 3, kept: 2, left_out: 1 }));
    }

    #[test]
    fn without_lines_nothing_is_left_out() {
        let mut journal = Journal::new(false, 1);
        pass(&mut journal, 1, &"x".repeat(2 << 20));
        assert_eq!((journal.cut(), journal.bytes()), (None, 0));
    }
}
