//! How a traced thread stopped or ended. (Real-time signals have no name, hence no `nix` here.)

use nix::libc;

/// What `waitpid` reported of a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    /// It stopped before it is given a signal.
    Signal(i32),
    /// It stopped at an event of ptrace (`PTRACE_EVENT_*`).
    Event(i32),
    /// It stopped at the end of a system call.
    CallEnd,
    /// It ended with this status.
    Exited(i32),
    /// A signal ended it.
    Killed(i32),
}

impl Status {
    fn of(raw: i32) -> Self {
        /// Set in the signal number by `PTRACE_O_TRACESYSGOOD`.
        const AT_CALL: i32 = 0x80;
        if libc::WIFEXITED(raw) {
            Self::Exited(libc::WEXITSTATUS(raw))
        } else if libc::WIFSIGNALED(raw) {
            Self::Killed(libc::WTERMSIG(raw))
        } else if raw >> 16 != 0 {
            Self::Event(raw >> 16)
        } else if libc::WSTOPSIG(raw) == libc::SIGTRAP | AT_CALL {
            Self::CallEnd
        } else {
            Self::Signal(libc::WSTOPSIG(raw))
        }
    }

    /// Whether the thread is gone.
    pub(crate) fn is_end(self) -> bool {
        matches!(self, Self::Exited(_) | Self::Killed(_))
    }
}

/// Waits until the thread stops or ends; `None` if there is no such thread.
pub(crate) fn wait(thread: i32) -> Option<Status> {
    waitpid(thread, libc::__WALL)
}

/// Whether the thread has stopped or ended since it was last resumed.
pub(crate) fn check(thread: i32) -> Option<Status> {
    waitpid(thread, libc::__WALL | libc::WNOHANG)
}

#[expect(unsafe_code, reason = "the safe form refuses real-time signals")]
fn waitpid(thread: i32, options: i32) -> Option<Status> {
    loop {
        let mut status = 0;
        // SAFETY: the pointer is to a value that lives across the call.
        let found = unsafe { libc::waitpid(thread, &raw mut status, options) };
        if found == thread {
            return Some(Status::of(status));
        }
        let is_interrupted = found < 0 && nix::errno::Errno::last() == nix::errno::Errno::EINTR;
        if !is_interrupted {
            return None;
        }
    }
}
