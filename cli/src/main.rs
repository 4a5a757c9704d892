//! The `glomers` command: makes a plan from the arguments, runs it, and shows the results.

mod args;
mod baselines;
mod begun;
mod browser;
mod build;
mod cluster;
mod commands;
mod doctor;
mod embedded;
mod exit;
mod failing;
mod failure;
mod flag_parsers;
mod format;
mod github;
mod in_progress;
mod init;
mod interrupt;
mod job;
mod limits;
mod maelstrom;
mod many_runs;
mod node_command;
mod one_run;
mod pages;
mod pictures;
mod preflight;
mod progress;
mod project;
mod recorded;
mod repeat;
mod run_arguments;
mod run_outcome;
mod setting_flags;
mod sources;
mod start_time;
mod store;
mod stored;
mod suggest;
mod summary;
mod terminal;
mod watchdog;
mod wrap;

use clap::{CommandFactory as _, Parser as _};
use std::ffi::OsString;
use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().collect();
    match args::Arguments::try_parse_from(&words) {
        Ok(arguments) => commands::dispatch(arguments.command),
        Err(error) => {
            let command = args::Arguments::command();
            exit::refused(&suggest::with_suggestions(error, &command, &words)).into()
        }
    }
}
