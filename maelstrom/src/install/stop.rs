//! Stops an installation from another thread.

use std::io;
use std::process::{Child, ExitStatus};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Stops the installation that it came from: soon, and with nothing left of it.
#[derive(Clone, Default)]
pub struct Stop {
    stopped: Arc<AtomicBool>,
    /// The download, while there is one.
    download: Arc<Mutex<Option<Child>>>,
}

impl Stop {
    /// Stops it. A server that is silent is not waited for.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
        self.kill();
    }

    /// Whether it was stopped.
    pub(crate) fn is_set(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// A download has begun.
    pub(crate) fn watch(&self, download: Child) {
        *self.child() = Some(download);
        if self.is_set() {
            self.kill();
        }
    }

    /// Waits for the end of the download; none if there is none.
    pub(crate) fn ended(&self) -> Option<io::Result<ExitStatus>> {
        let download = self.child().take();
        download.map(|mut download| download.wait())
    }

    /// Ends the download, if it has not ended.
    pub(crate) fn end(&self) {
        self.kill();
        // One that was killed leaves nothing to know.
        let _ = self.ended();
    }

    fn kill(&self) {
        if let Some(download) = self.child().as_mut() {
            // It may have ended by itself.
            let _ = download.kill();
        }
    }

    fn child(&self) -> MutexGuard<'_, Option<Child>> {
        self.download.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
