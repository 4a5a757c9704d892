//! Wraps texts at spaces.

use crate::terminal;

/// Width of texts that are not in a terminal.
const PAGE: usize = 96;

/// Width of texts: that of a page, or of a terminal that is narrower.
pub(crate) fn text_width() -> usize {
    terminal::width().map_or(PAGE, |width| PAGE.min(width.into()))
}

/// A paragraph in lines of at most this many characters; all but the first line begin with the indentation.
/// Words are not broken.
pub(crate) fn wrapped(text: &str, width: usize, indentation: &str) -> String {
    let words = text.trim_start_matches(' ');
    // The first line has its own indentation.
    let mut lines = text[..text.len() - words.len()].to_owned();
    let mut length = lines.chars().count();
    for (position, word) in words.split(' ').enumerate() {
        let letters = word.chars().count();
        if position > 0 && length + 1 + letters > width {
            lines.push('\n');
            lines += indentation;
            length = indentation.chars().count();
        } else if position > 0 {
            lines.push(' ');
            length += 1;
        }
        lines += word;
        length += letters;
    }
    lines.push('\n');
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_as_long_as_they_may_be_and_words_stay_whole() {
        assert_eq!(wrapped("a bb ccc dddd", 6, ""), "a bb\nccc\ndddd\n");
        assert_eq!(wrapped("a bb ccc dddd", 8, ""), "a bb ccc\ndddd\n");
        assert_eq!(wrapped("  -> a bb ccc", 8, "     "), "  -> a\n     bb\n     ccc\n");
        assert_eq!(wrapped("longest", 3, "  "), "longest\n");
        assert_eq!(wrapped("", 3, "  "), "\n");
    }
}
