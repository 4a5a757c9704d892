//! `glomers-node [--durable]`: solves the challenges, as its messages require. With `--durable`, it
//! stores in the current folder the state that must survive a kill.

use std::process::ExitCode;

fn main() -> ExitCode {
    // Other arguments are ignored: the messages determine the challenge.
    let durable = std::env::args().skip(1).any(|argument| argument == "--durable");
    glomers_solutions::run_stdio(durable)
}
