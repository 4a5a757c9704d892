//! Ctrl-C: the first one stops the run, which writes its results so far; the second one ends the
//! process at once.

use crate::exit::Exit;
use crate::failure::{Context as _, Result};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::signal::unix::{SignalKind, signal};

/// Signals that request a stop.
const STOP_SIGNALS: [i32; 3] = [SIGINT, SIGTERM, SIGHUP];

/// Whether the user requested a stop.
#[derive(Debug, Clone)]
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// From now on the first signal is recorded, and the second ends the process. (The watchdog
    /// then ends the nodes.)
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

    /// Whether a signal was received.
    pub(crate) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Completes when a signal is received, at once if one was received before.
    pub(crate) async fn wait(&self) {
        let streams = STOP_SIGNALS.map(|number| signal(SignalKind::from_raw(number)));
        // Without the streams, callers of `is_set` still see the flag.
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
