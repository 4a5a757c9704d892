//! `glomers init`: a first node, and the commands to go on with.

use crate::exit::Exit;
use crate::failure::{BadArguments, Result};
use crate::init::{self, Guess, Language, Template};
use crate::terminal;
use clap::Args;
use glomers_maelstrom::find_on_path;
use glomers_simulator::SIMULATES_PROGRAMS;
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  glomers init                                  here, in the language of this folder
  glomers init --lang go my-node                a new folder

Files that exist are never overwritten: if one of them does, nothing is written. A go.mod or \
.gitignore is kept as it is.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct InitArguments {
    /// The folder, which is made if it does not exist.
    #[arg(value_name = "DIR", default_value = ".")]
    dir: PathBuf,
    /// The language [default: that of the folder, by its go.mod, Cargo.toml, package.json, pom.xml,
    /// build.gradle or pyproject.toml, else by its source files; in a folder without any, the first of
    /// this list that is installed].
    #[arg(long, value_enum)]
    lang: Option<Language>,
}

/// Writes a node for echo and broadcast-a, and prints what to do next.
pub(crate) fn init(arguments: &InitArguments) -> Result<Exit> {
    let path = std::env::var_os("PATH");
    let Guess { language, reason } = match arguments.lang {
        Some(language) => Guess { language, reason: String::new() },
        None => Language::guess(&arguments.dir, path.as_deref()).ok_or_else(|| {
            let text = "no language is known by the files of the folder, and none is installed: choose \
                        one with --lang";
            BadArguments(text.to_owned())
        })?,
    };
    let written = init::write(language, &arguments.dir)?;
    let report = report(language, &reason, &written, &arguments.dir);
    terminal::print(&terminal::fitted_to_stdout(&report))?;
    if find_on_path(language.tool(), path.as_deref()).is_none() {
        let tool = language.tool();
        let text = format!("note: {tool} is not on the PATH: install it before the first run");
        terminal::print_to_stderr(&text);
    }
    Ok(Exit::Valid)
}

/// What was written, and the next commands.
fn report(language: Language, reason: &str, written: &[Template], folder: &Path) -> String {
    let shown = |path: &str| terminal::shown_path(&plain(folder).join(path));
    let files: Vec<(String, &str)> = written.iter().map(|it| (shown(it.path), it.what)).collect();
    let width = language.templates().iter().map(|it| shown(it.path).chars().count()).max();
    let width = width.unwrap_or_default();
    let behind = if reason.is_empty() { String::new() } else { format!(" ({reason})") };
    let mut lines = vec![format!("A node in {}{behind}:", language.name())];
    lines.extend(files.iter().map(|(path, what)| format!("  {path:width$}  {what}")));
    let kept =
        language.templates().iter().filter(|it| !written.iter().any(|new| new.path == it.path));
    lines
        .extend(kept.map(|it| format!("  {:width$}  is there, and left as it is", shown(it.path))));
    lines.push("Next:".to_owned());
    if plain(folder) != Path::new("") {
        lines.push(format!("  cd {}", typed(folder)));
    }
    let node = language.templates().first().map_or("", |template| template.path);
    lines.push("  glomers run echo                passes".to_owned());
    lines.push("  glomers run broadcast-a         passes: one node keeps all values".to_owned());
    lines.push(format!(
        "  glomers run broadcast-b         fails: five nodes, and each keeps its values to itself. Send them \
         on in {node}."
    ));
    if SIMULATES_PROGRAMS {
        lines.push("  glomers run broadcast-b --sim   the same, in a second".to_owned());
    }
    lines.join("\n")
}

/// The folder as an argument in a shell.
fn typed(folder: &Path) -> String {
    let mut path = terminal::shown_path(folder);
    if path.starts_with('-') {
        // Else it would be an option.
        path.insert_str(0, "./");
    }
    // A path has no zero byte, which alone cannot be quoted.
    shlex::try_quote(&path).map_or_else(|_| path.clone(), std::borrow::Cow::into_owned)
}

/// The folder, which is empty if it is the current one.
fn plain(folder: &Path) -> &Path {
    if folder == Path::new(".") { Path::new("") } else { folder }
}
