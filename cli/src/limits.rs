//! The resource limits of this process, and the needs of a run.

use crate::failure::{CommandFailure, Context as _, Result};
use glomers_engine::raise_descriptor_limit;
use signal_hook::consts::SIGXFSZ;
use signal_hook::flag;
use std::sync::Arc;

/// Descriptors for everything but the nodes: the files of the run, the watchdog, timers, signals.
const OWN_DESCRIPTORS: u64 = 32;
/// Descriptors for each node: its stdin, its stdout, and its exit notification.
const NODE_DESCRIPTORS: u64 = 3;

/// Prepares this process: raises the limit on open files, and makes reaching the limit of
/// `ulimit -f` a failed write instead of a fatal signal.
pub(crate) fn prepare() -> Result<()> {
    raise_descriptor_limit();
    // A handler, unlike an ignored signal, is not inherited by child processes.
    flag::register(SIGXFSZ, Arc::default()).context("failed to listen for signals")?;
    Ok(())
}

/// Refuses a run of `nodes` nodes if the limit on open files is too low for it.
pub(crate) fn require_descriptors(nodes: usize) -> Result<()> {
    let needed = OWN_DESCRIPTORS + NODE_DESCRIPTORS * nodes as u64;
    let allowed = raise_descriptor_limit();
    if allowed < needed {
        return Err(CommandFailure::crash(format!(
            "{nodes} nodes need {needed} open files, and this system allows {allowed}: raise the \
             limit (`ulimit -n {needed}`), or use fewer nodes"
        )));
    }
    Ok(())
}
