//! Splits a stream of bytes into lines, for any chunk boundaries.

/// Received bytes that are not yet a complete line.
pub(super) struct Lines {
    buffer: Vec<u8>,
    /// Length of the prefix of the buffer that is known to contain no line end.
    scanned: usize,
    /// Whether the rest of an overlong line is being dropped.
    skipping: bool,
    max_line: usize,
}

impl Lines {
    /// An empty buffer. Lines longer than `max_line` bytes are skipped.
    pub(super) fn new(max_line: usize) -> Self {
        Self { buffer: Vec::new(), scanned: 0, skipping: false, max_line }
    }

    /// The buffer to append to, with room for at least `more` bytes.
    pub(super) fn space(&mut self, more: usize) -> &mut Vec<u8> {
        self.buffer.reserve(more);
        &mut self.buffer
    }

    /// Passes each complete line, without its line end, to `line`, and removes it. True if a line
    /// was too long.
    pub(super) fn take(&mut self, mut line: impl FnMut(&[u8])) -> bool {
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', &self.buffer[self.scanned..]) {
            let end = self.scanned + end;
            if !std::mem::take(&mut self.skipping) {
                line(&self.buffer[start..end]);
            }
            start = end + 1;
        }
        self.buffer.drain(..start);
        let too_long = !self.skipping && self.buffer.len() > self.max_line;
        self.skipping |= too_long;
        if self.skipping {
            self.buffer = Vec::new();
        }
        self.scanned = self.buffer.len();
        too_long
    }

    /// Passes the last line to `line`, if the stream ended without a line end.
    pub(super) fn take_last(&mut self, line: impl FnOnce(&[u8])) {
        if !self.buffer.is_empty() && !self.skipping {
            line(&self.buffer);
        }
        self.buffer.clear();
        self.scanned = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lines(chunks: &[&[u8]], max_line: usize) -> (Vec<Vec<u8>>, usize) {
        let (mut lines, mut found, mut too_long) = (Lines::new(max_line), Vec::new(), 0);
        for chunk in chunks {
            lines.space(chunk.len()).extend_from_slice(chunk);
            too_long += usize::from(lines.take(|line| found.push(line.to_vec())));
        }
        lines.take_last(|line| found.push(line.to_vec()));
        (found, too_long)
    }

    #[test]
    fn a_line_that_is_too_long_is_skipped_and_said_once() {
        let chunks: [&[u8]; 5] = [b"a\nxxxx", b"xxxx", b"xx", b"xx\nb", b"\nc"];
        let expected = [b"a", b"b", b"c"].map(|line| line.to_vec()).to_vec();
        assert_eq!(lines(&chunks, 6), (expected, 1));
    }

    proptest! {
        #[test]
        fn chunks_do_not_matter(text in "[ab\n]{0,40}", cuts in prop::collection::vec(0usize..40, 0..6)) {
            let mut cuts: Vec<_> = cuts.into_iter().map(|cut| cut.min(text.len())).collect();
            cuts.extend([0, text.len()]);
            cuts.sort_unstable();
            let chunks: Vec<_> = cuts.windows(2).map(|cut| &text.as_bytes()[cut[0]..cut[1]]).collect();
            let expected: Vec<_> = text.lines().map(|line| line.as_bytes().to_vec()).collect();
            prop_assert_eq!(lines(&chunks, 40), (expected, 0));
        }
    }
}
