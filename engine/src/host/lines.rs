//! Splits a stream of bytes into lines, without storing lines that are too long.

/// Maximum length of a node's line, in bytes.
pub(super) const LONGEST_LINE: usize = 16 * 1024 * 1024;
/// Number of bytes that are shown of a line that is too long.
const SHOWN_OF_LONG: usize = 256;

/// Collects the beginning of an unfinished line.
#[derive(Debug, Default)]
pub(super) struct LineCutter {
    partial: Vec<u8>,
    /// Whether the rest of the current line is discarded.
    discarding: bool,
}

/// A piece of the stream.
pub(super) enum Cut<'a> {
    Line(&'a [u8]),
    /// The beginning of a line that was discarded.
    TooLong(&'a [u8]),
}

impl LineCutter {
    /// Takes the next bytes and passes on the lines that they complete.
    pub(super) fn take(&mut self, mut bytes: &[u8], sink: &mut dyn FnMut(Cut<'_>)) {
        while let Some(end) = memchr::memchr(b'\n', bytes) {
            let (line, rest) = (&bytes[..end], &bytes[end + 1..]);
            bytes = rest;
            if self.discarding {
                self.discarding = false;
            } else if self.partial.is_empty() {
                sink(Cut::Line(line));
            } else if self.keep(line, sink) {
                sink(Cut::Line(&self.partial));
                self.partial.clear();
            } else {
                self.discarding = false;
            }
        }
        if !self.discarding && !bytes.is_empty() {
            self.keep(bytes, sink);
        }
    }

    /// Appends a piece to the current line, unless that makes it too long.
    fn keep(&mut self, piece: &[u8], sink: &mut dyn FnMut(Cut<'_>)) -> bool {
        if self.partial.len() + piece.len() > LONGEST_LINE {
            if self.partial.is_empty() {
                self.partial.extend_from_slice(&piece[..SHOWN_OF_LONG]);
            }
            sink(Cut::TooLong(&self.partial[..self.partial.len().min(SHOWN_OF_LONG)]));
            self.partial = Vec::new();
            self.discarding = true;
            return false;
        }
        self.partial.extend_from_slice(piece);
        true
    }

    /// The unfinished line so far; empty if it is too long.
    pub(super) fn unfinished(&self) -> &[u8] {
        &self.partial
    }

    /// Ends the stream, and passes on a last line without newline.
    pub(super) fn end(&mut self, sink: &mut dyn FnMut(Cut<'_>)) {
        if !self.partial.is_empty() {
            sink(Cut::Line(&self.partial));
            self.partial.clear();
        }
        self.discarding = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cut(pieces: &[&[u8]]) -> Vec<Result<Vec<u8>, usize>> {
        let mut cutter = LineCutter::default();
        let mut lines = Vec::new();
        let mut sink = |cut: Cut<'_>| match cut {
            Cut::Line(line) => lines.push(Ok(line.to_vec())),
            Cut::TooLong(start) => lines.push(Err(start.len())),
        };
        for piece in pieces {
            cutter.take(piece, &mut sink);
        }
        cutter.end(&mut sink);
        lines
    }

    #[test]
    fn a_line_too_long_is_reported_once_and_the_next_is_whole() {
        let long = vec![b'x'; LONGEST_LINE / 2 + 1];
        let lines = cut(&[&long, &long, &long, b"tail\nnext\n"]);
        assert_eq!(lines, [Err(SHOWN_OF_LONG), Ok(b"next".to_vec())]);
    }

    proptest! {
        #[test]
        fn pieces_do_not_matter(text in "[a\n]{0,40}", size in 1_usize..5) {
            let pieces: Vec<&[u8]> = text.as_bytes().chunks(size).collect();
            prop_assert_eq!(cut(&pieces), cut(&[text.as_bytes()]));
            let expected: Vec<_> = text.lines().map(|line| Ok(line.as_bytes().to_vec())).collect();
            prop_assert_eq!(cut(&pieces), expected);
        }
    }
}
