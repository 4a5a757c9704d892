//! Calls that let time pass.

use super::clocks::{read_timespec, write_timespec};
use crate::linux::call::{Answer, Deadline, Wait};
use crate::linux::clock::{Clock, ClockKind};
use crate::linux::kernel::Kernel;
use crate::linux::sys::memory::{BadAddress, Memory};
use nix::libc::{self, c_long};

/// How long a thread sleeps that yields although no other can run: it waits for something that only
/// time brings.
const IDLE_YIELD_NANOS: u64 = 10_000;

pub(super) fn nanosleep(
    kernel: &mut Kernel,
    thread: i32,
    &[duration, ..]: &[u64; 6],
) -> Result<Answer, BadAddress> {
    let nanos = read_timespec(Memory { thread }, duration)?;
    Ok(Answer::Wait(Wait::Time(0), Some(kernel.clock.after(nanos))))
}

pub(super) fn clock_nanosleep(
    kernel: &mut Kernel,
    thread: i32,
    &[clock, flags, time, ..]: &[u64; 6],
) -> Result<Answer, BadAddress> {
    let nanos = read_timespec(Memory { thread }, time)?;
    let until = if flags as i32 & libc::TIMER_ABSTIME == 0 {
        kernel.clock.after(nanos)
    } else {
        Clock::when(ClockKind::of(clock), nanos)
    };
    if until <= kernel.clock.now() {
        return Ok(Answer::Return(0));
    }
    Ok(Answer::Wait(Wait::Time(0), Some(until)))
}

/// Writes how long a thread would still have slept when a signal interrupted it, if it asked.
pub(crate) fn write_remaining(kernel: &Kernel, thread: i32, until: Deadline) {
    let Some(stopped) = kernel.threads.get(thread) else { return };
    let [first, flags, _, fourth, ..] = stopped.call.args;
    let (duration, address) = match stopped.call.number as c_long {
        libc::SYS_nanosleep => (first, stopped.call.args[1]),
        libc::SYS_clock_nanosleep if flags as i32 & libc::TIMER_ABSTIME == 0 => {
            (stopped.call.args[2], fourth)
        }
        _ => return,
    };
    if address == 0 {
        return;
    }
    let memory = Memory { thread };
    let remaining = until.unwrap_or(0).saturating_sub(kernel.clock.now());
    if let Ok(duration) = read_timespec(memory, duration) {
        // The kernel ignores a bad address here, too: the call has been interrupted either way.
        let _ = write_timespec(memory, address, remaining.min(duration));
    }
}

pub(super) fn sched_yield(kernel: &mut Kernel) -> Answer {
    if kernel.threads.any_runnable() || kernel.probe() {
        return Answer::Yield(0);
    }
    Answer::Wait(Wait::Time(0), Some(kernel.clock.after(IDLE_YIELD_NANOS)))
}
