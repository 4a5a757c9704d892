//! Wraps texts at spaces.

use crate::terminal;
use console::measure_text_width;
use std::borrow::Cow;

/// Width of texts that are not in a terminal.
const PAGE: usize = 96;
/// Least width at which wrapping helps.
const LEAST: usize = 20;

/// Width of texts: that of a page, or of a terminal that is narrower.
pub(crate) fn text_width() -> usize {
    terminal::width().map_or(PAGE, |width| PAGE.min(width.into()))
}

/// A paragraph in lines of at most this many columns; all but the first line begin with the indentation.
/// Words are not broken, nor commands between backquotes, which are to be copied.
pub(crate) fn wrapped(text: &str, width: usize, indentation: &str) -> String {
    let words = text.trim_start_matches(' ');
    // The first line has its own indentation.
    let mut lines = text[..text.len() - words.len()].to_owned();
    let mut length = measure_text_width(&lines);
    let room = width.saturating_sub(indentation.len());
    for (position, word) in pieces(words, room).into_iter().enumerate() {
        let columns = measure_text_width(word);
        if position > 0 && length + 1 + columns > width {
            lines.push('\n');
            lines += indentation;
            length = indentation.len();
        } else if position > 0 {
            lines.push(' ');
            length += 1;
        }
        lines += word;
        length += columns;
    }
    lines.push('\n');
    lines
}

/// The words of a text. A command between backquotes is one word, if it has room in a line.
fn pieces(text: &str, room: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = Some(text);
    while let Some(text) = rest {
        let ends = text.match_indices(' ').map(|(at, _)| at).chain([text.len()]);
        let is_whole = |end: &usize| text[..*end].matches('`').count().is_multiple_of(2);
        let word = text.split(' ').next().unwrap_or_default().len();
        let whole = ends.take_while(|end| *end <= room).find(is_whole).unwrap_or(word);
        pieces.push(&text[..whole]);
        rest = text.get(whole + 1..);
    }
    pieces
}

/// Lines for a terminal with this number of columns, if it is one: those that are longer are wrapped. What
/// follows is below the text of the line, behind its number, name or time.
pub(crate) fn fitted(text: &str, columns: Option<u16>) -> Cow<'_, str> {
    let Some(columns) = columns.map(usize::from).filter(|columns| *columns >= LEAST) else {
        return Cow::Borrowed(text);
    };
    let mut fitted = String::with_capacity(text.len());
    for line in text.lines() {
        if measure_text_width(line) > columns {
            fitted += &wrapped(line, columns, &" ".repeat(hanging(line, columns)));
        } else {
            fitted += line;
            fitted.push('\n');
        }
    }
    Cow::Owned(fitted.trim_end_matches('\n').to_owned())
}

/// The columns before the second line of a wrapped one.
fn hanging(line: &str, columns: usize) -> usize {
    let text = line.trim_start_matches(' ');
    let before = line.len() - text.len();
    // A gap of two spaces separates a text from what is before it.
    let gap = text.find("  ").map(|gap| {
        let rest = text[gap..].trim_start_matches(' ');
        before + measure_text_width(&text[..text.len() - rest.len()])
    });
    gap.filter(|gap| *gap <= columns / 2).unwrap_or_else(|| (before + 2).min(columns / 2))
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

    #[test]
    fn commands_are_not_broken() {
        let text = "see `a b c` or `d";
        assert_eq!(wrapped(text, 9, ""), "see\n`a b c`\nor `d\n");
        assert_eq!(wrapped("see `a b c`", 5, ""), "see\n`a b\nc`\n");
    }

    #[test]
    fn only_long_lines_of_terminals_change() {
        let text = "  a/b  what this is\nshort\n\u{1b}[1mwhy:\u{1b}[0m one two three four";
        assert_eq!(fitted(text, None), text);
        assert_eq!(fitted(text, Some(80)), text);
        assert_eq!(
            fitted("  a/b  what this file is for\nshort", Some(20)),
            "  a/b  what this\n       file is for\nshort"
        );
        assert_eq!(
            fitted("\u{1b}[1mwhy:\u{1b}[0m one two three four", Some(20)),
            "\u{1b}[1mwhy:\u{1b}[0m one two three\n  four"
        );
    }
}
