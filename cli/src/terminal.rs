//! What kind of terminal we talk to, and how paths look in it.

use anyhow::{Context as _, Result};
pub(crate) use glomers_simulator::harmless;
use std::io::{IsTerminal as _, Write as _};
use std::path::Path;

/// Whether stdout may be coloured: a terminal, and no `NO_COLOR` (<https://no-color.org>).
pub(crate) fn colours_stdout() -> bool {
    std::io::stdout().is_terminal() && !refuses_colour()
}

/// Whether progress may be drawn on stderr.
pub(crate) fn draws_on_stderr() -> bool {
    std::io::stderr().is_terminal()
}

fn refuses_colour() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
        || std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// A path as a person would type it: from the current folder, where it is below that.
pub(crate) fn shown_path(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(&here).unwrap_or(path).display().to_string()
}

/// Prints a text, with a newline at its end. A reader that has seen enough (`| head`) is no error:
/// the command goes on, and its exit status says what it always says.
pub(crate) fn print(text: &str) -> Result<()> {
    let mut stdout = std::io::stdout().lock();
    let written = stdout
        .write_all(text.trim_end_matches('\n').as_bytes())
        .and_then(|()| stdout.write_all(b"\n"))
        .and_then(|()| stdout.flush());
    match written {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => written.context("failed to write to stdout"),
    }
}

/// Prints a line to stderr. When nobody can read that, there is nobody to tell.
pub(crate) fn complain(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// A colour of words that matter.
#[derive(Clone, Copy)]
pub(crate) enum Colour {
    Red,
    Green,
    Yellow,
}

/// Colours a word, where that is wanted.
pub(crate) fn painted(word: &str, colour: Colour, colours: bool) -> String {
    let code = match colour {
        Colour::Red => 31,
        Colour::Green => 32,
        Colour::Yellow => 33,
    };
    if colours { format!("\u{1b}[1;{code}m{word}\u{1b}[0m") } else { word.to_owned() }
}
