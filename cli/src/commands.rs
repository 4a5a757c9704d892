//! The commands, one file each.

pub(crate) mod baseline;
pub(crate) mod check;
pub(crate) mod clean;
pub(crate) mod compare;
pub(crate) mod completions;
pub(crate) mod doctor;
pub(crate) mod export;
pub(crate) mod init;
pub(crate) mod install;
pub(crate) mod list;
pub(crate) mod man;
pub(crate) mod museum;
pub(crate) mod node;
pub(crate) mod replay;
pub(crate) mod report;
pub(crate) mod run;
pub(crate) mod runs;
pub(crate) mod serve;
pub(crate) mod show;
pub(crate) mod shrink;
pub(crate) mod story;
pub(crate) mod sweep;
pub(crate) mod test;

use crate::args::Command;
use crate::embedded::broken::panic_text;
use crate::exit::Exit;
use crate::node_command::Hosted;
use crate::{limits, terminal};
use std::io::{BufReader, stdin};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

/// Runs the command and returns its exit code, also when it panics.
pub(crate) fn dispatch(command: Command) -> ExitCode {
    if let Err(error) = limits::prepare() {
        return error.report().into();
    }
    catch_unwind(AssertUnwindSafe(|| run_command(command))).unwrap_or_else(|panic| {
        terminal::print_to_stderr(&format!("error: {}", panic_text(&*panic)));
        Exit::Crash.into()
    })
}

fn run_command(command: Command) -> ExitCode {
    let outcome = match command {
        Command::Run(arguments) => run::run(&arguments),
        Command::Sweep(arguments) => sweep::sweep(*arguments),
        Command::Test(arguments) => test::test(&arguments),
        Command::Check(arguments) => check::check(&arguments),
        Command::List(arguments) => list::list(&arguments),
        Command::Runs(arguments) => runs::runs(&arguments),
        Command::Show(arguments) => show::show(&arguments),
        Command::Clean(arguments) => clean::clean(&arguments),
        Command::Compare(arguments) => compare::compare(&arguments),
        Command::Baseline(arguments) => baseline::baseline(&arguments),
        Command::Report(arguments) => report::report(&arguments),
        Command::Serve(arguments) => serve::serve(&arguments),
        Command::Init(arguments) => init::init(&arguments),
        Command::Install(arguments) => install::install(&arguments),
        Command::Doctor(arguments) => doctor::doctor(&arguments),
        Command::Replay(arguments) => replay::replay(&arguments),
        Command::Export(arguments) => export::export(&arguments),
        Command::Story(arguments) => story::story(&arguments),
        Command::Shrink(arguments) => shrink::shrink(&arguments),
        Command::Museum(arguments) => museum::museum(&arguments),
        Command::Completions(arguments) => completions::completions(&arguments),
        Command::Man(arguments) => man::man(&arguments),
        Command::Node(arguments) => {
            if let Some(note) = arguments.ignored_note() {
                terminal::print_to_stderr(&note);
            }
            return match Hosted::find(&arguments.node, arguments.is_durable()) {
                Ok(Hosted { node, .. }) => node.program.run_stdio(node.is_durable),
                Err(error) => error.report().into(),
            };
        }
        Command::Watchdog => {
            glomers_engine::serve_watchdog(BufReader::new(stdin()));
            Ok(Exit::Valid)
        }
    };
    outcome.unwrap_or_else(|error| error.report()).into()
}
