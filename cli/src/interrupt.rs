//! Ctrl-C: the first one stops the run, which writes its results so far; a later one ends the process at
//! once.

use crate::exit::Exit;
use crate::failure::{Context as _, Result};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;
use signal_hook::low_level::pipe;
use std::io;
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// Time after the first signal in which another one means the same: some tools send a signal to the
/// process and to its group (`timeout` does).
const SAME_REQUEST: Duration = Duration::from_millis(300);
/// Signals that request a stop.
const STOP_SIGNALS: [i32; 3] = [SIGINT, SIGTERM, SIGHUP];

/// Whether the user requested a stop.
#[derive(Debug, Clone)]
pub(crate) struct Interrupt {
    is_set: Arc<AtomicBool>,
    /// Readable once a signal was received.
    wakes: Arc<UnixStream>,
}

impl Interrupt {
    /// From now on the first signal is recorded, and a later one ends the process. (The watchdog
    /// then ends the nodes.)
    pub(crate) fn listen() -> Result<Self> {
        Self::register().context("failed to listen for signals")
    }

    fn register() -> io::Result<Self> {
        let is_set = Arc::new(AtomicBool::new(false));
        let ends_at_once = Arc::new(AtomicBool::new(false));
        let (wakes, woken) = UnixStream::pair()?;
        wakes.set_nonblocking(true)?;
        for number in STOP_SIGNALS {
            let status = i32::from(Exit::Interrupted.status());
            flag::register_conditional_shutdown(number, status, Arc::clone(&ends_at_once))?;
            flag::register(number, Arc::clone(&is_set))?;
            pipe::register(number, woken.try_clone()?)?;
        }
        let wakes = Arc::new(wakes);
        let first = Arc::clone(&wakes);
        thread::Builder::new().name("interrupt".to_owned()).spawn(move || {
            let mut watched = [PollFd::new(first.as_fd(), PollFlags::POLLIN)];
            // Nothing is read, so that others see it, too. The thread ends with the process.
            let mut polled = Err(Errno::EINTR);
            while polled == Err(Errno::EINTR) {
                polled = poll(&mut watched, PollTimeout::NONE);
            }
            if polled.is_ok() {
                thread::sleep(SAME_REQUEST);
                ends_at_once.store(true, Ordering::Relaxed);
            }
        })?;
        Ok(Self { is_set, wakes })
    }

    /// Whether a signal was received.
    pub(crate) fn is_set(&self) -> bool {
        self.is_set.load(Ordering::Relaxed)
    }

    /// Completes when a signal is received, at once if one was received before. It needs a runtime
    /// with I/O.
    pub(crate) async fn wait(&self) {
        let readable = async {
            let stream = tokio::net::UnixStream::from_std(self.wakes.try_clone()?)?;
            stream.readable().await
        };
        // Without the stream, callers of `is_set` still see the flag.
        if readable.await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
