//! `glomers-node [--durable]`: plays the challenges, whichever it is asked. Durable, it keeps in the
//! current folder what it must not forget when it is killed.

use std::process::ExitCode;

fn main() -> ExitCode {
    // Other arguments are ignored: the messages say which challenge it is.
    let durable = std::env::args().skip(1).any(|argument| argument == "--durable");
    glomers_solutions::run_stdio(durable)
}
