//! What kind of terminal we talk to, and how paths look in it.

use std::io::IsTerminal as _;
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
