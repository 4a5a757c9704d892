//! `glomers-node`: plays the challenges, whichever it is asked.

use std::process::ExitCode;

fn main() -> ExitCode {
    glomers_node::solutions::run_stdio()
}
