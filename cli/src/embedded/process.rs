//! Runs one plan with real processes in real time, with files in a run directory.

use super::observer::RunObserver;
use super::{Execution, pipe_warnings};
use crate::failure::{Context as _, Result};
use crate::interrupt::Interrupt;
use crate::node_command::NodeCommand;
use crate::store::RunDirectory;
use glomers_config::Plan;
use glomers_engine::{
    ChildHost, ChildSettings, Core, Lateness, RealRun, Recorder, Watchdog, run_real,
};
use glomers_results::{Clock, EngineLateness};
use std::cell::RefCell;
use std::fs;
use std::rc::Rc;
use std::time::Duration;
use tempfile::TempDir;

/// Runs the plan. When it returns, nodes and their children have ended, and their folders are
/// removed.
pub(super) fn execute(
    plan: &Plan,
    node: &NodeCommand,
    directory: &RunDirectory,
    quiet: bool,
    interrupt: &Interrupt,
    watchdog: &Rc<RefCell<Watchdog>>,
) -> Result<Execution> {
    let core = Core::new(plan.clone())?;
    let folder = directory.path();
    let recorder = Recorder::create(&folder, plan.journal)?;
    let mut observer = RunObserver::new(plan, &folder, quiet)?;
    observer.log.note(&format!("{} with {}", plan.challenge, node.display()));
    let private = tempfile::Builder::new()
        .prefix("glomers-")
        .tempdir()
        .context("failed to make a temporary folder for the nodes")?;
    watchdog.borrow_mut().remove_at_end(private.path());
    let mut hosts = Vec::with_capacity(plan.nodes.len());
    for name in &plan.nodes {
        let working_folder = private.path().join(name).join("work");
        let temporary_folder = private.path().join(name).join("tmp");
        for folder in [&working_folder, &temporary_folder] {
            fs::create_dir_all(folder)
                .with_context(|| format!("failed to make the folder {}", folder.display()))?;
        }
        let settings = ChildSettings {
            name: name.clone(),
            program: node.program.clone(),
            args: node.args.clone(),
            working_folder,
            temporary_folder,
            stderr_file: directory.node_logs().join(format!("{name}.log")),
        };
        hosts.push(ChildHost::new(settings, Some(Rc::clone(watchdog))));
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("failed to start the runtime")?;
    let ran = runtime.block_on(run_real(
        core,
        &mut hosts,
        Some(recorder),
        &mut observer,
        interrupt.wait(),
    ));
    observer.progress.finish();
    if let Ok(RealRun { lateness, .. }) = &ran
        && let Some(times) = lateness.times()
    {
        let text = format!(
            "engine: {} messages between nodes were written {:?} after they were due (median; \
             99 % within {:?})",
            times.count, times.median, times.p99
        );
        observer.log.note(&text);
    }
    let closed_nodes = observer.closed_nodes;
    let logged = observer.log.finish();
    let outcome = ran?;
    logged?;
    let last_lines = hosts.iter().map(ChildHost::last_lines).collect();
    for host in &hosts {
        host.add_log_times(|time| outcome.core.in_test(time))?;
    }
    let unread = hosts.iter().map(ChildHost::unread_bytes);
    let mut warnings = pipe_warnings(plan, &closed_nodes, unread);
    warnings.extend(remove_private(private));
    Ok(Execution {
        core: outcome.core,
        clock: Clock::Real,
        last_lines,
        lateness: Some(lateness_of(&outcome.engine_lateness)),
        warnings,
    })
}

/// Converts the engine's lateness to milliseconds.
fn lateness_of(lateness: &Lateness) -> EngineLateness {
    let ms = |time: Duration| time.as_secs_f64() * 1000.0;
    EngineLateness {
        p99_ms: lateness.times().map_or(0.0, |times| ms(times.p99)),
        longest_ms: ms(lateness.longest()),
    }
}

/// Removes the nodes' private folder. Returns a warning if that fails: the folder may be large, and
/// the user would not look for it.
fn remove_private(folder: TempDir) -> Option<String> {
    let path = folder.path().to_owned();
    folder.close().err().map(|error| {
        format!(
            "the nodes' private folder {} could not be removed: {error}; remove it yourself",
            path.display()
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_private_folder_that_cannot_be_removed_is_named() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(remove_private(tempfile::tempdir().unwrap()), None);
        // A node replaced the folder by a file, which glomers must not remove.
        let path = folder.path().to_owned();
        fs::remove_dir(&path).unwrap();
        fs::write(&path, "").unwrap();
        let warning = remove_private(folder).unwrap();
        fs::remove_file(&path).unwrap();
        assert!(warning.contains(&path.display().to_string()), "{warning}");
        assert!(warning.contains("could not be removed"), "{warning}");
    }
}
