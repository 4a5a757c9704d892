//! The store: a folder of run directories, `<workload>/<time>-s<seed>/`, with links to the newest. Runs
//! that repeat one another are in a group, `<workload>/<time>-x<number>/`.

use crate::failure::{Context as _, Result};
use crate::in_progress::InProgress;
use crate::start_time::StartTime;
use crate::terminal;
use glomers_results::{GROUP_MARK, RECORD_FILE};
use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// The directory of a new run.
#[derive(Debug)]
pub(crate) struct RunDirectory {
    store: PathBuf,
    workload: &'static str,
    /// Its name, after that of its group if it has one.
    name: String,
    /// When the run began.
    pub(crate) start: StartTime,
    /// Warnings about links that could not be made; runs do not depend on them.
    unlinked: Vec<String>,
    /// Shows others that the run is in progress.
    _mark: Option<InProgress>,
}

impl RunDirectory {
    /// Creates a new directory, which no other process uses, and lets `current` point to it.
    ///
    /// The seed is part of the name: runs of different seeds may begin in the same millisecond.
    pub(crate) fn create(
        store: &Path,
        workload: &'static str,
        seed: u64,
        group: Option<&str>,
    ) -> Result<Self> {
        let parent = store.join(workload).join(group.unwrap_or_default());
        fs::create_dir_all(&parent).with_context(|| {
            format!(
                "failed to make the folder {}: is it writable? --store, or `store` in glomers.toml, names \
                 another",
                parent.display()
            )
        })?;
        let made = StartTime::create_folder(&parent, &format!("-s{seed}"));
        let (start, path) = made.with_context(|| {
            format!("failed to make a folder in {}: is it writable?", parent.display())
        })?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let name = group.map_or_else(|| name.to_string(), |group| format!("{group}/{name}"));
        let (store, unlinked) = (store.to_owned(), Vec::new());
        let mark = InProgress::mark(&path);
        let mut directory = Self { store, workload, name, start, unlinked, _mark: mark };
        let logs = directory.node_logs();
        fs::create_dir(&logs)
            .with_context(|| format!("failed to make the folder {}", logs.display()))?;
        directory.unlinked.extend(directory.link("current"));
        Ok(directory)
    }

    /// The path of the directory.
    pub(crate) fn path(&self) -> PathBuf {
        self.store.join(self.workload).join(&self.name)
    }

    /// The folder of the nodes' stderr.
    pub(crate) fn node_logs(&self) -> PathBuf {
        self.path().join("node-logs")
    }

    /// Problems when the directory was created that do not prevent the run.
    pub(crate) fn warnings(&self) -> &[String] {
        &self.unlinked
    }

    /// Ends the run: lets `latest` point to it, in the store and in the workload's folder. Returns
    /// warnings.
    pub(crate) fn finish(&self) -> Vec<String> {
        let in_workload = self.store.join(self.workload).join("latest");
        let in_workload = replace_link(Path::new(&self.name), &in_workload);
        self.link("latest").into_iter().chain(in_workload).collect()
    }

    /// Lets a link in the store point to the run. Returns a warning if that fails.
    fn link(&self, name: &str) -> Option<String> {
        replace_link(&Path::new(self.workload).join(&self.name), &self.store.join(name))
    }
}

/// A folder for runs that repeat one another.
pub(crate) struct Group {
    /// Its name.
    pub(crate) name: String,
    /// Shows others that runs are still to come.
    _mark: Option<InProgress>,
}

/// Creates a folder for runs that repeat one another.
pub(crate) fn create_group(store: &Path, workload: &str, number: u32) -> Result<Group> {
    let parent = store.join(workload);
    let failed = || format!("failed to make a folder in {}: is it writable?", parent.display());
    fs::create_dir_all(&parent).with_context(failed)?;
    let suffix = format!("{GROUP_MARK}{number}");
    let (_, path) = StartTime::create_folder(&parent, &suffix).with_context(failed)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Group { name, _mark: InProgress::mark(&path) })
}

/// Prints a note to stderr if a run that began later than the one `latest` points to has no record:
/// it was killed, or has not ended yet.
pub(crate) fn note_unfinished(path: &Path) {
    if path.file_name().is_none_or(|name| name != "latest") {
        return;
    }
    let current = path.with_file_name("current");
    let (Ok(newest), Ok(ended)) = (current.canonicalize(), path.canonicalize()) else { return };
    // The names of run directories begin with their time.
    let is_newer = newest.file_name() > ended.file_name();
    if is_newer && !newest.join(RECORD_FILE).exists() {
        let state = if InProgress::is_marked(&newest) { "is still running" } else { "was killed" };
        terminal::print_to_stderr(&format!(
            "note: {} is the last run that ended; a newer one, {}, {state}",
            path.display(),
            current.display()
        ));
    }
}

/// Moves the directory of a completed run into a store on the same file system, as if it had been
/// created there: `latest` points to it. Returns the new path.
pub(crate) fn adopt(run: &Path, store: &Path, workload: &'static str) -> Result<PathBuf> {
    let name = run.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let (store, start, unlinked) = (store.to_owned(), StartTime::now(), Vec::new());
    let adopted = RunDirectory { store, workload, name, start, unlinked, _mark: None };
    let path = adopted.path();
    fs::create_dir_all(adopted.store.join(workload))
        .and_then(|()| fs::rename(run, &path))
        .with_context(|| format!("failed to move {} to {}", run.display(), path.display()))?;
    for problem in adopted.finish() {
        terminal::print_to_stderr(&format!("warning: {problem}"));
    }
    Ok(path)
}

/// Replaces a link atomically, so that it always exists. Returns a warning if that fails.
///
/// A folder or file of that name is not removed.
fn replace_link(target: &Path, link: &Path) -> Option<String> {
    static LINKS: AtomicU64 = AtomicU64::new(0);
    // Other processes, and other threads of this one, may replace the same link.
    let number = LINKS.fetch_add(1, Ordering::Relaxed);
    let aside = link.with_extension(format!("{}.{number}.new", std::process::id()));
    let _ = fs::remove_file(&aside);
    let is_foreign = fs::symlink_metadata(link).is_ok_and(|there| !there.is_symlink());
    let made = if is_foreign {
        Err(io::Error::other("something that is not a link has that name, move it away"))
    } else {
        symlink(target, &aside).and_then(|()| fs::rename(&aside, link))
    };
    let error = made.err()?;
    let _ = fs::remove_file(&aside);
    Some(format!("failed to make the link {}: {error}", link.display()))
}
