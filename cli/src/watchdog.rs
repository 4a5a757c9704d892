//! Starts the process that ends what we started, should we be killed.

use anyhow::{Context as _, Result};
use glomers_engine::Watchdog;
use std::cell::RefCell;
use std::process::Command;
use std::rc::Rc;

/// Starts it: our own program, with another command.
pub(crate) fn start() -> Result<Rc<RefCell<Watchdog>>> {
    let mut command =
        Command::new(std::env::current_exe().context("failed to find our own program")?);
    command.arg("watchdog");
    Ok(Rc::new(RefCell::new(Watchdog::start(command)?)))
}
