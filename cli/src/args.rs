//! The parsed command line. How arguments combine is decided in `commands`.

use crate::commands::baseline::BaselineArguments;
use crate::commands::check::CheckArguments;
use crate::commands::clean::CleanArguments;
use crate::commands::compare::CompareArguments;
use crate::commands::completions::CompletionsArguments;
use crate::commands::doctor::DoctorArguments;
use crate::commands::export::ExportArguments;
use crate::commands::init::InitArguments;
use crate::commands::install::InstallArguments;
use crate::commands::list::ListArguments;
use crate::commands::man::ManArguments;
use crate::commands::museum::MuseumArguments;
use crate::commands::node::NodeArguments;
use crate::commands::replay::ReplayArguments;
use crate::commands::report::ReportArguments;
use crate::commands::runs::RunsArguments;
use crate::commands::serve::ServeArguments;
use crate::commands::show::ShowArguments;
use crate::commands::shrink::ShrinkArguments;
use crate::commands::story::StoryArguments;
use crate::commands::sweep::SweepArguments;
use crate::commands::test::TestArguments;
use crate::exit;
use crate::run_arguments::RunArguments;
use clap::{CommandFactory as _, Parser, Subcommand};

/// Runs, judges and compares tests of Maelstrom nodes: the Gossip Glomers challenges, without a JVM.
#[derive(Debug, Parser)]
#[command(name = "glomers", version, max_term_width = 100, after_help = exit::HELP)]
#[command(args_override_self = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Begin a node: a program that passes the first challenges, in the language of your choice.
    Init(InitArguments),
    /// Build the node, run challenges against it, judge, and print the metrics.
    Run(Box<RunArguments>),
    /// Run many seeds of a challenge, simulated, and summarize what they showed.
    Sweep(Box<SweepArguments>),
    /// Run a test with Maelstrom's own command line (`maelstrom test ...`).
    Test(Box<TestArguments>),
    /// Show all challenges with their parameters and targets.
    List(ListArguments),
    /// Show what is in the store, the newest run first.
    Runs(RunsArguments),
    /// Print what `run` printed for a run, again.
    Show(ShowArguments),
    /// Show what happened in a run, line by line: around its failure, or for a value, a node, a time.
    Story(StoryArguments),
    /// Print a table of runs, for a README or a wiki; or write a page of a run, for a browser.
    Report(ReportArguments),
    /// Show the store in a browser: the runs, their pages, comparisons, and runs in progress.
    Serve(ServeArguments),
    /// Draw pictures of a run, or write it for the viewers of other projects.
    Export(ExportArguments),
    /// Compare runs of the same test, and say whether it got worse.
    Compare(CompareArguments),
    /// Keep runs under a name, to compare others with.
    Baseline(BaselineArguments),
    /// Remove old runs from the store.
    Clean(CleanArguments),
    /// Make a run again from its run.json, and say whether it came out identical.
    Replay(ReplayArguments),
    /// Find a smaller run that fails as a stored one did, and tell its story.
    Shrink(ShrinkArguments),
    /// Judge a recorded history again: of a run, or from any other tool.
    Check(CheckArguments),
    /// Check what this machine has of all that a run needs or profits from.
    Doctor(DoctorArguments),
    /// Install the real Maelstrom, for --engine maelstrom.
    Install(InstallArguments),
    /// Hunt the wrong nodes of the bug museum, to see what finds them.
    Museum(MuseumArguments),
    /// Be our own node over stdin and stdout: it plays the challenges, by the messages that it gets.
    Node(NodeArguments),
    /// Print what a shell needs to complete commands and flags.
    Completions(CompletionsArguments),
    /// Print the manual page, or write a page for each command.
    Man(ManArguments),
    /// End what we started when we are gone (started by `run`).
    #[command(hide = true)]
    Watchdog,
}

/// The table of commands and flags, without the commands that the help hides.
pub(crate) fn shown_commands() -> clap::Command {
    let root = Arguments::command();
    let shown = root.get_subcommands().filter(|command| !command.is_hide_set()).cloned();
    let shown: Vec<clap::Command> = shown.collect();
    clap::Command::new("glomers")
        .version(env!("CARGO_PKG_VERSION"))
        .about(root.get_about().cloned().unwrap_or_default())
        .after_help(exit::HELP)
        .args(root.get_arguments().cloned())
        .subcommands(shown)
}
