//! What happens when a moment has come: timers go off, and waits end.

use crate::linux::call::{Wait, error};
use crate::linux::calls::waits;
use crate::linux::kernel::Kernel;
use crate::linux::processes::Ring;
use crate::linux::signals;
use crate::linux::threads::{Resume, Waiting};
use nix::libc;

/// Lets timers go off, and ends the waits whose time has come.
pub(crate) fn expire(kernel: &mut Kernel) {
    let now = kernel.clock.now();
    for Ring { process, thread, signal } in kernel.processes.ring(now) {
        let receiver = thread.filter(|thread| kernel.threads.get(*thread).is_some());
        let receiver = receiver.or_else(|| signals::receiver(kernel, process, signal));
        if let Some(receiver) = receiver {
            signals::send(kernel, receiver, signal);
        }
    }
    for thread in kernel.threads.due(now) {
        let Some(waiting) = kernel.threads.take_waiting(thread) else { continue };
        let resume = time_out(kernel, thread, waiting);
        kernel.threads.make_runnable(thread, resume);
    }
}

/// How a thread continues whose deadline has come.
pub(crate) fn time_out(kernel: &mut Kernel, thread: i32, waiting: Waiting) -> Resume {
    match waiting.wait {
        Wait::Time(value) => Resume::Return(value),
        Wait::Futex { .. } => Resume::Return(error(libc::ETIMEDOUT)),
        Wait::Signal => Resume::Return(error(libc::EAGAIN)),
        Wait::Descriptors(ref watched) if kernel.is_ready(thread, watched) => {
            Resume::Recheck(waiting)
        }
        Wait::Descriptors(_) => {
            waits::write_nothing_ready(kernel, thread);
            Resume::Return(0)
        }
        Wait::Computing | Wait::Printing => Resume::Run { signal: 0 },
        Wait::Nap | Wait::Handler | Wait::Child | Wait::BorrowedMemory | Wait::Kernel => {
            Resume::Ask
        }
    }
}
