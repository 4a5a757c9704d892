//! Starts the watchdog, a process that ends all processes that glomers started if it is killed.

use crate::failure::{Context as _, Result};
use glomers_engine::Watchdog;
use std::cell::{OnceCell, RefCell};
use std::process::Command;
use std::rc::Rc;

/// A watchdog that is started lazily: a simulation needs none.
#[derive(Default)]
pub(crate) struct LazyWatchdog(OnceCell<Rc<RefCell<Watchdog>>>);

impl LazyWatchdog {
    /// The running watchdog; starts it if necessary.
    pub(crate) fn get(&self) -> Result<&Rc<RefCell<Watchdog>>> {
        if let Some(running) = self.0.get() {
            return Ok(running);
        }
        let started = start()?;
        Ok(self.0.get_or_init(|| started))
    }
}

/// Starts the watchdog: this program, with a hidden command.
pub(crate) fn start() -> Result<Rc<RefCell<Watchdog>>> {
    let mut command =
        Command::new(std::env::current_exe().context("failed to find our own program")?);
    command.arg("watchdog");
    Ok(Rc::new(RefCell::new(Watchdog::start(command)?)))
}
