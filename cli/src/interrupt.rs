//! Ctrl-C: once, the run stops and writes what there is; twice, we are gone at once.

use crate::exit::Exit;
use anyhow::{Context as _, Result};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::signal::unix::{SignalKind, signal};

/// Signals that ask us to stop.
const STOP_SIGNALS: [i32; 3] = [SIGINT, SIGTERM, SIGHUP];

/// Whether somebody asked us to stop.
#[derive(Debug, Clone)]
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// From now on the first signal is noted, and the second ends the process. (Nodes end with it:
    /// the watchdog sees to that.)
    pub(crate) fn listen() -> Result<Self> {
        let stopped = Arc::new(AtomicBool::new(false));
        for number in STOP_SIGNALS {
            let status = i32::from(Exit::Interrupted.status());
            flag::register_conditional_shutdown(number, status, Arc::clone(&stopped))
                .and_then(|_| flag::register(number, Arc::clone(&stopped)))
                .context("failed to listen for signals")?;
        }
        Ok(Self(stopped))
    }

    /// Whether a signal came.
    pub(crate) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Ends when a signal comes, or came before.
    pub(crate) async fn wait(&self) {
        let streams = STOP_SIGNALS.map(|number| signal(SignalKind::from_raw(number)));
        // Without the streams the flag is still seen by everything that asks for it.
        let [Ok(mut interrupt), Ok(mut terminate), Ok(mut hang_up)] = streams else {
            return std::future::pending().await;
        };
        if !self.is_set() {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
                _ = hang_up.recv() => {}
            }
        }
    }
}
