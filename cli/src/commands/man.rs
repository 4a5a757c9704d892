//! `glomers man`: the manual, from the table of commands and flags.

use crate::args;
use crate::exit::Exit;
use crate::failure::{BadArguments, Context as _, Result};
use crate::terminal;
use clap::{Args, Command};
use clap_mangen::Man;
use glomers_results::write_atomically;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  glomers man | man -l -                        read the page of glomers
  glomers man ~/.local/share/man/man1           a page for each command, as in `man glomers-run`";

/// Number of the section of the manual for commands.
const SECTION: &str = "1";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ManArguments {
    /// Write a page for each command into this folder, which is made if it does not exist. Without it
    /// the page of glomers is printed.
    #[arg(value_name = "DIR")]
    dir: Option<PathBuf>,
}

/// Prints the main page, or writes all pages.
pub(crate) fn man(arguments: &ManArguments) -> Result<Exit> {
    let mut root = args::shown_commands();
    // Adds the global flags and the full names.
    root.build();
    match &arguments.dir {
        None => {
            let page = page(&root).context("failed to make the page")?;
            terminal::print(&String::from_utf8_lossy(&page))?;
        }
        Some(folder) => write_pages(&root, folder)?,
    }
    Ok(Exit::Valid)
}

fn page(command: &Command) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    let source = concat!("glomers ", env!("CARGO_PKG_VERSION"));
    Man::new(command.clone()).section(SECTION).source(source).render(&mut page)?;
    Ok(page)
}

/// The commands that have a page, each with the name of the page: those that the help shows.
fn documented(command: &Command, name: &str) -> Vec<(String, Command)> {
    let mut all = vec![(name.to_owned(), command.clone().display_name(name.to_owned()))];
    // clap adds a command `help`, which repeats all others.
    let shown = |it: &&Command| !it.is_hide_set() && it.get_name() != "help";
    for subcommand in command.get_subcommands().filter(shown) {
        all.extend(documented(subcommand, &format!("{name}-{}", subcommand.get_name())));
    }
    all
}

fn write_pages(root: &Command, folder: &Path) -> Result<()> {
    let mut pages = Vec::new();
    for (name, command) in documented(root, root.get_name()) {
        let path = folder.join(format!("{name}.{SECTION}"));
        let text = page(&command).with_context(|| format!("failed to make the page {name}"))?;
        if fs::read(&path).is_ok_and(|existing| !is_page_of(&existing, &name)) {
            let text = format!(
                "{} exists and is no page of glomers: remove it, or name another folder",
                path.display()
            );
            return Err(BadArguments(text).into());
        }
        pages.push((path, text));
    }
    fs::create_dir_all(folder).with_context(|| {
        format!(
            "failed to make the folder {} (check that its parent is writable)",
            folder.display()
        )
    })?;
    for (path, text) in &pages {
        write_atomically(path, text)?;
    }
    terminal::print(&format!("wrote {} pages into {}", pages.len(), terminal::shown_path(folder)))
}

/// Whether a file is a page that this command wrote earlier, which may be replaced.
fn is_page_of(text: &[u8], name: &str) -> bool {
    let text = String::from_utf8_lossy(text);
    text.lines().any(|line| line.starts_with(&format!(".TH {name} ")))
}
