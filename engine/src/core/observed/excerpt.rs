//! Quotations of what nodes print.

/// Number of bytes of a node's line that are quoted in messages.
const EXCERPT_BYTES: usize = 200;

/// The beginning of a line, to be quoted in a message.
pub(in crate::core) fn excerpt(line: &[u8]) -> String {
    let mut text = String::from_utf8_lossy(&line[..line.len().min(EXCERPT_BYTES)]).into_owned();
    if line.len() > EXCERPT_BYTES {
        text.push_str("...");
    }
    text
}
