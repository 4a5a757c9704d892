//! `glomers man`: the manual, from the table of commands and flags.

use crate::args;
use crate::exit::Exit;
use crate::failure::{BadArguments, Context as _, Result};
use crate::terminal;
use clap::{Args, Command};
use clap_mangen::Man;
use glomers_config::{InputError, read_input};
use std::fs::{self, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
Examples:
  glomers man | man -l -                        read the page of glomers
  glomers man ~/.local/share/man/man1           a page for each command, as in `man glomers-run`";

/// Number of the section of the manual for commands.
const SECTION: &str = "1";
/// Maximum size of a page that may be replaced, in bytes.
const MOST_BYTES: u64 = 1 << 20;
/// Permissions of a page, from which the user's mask takes away.
const MODE: u32 = 0o666;

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
    if let Some(there) = folder.ancestors().find(|path| path.exists()).filter(|it| !it.is_dir()) {
        let text = format!("{} is no folder: name another one", there.display());
        return Err(BadArguments(text).into());
    }
    let mut pages = Vec::new();
    for (name, command) in documented(root, root.get_name()) {
        let path = folder.join(format!("{name}.{SECTION}"));
        let text = page(&command).with_context(|| format!("failed to make the page {name}"))?;
        refuse_other(&path, &name)?;
        pages.push((path, text));
    }
    fs::create_dir_all(folder).with_context(|| {
        format!(
            "failed to make the folder {} (check that its parent is writable)",
            folder.display()
        )
    })?;
    // All are written aside before the first one gets its name: it is all pages or none.
    let failed = |path: &Path| {
        format!("failed to write {} (check that the folder is writable)", path.display())
    };
    let mut written = Vec::new();
    for (path, text) in &pages {
        let aside = tempfile::Builder::new()
            .permissions(Permissions::from_mode(MODE))
            .tempfile_in(folder)
            .and_then(|mut aside| aside.write_all(text).map(|()| aside.into_temp_path()))
            .with_context(|| failed(path))?;
        written.push((aside, path));
    }
    for (aside, path) in written {
        aside.persist(path).map_err(|error| error.error).with_context(|| failed(path))?;
    }
    terminal::print(&format!("wrote {} pages into {}", pages.len(), terminal::shown_path(folder)))
}

/// Refuses to replace anything that is no page of that name.
fn refuse_other(path: &Path, name: &str) -> Result<(), BadArguments> {
    match read_input(path, MOST_BYTES) {
        Ok(existing) if is_page_of(&existing, name) => Ok(()),
        Err(error) if error.is_not_found() => Ok(()),
        Err(error @ InputError::Io { .. }) => Err(BadArguments(format!(
            "{error}, so it may be no page of glomers: remove it, or name another folder"
        ))),
        _ => Err(BadArguments(format!(
            "{} exists and is no page of glomers: remove it, or name another folder",
            path.display()
        ))),
    }
}

/// Whether a file is a page that this command wrote earlier, which may be replaced.
fn is_page_of(text: &[u8], name: &str) -> bool {
    let text = String::from_utf8_lossy(text);
    text.lines().any(|line| line.starts_with(&format!(".TH {name} ")))
}
