//! A system call of the program, and what becomes of it.

use crate::linux::sys::memory::BadAddress;
use nix::libc;

/// A system call, as the program makes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Call {
    /// Its number (`SYS_*`), which depends on the architecture.
    pub(crate) number: i64,
    pub(crate) args: [u64; 6],
}

/// What becomes of a call.
#[derive(Debug)]
pub(crate) enum Answer {
    /// It returns this value, or the negative of an error's number; the kernel does not see it.
    Return(i64),
    /// The kernel makes it, as it is.
    Native,
    /// It returns this value after other threads had their turn.
    Yield(i64),
    /// It waits.
    Wait(Wait, Deadline),
    /// It was already answered.
    Done(AfterCall),
}

/// What a thread does after a call that was answered in a special manner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AfterCall {
    /// It runs on.
    Running,
    /// It is stopped at the end of the call, and is to run on.
    Stopped,
    /// Its turn is over: it has ended, or waits in the kernel.
    TurnOver,
}

/// A moment of the node's time, in nanoseconds since its clock began; `None` for never.
pub(crate) type Deadline = Option<u64>;

/// What a thread waits for, besides its deadline.
#[derive(Debug)]
pub(crate) enum Wait {
    /// Nothing; at the deadline the call returns this value.
    Time(i64),
    /// Nothing; at the deadline the call is looked at anew: the thread calls and calls without
    /// waiting for anything.
    Nap,
    /// Another thread's wake-up call.
    Futex {
        /// The word in memory.
        key: FutexKey,
        /// Which wake-up calls count.
        bits: u32,
    },
    /// One of these descriptors.
    Descriptors(crate::linux::descriptors::Watched),
    /// The end of a child process.
    Child,
    /// A signal with a handler.
    #[cfg_attr(
        not(target_arch = "x86_64"),
        expect(dead_code, reason = "only `pause` waits for it")
    )]
    Handler,
    /// One of the signals that the call names, which are blocked.
    Signal,
    /// A child process that borrows this process's memory until it starts another program.
    BorrowedMemory,
    /// Nothing: it was interrupted because it computed for long, and computes on at the deadline.
    Computing,
    /// Nothing: it prints so much that time must pass, and prints on at the deadline.
    Printing,
    /// The kernel: a call that waits and was not foreseen.
    Kernel,
}

/// A word in memory that threads wait on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum FutexKey {
    /// In the memory of one process.
    Private {
        /// The process.
        process: i32,
        /// The address there.
        address: u64,
    },
    /// In a file that several processes have mapped.
    Shared {
        /// Device and inode of the file.
        file: (u64, u64),
        /// Position in the file.
        offset: u64,
    },
}

/// The name of a call that programs wait in without that being simulated.
pub(crate) fn name(number: i64) -> Option<&'static str> {
    Some(match number {
        libc::SYS_read => "read",
        libc::SYS_write => "write",
        libc::SYS_writev => "writev",
        libc::SYS_connect => "connect",
        libc::SYS_sendto => "sendto",
        libc::SYS_sendmsg => "sendmsg",
        libc::SYS_fcntl => "fcntl",
        libc::SYS_flock => "flock",
        libc::SYS_openat => "openat",
        _ => return None,
    })
}

/// The negative of an error's number, as system calls return it.
pub(crate) fn error(number: i32) -> i64 {
    -i64::from(number)
}

/// A handler's result: a bad address becomes the error that the kernel returns for it.
pub(crate) fn or_bad_address(result: Result<Answer, BadAddress>) -> Answer {
    result.unwrap_or(Answer::Return(error(libc::EFAULT)))
}
