//! Starts Maelstrom so that its runs are written to glomers' store, and keeps its log.

use super::MaelstromRun;
use super::observer::RunListener;
use crate::failure::{CommandFailure, Context as _, Result};
use crate::interrupt::Interrupt;
use crate::job::Output;
use crate::start_time::StartTime;
use glomers_config::Plan;
use glomers_engine::Watchdog;
use glomers_maelstrom::{Console, Ended, Java, Process, judge_start};
use std::cell::RefCell;
use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// Name of Maelstrom's log in a run's folder.
pub(super) const LOG_FILE: &str = "console.log";

/// A run that is over but not yet judged.
pub(super) struct Execution {
    pub(super) ended: Ended,
    pub(super) console: Console,
    /// The run's folder, if Maelstrom created one.
    pub(super) folder: Option<PathBuf>,
    /// The file of Maelstrom's output, in that folder, or else in the store.
    pub(super) log: PathBuf,
    /// The Java that Maelstrom found; `None` if no Java answered.
    pub(super) java: Option<Java>,
}

/// Runs Maelstrom. When this returns, neither it nor any node is still running.
pub(super) fn execute(
    run: &MaelstromRun,
    plan: &Plan,
    store: &Path,
    output: Output,
    interrupt: &Interrupt,
    watchdog: &RefCell<Watchdog>,
) -> Result<Execution> {
    let store = std::path::absolute(store)
        .with_context(|| format!("failed to find {}", store.display()))?;
    fs::create_dir_all(&store).with_context(|| {
        format!("failed to make the folder {}: is it writable?", store.display())
    })?;
    // Maelstrom writes into `store` in its working folder; glomers' store may have another name.
    let folder = tempfile::Builder::new()
        .prefix("glomers-")
        .tempdir()
        .context("failed to make a temporary folder for Maelstrom")?;
    watchdog.borrow_mut().remove_at_end(folder.path());
    symlink(&store, folder.path().join("store")).context("failed to link the store")?;
    let (log, mut log_file) = create_log(&store)?;

    let mut console = Console::new();
    let mut listener = RunListener::new(plan, &store, log, output, watchdog);
    let process = Process {
        invocation: &run.invocation,
        folder: folder.path(),
        log: &mut log_file,
        timeout: run.timeout,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("failed to start the runtime")?;
    let path = std::env::var_os("PATH");
    let (ended, java) = runtime.block_on(async {
        tokio::join!(
            process.run(&mut console, &mut listener, interrupt.wait()),
            Java::find(path.as_deref())
        )
    });
    let (folder, log) = listener.finish(&console);
    match ended {
        Ok(ended) => Ok(Execution { ended, console, folder, log, java: java.ok() }),
        Err(error) => {
            let failure = judge_start(&error).map(CommandFailure::from);
            // Remove an empty log.
            if fs::metadata(&log).is_ok_and(|file| file.len() == 0) {
                let _ = fs::remove_file(&log);
            }
            Err(failure.unwrap_or_else(|| error.into()))
        }
    }
}

/// Creates a log in the store, where it stays until the run has a folder.
fn create_log(store: &Path) -> Result<(PathBuf, File)> {
    let time = StartTime::now().in_names();
    let path = store.join(format!("console-{time}-{}.log", std::process::id()));
    let file = File::create_new(&path)
        .with_context(|| format!("failed to write {}: is it writable?", path.display()))?;
    Ok((path, file))
}
