//! What kind of terminal we talk to.

use std::io::IsTerminal as _;

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
