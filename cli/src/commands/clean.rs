//! `glomers clean`: removes old runs from the store.

mod removal;

use crate::exit::Exit;
use crate::failure::{BadArguments, Result};
use crate::flag_parsers;
use crate::project::Project;
use crate::stored::{Entry, entries_if_any};
use crate::terminal::{self, shown_path};
use clap::{ArgGroup, Args};
use glomers_results::{BASELINES, SWEEPS};
use removal::{bytes_of, leftovers, remove, remove_leftover, size_text};
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Links to runs.
const LINKS: [&str; 2] = ["latest", "current"];

const EXAMPLES: &str = "\
Examples:
  glomers clean --keep 10 --dry-run             what would go
  glomers clean --keep 10                       all but the newest ten of each challenge
  glomers clean --older-than 7d --passed        what passed more than a week ago
  glomers clean --keep 0 --challenge echo       all runs of echo but the latest

A run that is going on stays, and one that a link `latest` or `current` names. Baselines, summaries \
of sweeps, folders with other names than glomers gives, and all that is no run directory are not \
touched. Runs of one `run --repeat` count as one, and go together.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
#[command(group = ArgGroup::new("how many").required(true).multiple(true))]
pub(crate) struct CleanArguments {
    /// Keep this many runs of each challenge, the newest.
    #[arg(long, value_name = "NUM", group = "how many")]
    keep: Option<u32>,
    /// Only runs that began longer ago than this: 7d, 12h, 30m.
    #[arg(long, value_name = "AGE", value_parser = flag_parsers::age, group = "how many")]
    older_than: Option<Duration>,
    /// Only runs that did not pass: invalid, unknown, with a missed target, unfinished or damaged.
    #[arg(long, conflicts_with = "passed")]
    failed: bool,
    /// Only runs that are valid and met their targets.
    #[arg(long)]
    passed: bool,
    /// Only runs of this challenge, by name or number; may be given again.
    #[arg(long, value_name = "CHALLENGE")]
    challenge: Vec<String>,
    /// Show what would be removed, and remove nothing.
    #[arg(long)]
    dry_run: bool,
    /// Folder of run directories [default: store beside glomers.toml, else here].
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
}

/// Removes runs, and says which.
pub(crate) fn clean(arguments: &CleanArguments) -> Result<Exit> {
    let project = Project::find()?;
    let store = project.store(arguments.store.as_deref());
    let challenges = project.challenge_names(&arguments.challenge)?;
    let mut all = entries_if_any(&store, arguments.store.is_some())?;
    // Below, there may be other stores, with baselines and links of their own.
    all.retain(|entry| is_in_place(&entry.path, &store));
    if arguments.store.is_some() {
        refuse_other_folder(&store, &all)?;
    }
    if !challenges.is_empty()
        && !all.is_empty()
        && !all.iter().any(|entry| challenges.contains(&entry.name()))
    {
        let text = format!("there is no run of {}", challenges.join(" or "));
        return Err(BadArguments(text).into());
    }
    let linked = linked(&store, &all);
    let (mut count, mut bytes) = (0, 0);
    let mut exit = Exit::Valid;
    let verb = if arguments.dry_run { "would remove" } else { "removed" };
    for left in leftovers(&store) {
        let path = shown_path(&left);
        let size = size_text(bytes_of(&left));
        if !arguments.dry_run
            && let Err(error) = remove_leftover(&left)
        {
            exit = error.report();
            continue;
        }
        terminal::print(&format!("{verb}: {path} ({size}), which a clean that was killed left"))?;
    }
    for entry in old(all, &challenges, arguments) {
        if entry.is_going_on() || linked.iter().any(|run| run.starts_with(real(&entry.path))) {
            continue;
        }
        if !entry.holds_only_runs() {
            let path = shown_path(&entry.path);
            terminal::print_to_stderr(&format!("left: {path} has something else than runs in it"));
            continue;
        }
        let size = bytes_of(&entry.path);
        if !arguments.dry_run {
            match remove(&entry.path, &store) {
                Ok(true) => {}
                Ok(false) => continue,
                // The others can go all the same.
                Err(error) => {
                    exit = error.report();
                    continue;
                }
            }
        }
        count += 1;
        bytes += size;
        terminal::print(&format!("{verb}: {} ({})", shown_path(&entry.path), size_text(size)))?;
    }
    let runs = if count == 1 { "1 run".to_owned() } else { format!("{count} runs") };
    match count {
        0 if exit == Exit::Valid => terminal::print("nothing to remove")?,
        0 => {}
        _ => terminal::print(&format!("{verb}: {runs}, {}", size_text(bytes)))?,
    }
    Ok(exit)
}

/// Whether a run or a group is where glomers makes them: in the folder of a workload.
fn is_in_place(path: &Path, store: &Path) -> bool {
    let is_other = |name: &std::ffi::OsStr| name == BASELINES || name == SWEEPS;
    let workload = path.parent();
    workload.and_then(Path::parent) == Some(store)
        && [Some(path), workload].iter().flatten().all(|it| !it.file_name().is_some_and(is_other))
}

/// Fails for a folder that is no store: something else may be removed from it.
fn refuse_other_folder(store: &Path, all: &[Entry]) -> Result<(), BadArguments> {
    let name = real(store);
    let is_inside = name.ends_with(BASELINES) || name.ends_with(SWEEPS);
    let is_linked = LINKS.iter().any(|link| store.join(link).is_symlink());
    if !is_inside && (is_linked || !all.is_empty()) {
        return Ok(());
    }
    let text = format!(
        "{} is no store: it has neither a link `latest` or `current` nor runs as <workload>/<time>",
        store.display()
    );
    Err(BadArguments(text))
}

/// The entries that the arguments are about: of those that pass the other filters, all but the newest of
/// each challenge.
fn old(all: Vec<Entry>, challenges: &[String], arguments: &CleanArguments) -> Vec<Entry> {
    let mut kept: HashMap<String, u32> = HashMap::new();
    let mut chosen = all;
    chosen.retain(|entry| {
        // A folder without a time in its name was made or named by the user.
        let Some(start) = entry.start() else { return false };
        let name = entry.name();
        let has_passed = entry.has_passed();
        if (arguments.failed && has_passed)
            || (arguments.passed && !has_passed)
            || !(challenges.is_empty() || challenges.contains(&name))
        {
            return false;
        }
        let kept = kept.entry(name).or_default();
        *kept += 1;
        let is_newest = arguments.keep.is_some_and(|keep| *kept <= keep);
        !is_newest && arguments.older_than.is_none_or(|age| start.age() > age)
    });
    // The oldest first.
    chosen.reverse();
    chosen
}

/// The runs that links name, in the store and in the folders of workloads.
fn linked(store: &Path, all: &[Entry]) -> Vec<PathBuf> {
    let workloads = all.iter().filter_map(|entry| entry.path.parent());
    let folders = std::iter::once(store).chain(workloads);
    let links = folders.flat_map(|folder| LINKS.map(|name| folder.join(name)));
    links.filter_map(|link| link.canonicalize().ok()).collect()
}

fn real(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}
