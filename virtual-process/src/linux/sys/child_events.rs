//! A descriptor that becomes readable whenever a child of this process stops or ends.

use nix::libc;
use nix::sys::eventfd::{EfdFlags, EventFd};
use std::io;
use std::os::fd::{AsRawFd as _, BorrowedFd};
use std::sync::OnceLock;

static EVENTS: OnceLock<Result<EventFd, i32>> = OnceLock::new();

/// The descriptor. It stays readable forever: each event is seen as a new edge by all edge-triggered
/// epolls of the process, in whichever of its threads the signal is handled. So no thread can take
/// another's event away.
///
/// # Errors
/// If there are no descriptors left.
pub(crate) fn descriptor() -> io::Result<BorrowedFd<'static>> {
    use std::os::fd::AsFd as _;
    let created = EVENTS.get_or_init(|| {
        let flags = EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK;
        let events = EventFd::from_flags(flags).map_err(|error| error as i32)?;
        listen(events.as_raw_fd()).map_err(|error| error.raw_os_error().unwrap_or(libc::EIO))?;
        Ok(events)
    });
    match created {
        Ok(events) => Ok(events.as_fd()),
        Err(code) => Err(io::Error::from_raw_os_error(*code)),
    }
}

/// Writes to the descriptor at each SIGCHLD, besides what others do at it.
#[expect(unsafe_code, reason = "a signal handler is unsafe by nature")]
fn listen(events: i32) -> io::Result<()> {
    let handler = move || {
        let one = 1_u64.to_ne_bytes();
        // SAFETY: the buffer is valid for its length, and the descriptor is never closed.
        unsafe { libc::write(events, one.as_ptr().cast(), one.len()) };
    };
    // SAFETY: the handler makes one system call that is async-signal-safe. (The registry preserves
    // errno.)
    unsafe { signal_hook::low_level::register(libc::SIGCHLD, handler) }.map(drop)
}
