//! The last lines of a node, for the report of a crash.

use std::collections::VecDeque;

/// Number of bytes that are kept of a line.
const KEPT_BYTES: usize = 1000;

/// The last lines of a node's output.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LastLines {
    /// The last lines of stdout.
    pub stdout: Vec<String>,
    /// Text after the last newline of stdout; empty if there is none.
    pub unfinished: String,
    /// The last lines of stderr.
    pub stderr: Vec<String>,
}

/// The last lines that a node printed, in memory that is reused.
#[derive(Debug, Clone, Default)]
pub struct RecentLines(VecDeque<Vec<u8>>);

impl RecentLines {
    /// Number of lines that are kept.
    pub const MOST: usize = 32;

    /// Adds a line, of which the beginning is kept.
    pub fn add(&mut self, line: &[u8]) {
        let lines = &mut self.0;
        let mut kept = if lines.len() < Self::MOST {
            Vec::new()
        } else {
            lines.pop_front().unwrap_or_default()
        };
        kept.clear();
        kept.extend_from_slice(&line[..line.len().min(KEPT_BYTES)]);
        lines.push_back(kept);
    }

    /// The lines, the last one at the end.
    #[must_use]
    pub fn texts(&self) -> Vec<String> {
        self.0.iter().map(|line| text_of(line)).collect()
    }
}

/// The beginning of a line as text.
pub(super) fn text_of(line: &[u8]) -> String {
    String::from_utf8_lossy(&line[..line.len().min(KEPT_BYTES)]).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_are_kept_and_long_ones_cut() {
        let mut lines = RecentLines::default();
        for number in 0..RecentLines::MOST + 2 {
            lines.add(number.to_string().as_bytes());
        }
        lines.add(&[b'x'; KEPT_BYTES + 1]);
        let texts = lines.texts();
        assert_eq!((texts.len(), texts[0].as_str()), (RecentLines::MOST, "3"));
        assert_eq!(texts[RecentLines::MOST - 1].len(), KEPT_BYTES);
    }
}
