//! Runs with our own engine: real processes, real time; then the judgement by our own checkers.

mod conclude;
mod execute;
mod failure;
mod observer;
mod run_log;

use crate::interrupt::Interrupt;
use crate::judged::{Circumstances, JudgedRun};
use crate::store::RunDirectory;
use anyhow::Result;
use glomers_engine::Watchdog;
use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

/// Runs and judges one plan.
pub(crate) fn run(
    circumstances: &Circumstances<'_>,
    store: &Path,
    quiet: bool,
    interrupt: &Interrupt,
    watchdog: &Rc<RefCell<Watchdog>>,
) -> Result<JudgedRun> {
    let Circumstances { plan, node, .. } = circumstances;
    let directory = RunDirectory::create(store, plan.workload.name())?;
    let execution = execute::execute(plan, node, &directory, quiet, interrupt, watchdog)?;
    conclude::conclude(execution, &directory, circumstances)
}
