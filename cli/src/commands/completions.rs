//! `glomers completions`: what a shell needs to complete commands and flags.

use crate::args;
use crate::exit::Exit;
use crate::failure::Result;
use crate::terminal;
use clap::Args;
use clap_complete::Shell;

const EXAMPLES: &str = "\
Examples:
  glomers completions bash > ~/.local/share/bash-completion/completions/glomers
  glomers completions fish > ~/.config/fish/completions/glomers.fish
  glomers completions zsh > ~/.zfunc/_glomers

zsh reads them with these lines in ~/.zshrc: fpath+=~/.zfunc; autoload -U compinit; compinit";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct CompletionsArguments {
    /// The shell.
    #[arg(value_name = "SHELL", value_enum)]
    shell: Shell,
}

/// Prints the script for a shell.
pub(crate) fn completions(arguments: &CompletionsArguments) -> Result<Exit> {
    let mut script = Vec::new();
    let mut commands = args::shown_commands();
    clap_complete::generate(arguments.shell, &mut commands, "glomers", &mut script);
    terminal::print(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Valid)
}
