//! Child processes: death with their parent, large pipes.

use std::os::fd::AsFd;
use tokio::process::Command;

/// Size that is asked for a node's pipes: fewer, larger reads and writes.
#[cfg(target_os = "linux")]
const PIPE_BYTES: i32 = 1024 * 1024;

/// Makes the kernel kill the child when we die, so that even a `SIGKILL` leaves no node behind in
/// the moment before the watchdog knows of it. Other systems have only the watchdog.
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "code between fork and exec is unsafe by nature")]
pub(crate) fn die_with_parent(command: &mut Command) {
    use nix::sys::{prctl, signal::Signal};
    let parent = nix::unistd::getpid();
    let hook = move || {
        prctl::set_pdeathsig(Signal::SIGKILL)?;
        // We may have died before the line above.
        if nix::unistd::getppid() == parent {
            Ok(())
        } else {
            Err(std::io::Error::from_raw_os_error(nix::libc::ECHILD))
        }
    };
    // SAFETY: the hook runs in the forked child and makes only two async-signal-safe system calls;
    // it allocates nothing and takes no lock.
    unsafe {
        command.pre_exec(hook);
    }
}

/// See the Linux version.
#[cfg(not(target_os = "linux"))]
pub(crate) fn die_with_parent(_command: &mut Command) {}

/// Asks for a large pipe. A refusal costs only speed.
#[cfg(target_os = "linux")]
pub(crate) fn enlarge_pipe(pipe: impl AsFd) {
    let _ = nix::fcntl::fcntl(pipe, nix::fcntl::FcntlArg::F_SETPIPE_SZ(PIPE_BYTES));
}

/// See the Linux version.
#[cfg(not(target_os = "linux"))]
pub(crate) fn enlarge_pipe(_pipe: impl AsFd) {}
