//! The `glomers` command: arguments become a plan, the engine runs it, the results are shown.

mod args;
mod build;
mod commands;
mod execute;
mod exit;
mod interrupt;
mod node_command;
mod preflight;
mod progress;
mod run_log;
mod store;
mod summary;
mod terminal;

use clap::Parser as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    match args::Arguments::try_parse() {
        Ok(arguments) => commands::dispatch(arguments.command).into(),
        Err(error) => exit::refused(&error).into(),
    }
}
