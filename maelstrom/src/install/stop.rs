//! Stops an installation from another thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use ureq::Agent;

/// Stops the installation that it came from: soon, and with nothing left of it.
#[derive(Clone)]
pub struct Stop {
    stopped: Arc<AtomicBool>,
    agent: Agent,
}

impl Stop {
    /// Stops what is done with the help of this agent.
    pub(crate) fn new(agent: Agent) -> Self {
        Self { stopped: Arc::default(), agent }
    }

    /// Stops it. A server that is silent is not waited for.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
        self.agent.clone().shutdown();
    }

    /// Whether it was stopped.
    pub(crate) fn is_set(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }
}
