//! What the system allows this process, and what a run needs.

use anyhow::{Context as _, Result, bail};
use glomers_engine::raise_descriptor_limit;
use signal_hook::consts::SIGXFSZ;
use signal_hook::flag;
use std::sync::Arc;

/// Descriptors for everything but the nodes: the files of the run, the watchdog, timers, signals.
const OWN_DESCRIPTORS: u64 = 32;
/// Descriptors for each node: its stdin and stdout, and what says that it has ended.
const NODE_DESCRIPTORS: u64 = 3;

/// Prepares this process: as many open files as the system allows, and a file that reaches the
/// limit of `ulimit -f` is a failed write, not our end.
pub(crate) fn prepare() -> Result<()> {
    raise_descriptor_limit();
    // A handler, unlike an ignored signal, is not passed on to the programs that we start.
    flag::register(SIGXFSZ, Arc::default()).context("failed to listen for signals")?;
    Ok(())
}

/// Refuses a run of that many nodes where the system allows too few open files for it.
pub(crate) fn require_descriptors(nodes: usize) -> Result<()> {
    let needed = OWN_DESCRIPTORS + NODE_DESCRIPTORS * nodes as u64;
    let allowed = raise_descriptor_limit();
    if allowed < needed {
        bail!(
            "{nodes} nodes need {needed} open files, and this system allows {allowed}: raise the \
             limit (`ulimit -n {needed}`), or use fewer nodes"
        );
    }
    Ok(())
}
