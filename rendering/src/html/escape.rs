//! Texts of nodes and files within a page.

use glomers_history::{visible, visible_lines};

/// A text as HTML, for an element or an attribute in quotes. Characters that cannot be seen are written
/// out; line breaks are kept.
#[must_use]
pub fn escaped(text: &str) -> String {
    let text = visible_lines(text);
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            _ => html.push(c),
        }
    }
    html
}

/// JSON for a data block. A `<` is in a string there, so it can be written as an escape, and no element
/// can begin or end within the block.
pub(super) fn block(json: &str) -> String {
    visible(json).replace('<', "\\u003c")
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &str = "</script><!--<script>\u{2028}\u{1b}[2J\u{202e}\r\"'&\u{0}";

    #[test]
    fn texts_hold_no_markup_and_nothing_invisible() {
        assert_eq!(
            escaped(HOSTILE),
            "&lt;/script&gt;&lt;!--&lt;script&gt;\\u2028\\u001b[2J\\u202e\\r&quot;&#39;&amp;\\u0000"
        );
        assert_eq!(escaped("a\nb"), "a\nb");
    }

    #[test]
    fn blocks_keep_their_meaning_and_hold_no_element() {
        let json = serde_json::to_string(HOSTILE).unwrap();
        let block = block(&json);
        assert!(!block.contains(['<', '\u{2028}', '\u{1b}', '\u{202e}']), "{block}");
        assert_eq!(serde_json::from_str::<String>(&block).unwrap(), HOSTILE);
    }
}
