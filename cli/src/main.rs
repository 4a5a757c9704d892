//! The `glomers` command: arguments become a plan, the engine runs it, the results are shown.

mod args;
mod build;
mod commands;
mod doctor;
mod embedded;
mod exit;
mod interrupt;
mod judged;
mod maelstrom;
mod node_command;
mod preflight;
mod progress;
mod project;
mod store;
mod summary;
mod terminal;
mod values;
mod watchdog;

use clap::Parser as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    match args::Arguments::try_parse() {
        Ok(arguments) => commands::dispatch(arguments.command),
        Err(error) => exit::refused(&error).into(),
    }
}
