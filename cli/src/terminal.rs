//! Terminal properties, and printing that is safe for terminals.

use crate::failure::{Context as _, Result};
use crate::wrap;
use console::Color;
use glomers_history::{visible, visible_lines};
use glomers_results::Look;
use std::borrow::Cow;
use std::io::{IsTerminal as _, Write as _};
use std::path::Path;

/// Whether stdout may be coloured: it is a terminal, and `NO_COLOR` is not set
/// (<https://no-color.org>).
pub(crate) fn colours_stdout() -> bool {
    std::io::stdout().is_terminal() && !refuses_colour()
}

/// Whether progress may be drawn on stderr.
pub(crate) fn draws_on_stderr() -> bool {
    std::io::stderr().is_terminal()
}

/// The look of tables on stdout.
pub(crate) fn look() -> Look {
    Look::Terminal { colour: colours_stdout() }
}

/// Width in columns of texts that are wrapped: that of stdout, or else that of a page.
pub(crate) fn columns() -> u16 {
    /// Width of a page.
    const PAGE: u16 = 100;
    width().unwrap_or(PAGE)
}

/// Width of stdout in columns: that of the terminal, or else `COLUMNS`; `None` for a file or a pipe, in
/// which nothing is left out.
pub(crate) fn width() -> Option<u16> {
    /// Least width: narrower tables are unreadable.
    const LEAST: u16 = 60;
    let stdout = console::Term::stdout();
    let of_terminal = stdout.is_term().then(|| stdout.size_checked()).flatten();
    let of_variable = || std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    of_terminal.map(|(_, columns)| columns).or_else(of_variable).map(|it: u16| it.max(LEAST))
}

/// Lines for stdout: in a terminal, those that are longer than it is wide are wrapped.
pub(crate) fn fitted_to_stdout(text: &str) -> Cow<'_, str> {
    let columns = console::Term::stdout().size_checked().map(|(_, columns)| columns);
    wrap::fitted(text, columns)
}

/// Width in columns of the terminal of stderr, if it is one.
pub(crate) fn stderr_columns() -> Option<u16> {
    console::Term::stderr().size_checked().map(|(_, columns)| columns)
}

fn refuses_colour() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
        || std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// A path as a user would type it: relative if it is below the current folder.
pub(crate) fn shown_path(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    visible(&path.strip_prefix(&here).unwrap_or(path).display().to_string()).into_owned()
}

/// Prints a text, with a newline at its end. Control characters are escaped, except for newlines
/// and colours. (JSON that is escaped here keeps its meaning.) A closed pipe (`| head`) is not an
/// error: the command continues, and its exit status is the usual one.
pub(crate) fn print(text: &str) -> Result<()> {
    let text = printable(text.trim_end_matches('\n'), colours_stdout());
    let mut stdout = std::io::stdout().lock();
    let written = stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.write_all(b"\n"))
        .and_then(|()| stdout.flush());
    match written {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => written.context("failed to write to stdout"),
    }
}

/// The text with control characters escaped, except for newlines and, if wanted, colours.
fn printable(text: &str, colours: bool) -> Cow<'_, str> {
    if !colours {
        return visible_lines(text);
    }
    let mut shown = String::with_capacity(text.len());
    let mut parts = text.split('\u{1b}');
    shown.push_str(&visible_lines(parts.next().unwrap_or_default()));
    for part in parts {
        let colour = colour_length(part).map_or("", |length| &part[..length]);
        shown.push_str(&if colour.is_empty() { visible("\u{1b}") } else { "\u{1b}".into() });
        shown.push_str(colour);
        shown.push_str(&visible_lines(&part[colour.len()..]));
    }
    Cow::Owned(shown)
}

/// Length in bytes of a colour sequence (Select Graphic Rendition), after its escape character.
fn colour_length(text: &str) -> Option<usize> {
    let codes = text.strip_prefix('[')?;
    let end = codes.find(|c: char| !c.is_ascii_digit() && c != ';')?;
    codes[end..].starts_with('m').then_some("[".len() + end + "m".len())
}

/// Prints lines to stderr, with control characters escaped, and wrapped in a terminal. Errors are
/// ignored.
pub(crate) fn print_to_stderr(text: &str) {
    let text = visible_lines(text);
    let _ = writeln!(std::io::stderr(), "{}", wrap::fitted(&text, stderr_columns()));
}

/// As [`print_to_stderr`], with a command in it that is to be copied: nothing is wrapped.
pub(crate) fn print_command_to_stderr(text: &str) {
    let _ = writeln!(std::io::stderr(), "{}", visible_lines(text));
}

/// Prints coloured lines to stderr, without the colours if they are not wanted.
pub(crate) fn print_to_stderr_in_colour(text: &str) {
    let is_coloured = draws_on_stderr() && !refuses_colour();
    let text = if is_coloured { Cow::Borrowed(text) } else { console::strip_ansi_codes(text) };
    let text = printable(text.trim_end_matches('\n'), is_coloured);
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Colours a word, if `colours` is set.
pub(crate) fn painted(word: &str, colour: Color, colours: bool) -> String {
    console::style(word).bold().fg(colour).force_styling(colours).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lines_and_colours_reach_a_terminal() {
        let text = "\u{1b}[1;31mwhy:\u{1b}[0m a\nb\u{1b}]0;t\u{7}\u{1b}[2J\u{9b}m\r\u{1b}";
        assert_eq!(
            printable(text, true),
            "\u{1b}[1;31mwhy:\u{1b}[0m a\nb\\u001b]0;t\\u0007\\u001b[2J\\u009bm\\r\\u001b"
        );
        assert_eq!(painted("a", Color::Red, false), "a");
        assert_eq!(
            printable(&painted("a", Color::Red, true), true),
            painted("a", Color::Red, true)
        );
        let plain = printable(text, false);
        assert!(!plain.contains('\u{1b}') && plain.contains("\\u001b[1;31mwhy:"), "{plain}");
        let json =
            serde_json::to_string(&serde_json::json!({ "a": "\u{1b}\u{202e}\u{7f}" })).unwrap();
        let printed = printable(&json, false);
        assert!(!printed.contains('\u{202e}'), "{printed}");
        let (a, b): (serde_json::Value, serde_json::Value) =
            (serde_json::from_str(&json).unwrap(), serde_json::from_str(&printed).unwrap());
        assert_eq!(a, b);
    }
}
