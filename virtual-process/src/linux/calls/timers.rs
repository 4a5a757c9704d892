//! Timers: those with a descriptor, and those that send a signal.

use super::clocks::{read_timespec, read_timeval, write_timespec, write_timeval};
use crate::linux::call::{AfterCall, Answer, error};
use crate::linux::clock::{Clock, ClockKind};
use crate::linux::kernel::Kernel;
use crate::linux::processes::{Alarm, AlarmId, Process, Schedule, Timer};
use crate::linux::sys::memory::{BadAddress, Memory};
use nix::libc;
use nix::sys::eventfd::{EfdFlags, EventFd};
use std::os::fd::AsFd as _;

/// Size of each half of an `itimerspec` or `itimerval`: the interval, then the first time.
const HALF_BYTES: u64 = 16;

fn process_mut(kernel: &mut Kernel, thread: i32) -> Option<&mut Process> {
    let process = kernel.process_of(thread);
    kernel.processes.get_mut(process)
}

/// Creates a counter instead of a timer: the program can read it and wait for it like a timer, and
/// we write to it when the time has come.
pub(super) fn timerfd_create(
    kernel: &mut Kernel,
    thread: i32,
    &[clock, flags, ..]: &[u64; 6],
) -> Answer {
    let flags = flags as i32;
    let mut counter_flags = EfdFlags::EFD_CLOEXEC;
    if flags & libc::TFD_NONBLOCK != 0 {
        counter_flags |= EfdFlags::EFD_NONBLOCK;
    }
    let Ok(counter) = EventFd::from_flags(counter_flags) else {
        return Answer::Return(error(libc::EMFILE));
    };
    let closes_on_exec = flags & libc::TFD_CLOEXEC != 0;
    let added = kernel.answer_descriptor(thread, counter.as_fd(), closes_on_exec);
    let Some(descriptor) = added else { return Answer::Return(error(libc::EMFILE)) };
    if let Some(process) = process_mut(kernel, thread) {
        // The number may have been that of a timer that was closed.
        process.timers.retain(|timer| timer.descriptor != descriptor);
        process.timers.push(Timer {
            descriptor,
            counter,
            schedule: Schedule::default(),
            clock: ClockKind::of(clock),
        });
    }
    Answer::Done(AfterCall::Running)
}

/// A new schedule, as the program gives it.
fn read_schedule(
    memory: Memory,
    now: u64,
    clock: ClockKind,
    is_absolute: bool,
    address: u64,
) -> Result<Schedule, BadAddress> {
    let every = read_timespec(memory, address)?;
    let first = read_timespec(memory, address.wrapping_add(HALF_BYTES))?;
    let at = match first {
        0 => None,
        first if is_absolute => Some(Clock::when(clock, first).max(now)),
        first => Some(now.saturating_add(first)),
    };
    Ok(Schedule { at, every })
}

fn write_schedule(
    memory: Memory,
    now: u64,
    schedule: Schedule,
    address: u64,
) -> Result<(), BadAddress> {
    write_timespec(memory, address, schedule.every)?;
    let remaining = schedule.at.map_or(0, |at| at.saturating_sub(now).max(1));
    write_timespec(memory, address.wrapping_add(HALF_BYTES), remaining)
}

pub(super) fn timerfd_settime(
    kernel: &mut Kernel,
    thread: i32,
    &[descriptor, flags, new, old, ..]: &[u64; 6],
) -> Result<Answer, BadAddress> {
    let (memory, now) = (Memory { thread }, kernel.clock.now());
    let timer =
        process_mut(kernel, thread).and_then(|process| process.timer_mut(descriptor as i32));
    let Some(timer) = timer else { return Ok(Answer::Return(error(libc::EINVAL))) };
    let is_absolute = flags as i32 & libc::TFD_TIMER_ABSTIME != 0;
    let schedule = read_schedule(memory, now, timer.clock, is_absolute, new)?;
    if old != 0 {
        write_schedule(memory, now, timer.schedule, old)?;
    }
    timer.schedule = schedule;
    // Setting it forgets what was not yet read. (There is nothing to read otherwise.)
    empty(&timer.counter);
    Ok(Answer::Return(0))
}

/// Sets a counter to zero without waiting.
fn empty(counter: &EventFd) {
    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
    let mut entry = [PollFd::new(counter.as_fd(), PollFlags::POLLIN)];
    if poll(&mut entry, PollTimeout::ZERO).is_ok_and(|ready| ready > 0) {
        let _ = counter.read();
    }
}

pub(super) fn timerfd_gettime(
    kernel: &mut Kernel,
    thread: i32,
    &[descriptor, address, ..]: &[u64; 6],
) -> Result<Answer, BadAddress> {
    let (memory, now) = (Memory { thread }, kernel.clock.now());
    let timer =
        process_mut(kernel, thread).and_then(|process| process.timer_mut(descriptor as i32));
    let Some(timer) = timer else { return Ok(Answer::Return(error(libc::EINVAL))) };
    write_schedule(memory, now, timer.schedule, address)?;
    Ok(Answer::Return(0))
}

pub(super) fn timer_create(
    kernel: &mut Kernel,
    thread: i32,
    &[clock, event, id, ..]: &[u64; 6],
) -> Result<Answer, BadAddress> {
    /// Positions in `sigevent`.
    const SIGNAL: u64 = 8;
    const NOTIFY: u64 = 12;
    const THREAD: u64 = 16;
    let memory = Memory { thread };
    let (mut signal, mut receiver) = (libc::SIGALRM, None);
    if event != 0 {
        signal = memory.u32(event + SIGNAL)? as i32;
        match memory.u32(event + NOTIFY)? as i32 {
            libc::SIGEV_NONE => signal = 0,
            libc::SIGEV_THREAD_ID => {
                let shown = memory.u32(event + THREAD)? as i32;
                receiver = kernel.identities.real(shown);
            }
            _ => {}
        }
    }
    let Some(process) = process_mut(kernel, thread) else {
        return Ok(Answer::Return(error(libc::EAGAIN)));
    };
    let number = process.add_alarm(|id| Alarm {
        id,
        schedule: Schedule::default(),
        clock: ClockKind::of(clock),
        signal,
        thread: receiver,
    });
    memory.write(id, &number.to_ne_bytes())?;
    Ok(Answer::Return(0))
}

/// The timer of this number that `timer_create` made.
fn created(kernel: &mut Kernel, thread: i32, number: u64) -> Option<&mut Alarm> {
    process_mut(kernel, thread)?.alarm_mut(AlarmId::Created(number as i32))
}

pub(super) fn timer_settime(
    kernel: &mut Kernel,
    thread: i32,
    &[number, flags, new, old, ..]: &[u64; 6],
) -> Result<Answer, BadAddress> {
    let (memory, now) = (Memory { thread }, kernel.clock.now());
    let Some(alarm) = created(kernel, thread, number) else {
        return Ok(Answer::Return(error(libc::EINVAL)));
    };
    let is_absolute = flags as i32 & libc::TIMER_ABSTIME != 0;
    let schedule = read_schedule(memory, now, alarm.clock, is_absolute, new)?;
    if old != 0 {
        write_schedule(memory, now, alarm.schedule, old)?;
    }
    alarm.schedule = schedule;
    Ok(Answer::Return(0))
}

pub(super) fn timer_gettime(
    kernel: &mut Kernel,
    thread: i32,
    &[number, address, ..]: &[u64; 6],
) -> Result<Answer, BadAddress> {
    let (memory, now) = (Memory { thread }, kernel.clock.now());
    let Some(alarm) = created(kernel, thread, number) else {
        return Ok(Answer::Return(error(libc::EINVAL)));
    };
    write_schedule(memory, now, alarm.schedule, address)?;
    Ok(Answer::Return(0))
}

pub(super) fn timer_delete(kernel: &mut Kernel, thread: i32, &[number, ..]: &[u64; 6]) -> Answer {
    if let Some(process) = process_mut(kernel, thread) {
        process.alarms.retain(|alarm| alarm.id != AlarmId::Created(number as i32));
    }
    Answer::Return(0)
}

/// Sets the timer of `alarm` and `setitimer`; returns its previous schedule.
pub(super) fn set_interval(kernel: &mut Kernel, thread: i32, first: u64, every: u64) -> Schedule {
    let at = (first > 0).then(|| kernel.clock.after(first));
    let schedule = Schedule { at, every };
    let Some(process) = process_mut(kernel, thread) else { return Schedule::default() };
    if let Some(alarm) = process.alarm_mut(AlarmId::Interval) {
        return std::mem::replace(&mut alarm.schedule, schedule);
    }
    process.alarms.push(Alarm {
        id: AlarmId::Interval,
        schedule,
        clock: ClockKind::Monotonic,
        signal: libc::SIGALRM,
        thread: None,
    });
    Schedule::default()
}

/// Timers of used processor time never go off: computing takes no time.
fn is_real_timer(which: u64) -> bool {
    which as u32 == libc::ITIMER_REAL as u32
}

pub(super) fn setitimer(
    kernel: &mut Kernel,
    thread: i32,
    &[which, new, old, ..]: &[u64; 6],
) -> Result<Answer, BadAddress> {
    let (memory, now) = (Memory { thread }, kernel.clock.now());
    let previous = if is_real_timer(which) {
        let every = read_timeval(memory, new)?;
        let first = read_timeval(memory, new.wrapping_add(HALF_BYTES))?;
        set_interval(kernel, thread, first, every)
    } else {
        Schedule::default()
    };
    if old != 0 {
        write_interval(memory, now, previous, old)?;
    }
    Ok(Answer::Return(0))
}

fn write_interval(
    memory: Memory,
    now: u64,
    schedule: Schedule,
    address: u64,
) -> Result<(), BadAddress> {
    write_timeval(memory, address, schedule.every)?;
    let remaining = schedule.at.map_or(0, |at| at.saturating_sub(now));
    write_timeval(memory, address.wrapping_add(HALF_BYTES), remaining)
}

pub(super) fn getitimer(
    kernel: &mut Kernel,
    thread: i32,
    &[which, address, ..]: &[u64; 6],
) -> Result<Answer, BadAddress> {
    let (memory, now) = (Memory { thread }, kernel.clock.now());
    let interval =
        process_mut(kernel, thread).and_then(|process| process.alarm_mut(AlarmId::Interval));
    let schedule = interval.filter(|_| is_real_timer(which)).map(|alarm| alarm.schedule);
    write_interval(memory, now, schedule.unwrap_or_default(), address)?;
    Ok(Answer::Return(0))
}
