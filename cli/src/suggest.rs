//! Suggests what was meant by an argument that clap does not know.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command};
use glomers_config::nearest;
use std::ffi::OsString;

/// Replaces clap's suggestions, which include hidden commands and dissimilar names.
pub(crate) fn with_suggestions(
    mut error: clap::Error,
    root: &Command,
    words: &[OsString],
) -> clap::Error {
    for kind in
        [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue]
    {
        error.remove(kind);
    }
    match error.kind() {
        ErrorKind::InvalidSubcommand => {
            // Clap's tip on how to pass the argument as a value, which no command accepts here.
            error.remove(ContextKind::Suggested);
            suggest_command(&mut error, root);
        }
        ErrorKind::UnknownArgument => suggest_flag(&mut error, root, words),
        ErrorKind::InvalidValue => suggest_value(&mut error),
        _ => {}
    }
    error
}

fn text(error: &clap::Error, kind: ContextKind) -> Option<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        _ => None,
    }
}

/// The commands that the help shows.
fn commands(root: &Command) -> impl Iterator<Item = &Command> {
    root.get_subcommands().filter(|command| !command.is_hide_set())
}

fn suggest_command(error: &mut clap::Error, root: &Command) {
    let Some(typed) = text(error, ContextKind::InvalidSubcommand) else { return };
    if let Some(name) = nearest(&typed, commands(root).map(Command::get_name)) {
        let names = ContextValue::Strings(vec![name.to_owned()]);
        error.insert(ContextKind::SuggestedSubcommand, names);
    }
}

fn suggest_value(error: &mut clap::Error) {
    let Some(ContextValue::Strings(valid)) = error.get(ContextKind::ValidValue) else { return };
    let Some(typed) = text(error, ContextKind::InvalidValue) else { return };
    if let Some(name) = nearest(&typed, valid.iter().map(String::as_str)).map(str::to_owned) {
        error.insert(ContextKind::SuggestedValue, ContextValue::String(name));
    }
}

/// The long names of a command's flags.
fn flags(command: &Command) -> impl Iterator<Item = &str> {
    command.get_arguments().filter(|argument| !argument.is_hide_set()).filter_map(Arg::get_long)
}

fn suggest_flag(error: &mut clap::Error, root: &Command, words: &[OsString]) {
    let Some(typed) = text(error, ContextKind::InvalidArg) else { return };
    let words: Vec<&str> = words.iter().filter_map(|word| word.to_str()).collect();
    let command = words.iter().find_map(|word| root.find_subcommand(word));
    let here = command.unwrap_or(root);
    // clap splits `-bin` into letters, and names the first one that is not a flag.
    let long = words.iter().filter_map(|word| word.strip_prefix('-'));
    let mut long = long.map(|word| word.split('=').next().unwrap_or_default());
    let with_one_dash = || long.find(|name| flags(here).any(|flag| flag == *name));
    let Some(typed) = typed.strip_prefix("--").or_else(with_one_dash) else { return };
    if let Some(name) = nearest(typed, flags(here)) {
        error.insert(ContextKind::SuggestedArg, ContextValue::String(format!("--{name}")));
    }
    let others = commands(root).filter(|other| other.get_name() != here.get_name());
    let having: Vec<String> = others
        .filter(|other| flags(other).any(|flag| flag == typed))
        .map(|other| format!("`glomers {}`", other.get_name()))
        .collect();
    if !having.is_empty() && !flags(here).any(|flag| flag == typed) {
        let tip = format!("--{typed} is a flag of {}", having.join(", "));
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
    }
}

#[cfg(test)]
mod tests {
    use crate::args::Arguments;
    use clap::{CommandFactory as _, Parser as _};

    fn error(line: &str) -> String {
        let words: Vec<_> = line.split(' ').map(Into::into).collect();
        let error = Arguments::try_parse_from(&words).unwrap_err();
        super::with_suggestions(error, &Arguments::command(), &words).to_string()
    }

    #[test]
    fn what_is_near_and_shown_is_suggested() {
        for (line, expected) in [
            ("glomers swep echo", "'sweep'"),
            ("glomers lsit", "'list'"),
            ("glomers Run echo", "'run'"),
            ("glomers run echo --node-cuont 3", "'--node-count'"),
            ("glomers run echo --node_count 3", "'--node-count'"),
            ("glomers run echo --format jsn", "'json'"),
            ("glomers run echo --engine maelstorm", "'maelstrom'"),
            ("glomers run echo -bin ./node", "'--bin'"),
            ("glomers run echo --seeds 3", "--seeds is a flag of `glomers sweep`"),
            ("glomers test --bin n --seed 3", "--seed is a flag of `glomers run`, `glomers sweep`"),
            ("glomers --bin ./node", "--bin is a flag of `glomers run`"),
        ] {
            let error = error(line);
            assert!(error.contains("tip: ") && error.contains(expected), "{line}\n{error}");
        }
    }

    #[test]
    fn what_is_far_or_hidden_is_not() {
        for line in ["glomers watch", "glomers dashboard", "glomers watchdo", "glomers x"] {
            let error = error(line);
            assert!(!error.contains("tip") && !error.contains("similar"), "{line}\n{error}");
        }
        let error = error("glomers run echo --frobnicate");
        assert!(!error.contains("similar"), "{error}");
    }
}
