//! Calls that only older architectures have, and newer calls replace.

use super::clocks::{NANOS_PER_SECOND, read_timeval};
use super::timers::set_interval;
use super::waits::{keeping_timeout, poll_until, select_until, until_millis};
use super::{files, waits};
use crate::linux::call::{Answer, Call, Wait, or_bad_address};
use crate::linux::clock::ClockKind;
use crate::linux::kernel::Kernel;
use crate::linux::sys::memory::{BadAddress, Memory};
use nix::libc::{self, c_long};

/// What becomes of a thread's call.
pub(crate) fn answer(kernel: &mut Kernel, thread: i32, call: &Call) -> Answer {
    let args = &call.args;
    match call.number as c_long {
        libc::SYS_time => or_bad_address(time(kernel, thread, args)),
        libc::SYS_poll => or_bad_address(poll(kernel, thread, args)),
        libc::SYS_select => or_bad_address(select(kernel, thread, args)),
        libc::SYS_epoll_wait => waits::epoll_wait(kernel, thread, args),
        libc::SYS_alarm => alarm(kernel, thread, args),
        libc::SYS_getpgrp => Answer::Return(kernel.identities.shown(kernel.first).into()),
        libc::SYS_open => {
            let here = libc::AT_FDCWD as u64;
            files::openat(kernel, thread, &[here, args[0], args[1], 0, 0, 0])
        }
        libc::SYS_pause => Answer::Wait(Wait::Handler, None),
        _ => Answer::Native,
    }
}

fn time(kernel: &mut Kernel, thread: i32, &[address, ..]: &[u64; 6]) -> Result<Answer, BadAddress> {
    let seconds = kernel.clock.read_by_call(ClockKind::Date) / NANOS_PER_SECOND;
    if address != 0 {
        Memory { thread }.write(address, &seconds.to_ne_bytes())?;
    }
    Ok(Answer::Return(seconds as i64))
}

fn poll(
    kernel: &mut Kernel,
    thread: i32,
    &[entries, count, millis, ..]: &[u64; 6],
) -> Result<Answer, BadAddress> {
    let until = until_millis(kernel, millis);
    poll_until(kernel, thread, entries, count, until)
}

fn select(kernel: &mut Kernel, thread: i32, args: &[u64; 6]) -> Result<Answer, BadAddress> {
    let timeout = args[4];
    let until = if timeout == 0 {
        None
    } else {
        let nanos = read_timeval(Memory { thread }, timeout)?;
        Some(kernel.clock.after(nanos))
    };
    let answer = select_until(kernel, thread, args, until)?;
    Ok(keeping_timeout(kernel, thread, timeout, answer))
}

fn alarm(kernel: &mut Kernel, thread: i32, &[seconds, ..]: &[u64; 6]) -> Answer {
    let now = kernel.clock.now();
    let first = (seconds as u32 as u64) * NANOS_PER_SECOND;
    let previous = set_interval(kernel, thread, first, 0);
    let remaining = previous.at.map_or(0, |at| at.saturating_sub(now));
    Answer::Return(remaining.div_ceil(NANOS_PER_SECOND) as i64)
}
