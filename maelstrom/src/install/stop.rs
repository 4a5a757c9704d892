//! Stops an installation from another thread.

use std::io;
use std::process::{Child, ExitStatus};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Stops its installation soon, with no files left.
#[derive(Clone, Default)]
pub struct Stop {
    stopped: Arc<AtomicBool>,
    /// The download in progress.
    download: Arc<Mutex<Option<Child>>>,
}

impl Stop {
    /// Stops the installation, without waiting for a silent server.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
        self.kill();
    }

    /// Whether `stop` was called.
    pub(crate) fn is_set(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// Registers a download.
    pub(crate) fn watch(&self, download: Child) {
        *self.child() = Some(download);
        if self.is_set() {
            self.kill();
        }
    }

    /// Waits for the end of the download; `None` if there is no download.
    pub(crate) fn ended(&self) -> Option<io::Result<ExitStatus>> {
        let download = self.child().take();
        download.map(|mut download| download.wait())
    }

    /// Kills the download, if it has not ended.
    pub(crate) fn end(&self) {
        self.kill();
        // The exit status of a killed process is not needed.
        let _ = self.ended();
    }

    fn kill(&self) {
        if let Some(download) = self.child().as_mut() {
            // It may already have ended.
            let _ = download.kill();
        }
    }

    fn child(&self) -> MutexGuard<'_, Option<Child>> {
        self.download.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
