//! Child processes: death with their parent, scheduling policy, large pipes.

use super::limits::restore_descriptor_limit;
use std::os::fd::AsFd;
use tokio::process::Command;

/// Requested size of a node's pipes, in bytes: allows fewer, larger reads and writes.
#[cfg(target_os = "linux")]
const PIPE_BYTES: i32 = 1024 * 1024;

/// Switches this thread to batch scheduling (`SCHED_BATCH`): when it wakes up, it does not preempt
/// other threads.
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "a system call that has no safe form")]
pub(crate) fn use_batch_scheduling() {
    use nix::libc;
    let priority = libc::sched_param { sched_priority: 0 };
    // SAFETY: the pointer is to a value that lives across the call, and 0 means this thread. If the
    // call fails, messages are only less punctual.
    unsafe { libc::sched_setscheduler(0, libc::SCHED_BATCH, &raw const priority) };
}

/// See the Linux version.
#[cfg(not(target_os = "linux"))]
pub(crate) fn use_batch_scheduling() {}

/// Prepares a child that is about to be started.
///
/// The kernel kills it when glomers dies, so that even a `SIGKILL` of glomers leaves no node
/// running before the watchdog knows of it. (On other systems there is only the watchdog.) The
/// child also uses batch scheduling (`SCHED_BATCH`), so that it does not preempt the engine when it
/// wakes up and messages are on time even with many nodes: this halves the maximum lateness.
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "code between fork and exec is unsafe by nature")]
pub(crate) fn prepare(command: &mut Command) {
    use nix::libc;
    use nix::sys::{prctl, signal::Signal};
    let parent = nix::unistd::getpid();
    let hook = move || {
        prctl::set_pdeathsig(Signal::SIGKILL)?;
        // The parent may have died before the line above.
        if nix::unistd::getppid() != parent {
            return Err(std::io::Error::from_raw_os_error(libc::ECHILD));
        }
        restore_descriptor_limit()?;
        use_batch_scheduling();
        Ok(())
    };
    // SAFETY: the hook runs in the forked child and makes only async-signal-safe system calls; it
    // allocates nothing and takes no lock.
    unsafe {
        command.pre_exec(hook);
    }
}

/// Prepares a child that is about to be started. (Other systems have only the watchdog.)
#[cfg(not(target_os = "linux"))]
#[expect(unsafe_code, reason = "code between fork and exec is unsafe by nature")]
pub(crate) fn prepare(command: &mut Command) {
    // SAFETY: as in the Linux version.
    unsafe {
        command.pre_exec(|| restore_descriptor_limit().map_err(Into::into));
    }
}

/// Requests a large pipe. If that fails, only speed is lost.
#[cfg(target_os = "linux")]
pub(crate) fn enlarge_pipe(pipe: impl AsFd) {
    let _ = nix::fcntl::fcntl(pipe, nix::fcntl::FcntlArg::F_SETPIPE_SZ(PIPE_BYTES));
}

/// See the Linux version.
#[cfg(not(target_os = "linux"))]
pub(crate) fn enlarge_pipe(_pipe: impl AsFd) {}
