//! Calls that read a clock.

use crate::linux::call::{Answer, Deadline};
use crate::linux::clock::ClockKind;
use crate::linux::kernel::Kernel;
use crate::linux::sys::memory::{BadAddress, Memory};
use nix::libc;

pub(crate) const NANOS_PER_SECOND: u64 = 1_000_000_000;
pub(crate) const NANOS_PER_MICRO: u64 = 1000;
/// Ticks of the clock of `times`, per second, as programs expect.
const NANOS_PER_TICK: u64 = NANOS_PER_SECOND / 100;

/// Reads a `timespec` as nanoseconds. Values out of range become very long times.
pub(crate) fn read_timespec(memory: Memory, address: u64) -> Result<u64, BadAddress> {
    let seconds = memory.u64(address)?;
    let nanos = memory.u64(address.wrapping_add(8))?;
    Ok(seconds.saturating_mul(NANOS_PER_SECOND).saturating_add(nanos))
}

/// Writes nanoseconds as a `timespec`.
pub(crate) fn write_timespec(memory: Memory, address: u64, nanos: u64) -> Result<(), BadAddress> {
    write_pair(memory, address, nanos / NANOS_PER_SECOND, nanos % NANOS_PER_SECOND)
}

/// Reads a `timeval` as nanoseconds.
pub(crate) fn read_timeval(memory: Memory, address: u64) -> Result<u64, BadAddress> {
    let seconds = memory.u64(address)?;
    let micros = memory.u64(address.wrapping_add(8))?;
    let nanos = micros.saturating_mul(NANOS_PER_MICRO);
    Ok(seconds.saturating_mul(NANOS_PER_SECOND).saturating_add(nanos))
}

/// Writes nanoseconds as a `timeval`.
pub(crate) fn write_timeval(memory: Memory, address: u64, nanos: u64) -> Result<(), BadAddress> {
    let micros = nanos % NANOS_PER_SECOND / NANOS_PER_MICRO;
    write_pair(memory, address, nanos / NANOS_PER_SECOND, micros)
}

fn write_pair(memory: Memory, address: u64, first: u64, second: u64) -> Result<(), BadAddress> {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&first.to_ne_bytes());
    bytes[8..].copy_from_slice(&second.to_ne_bytes());
    memory.write(address, &bytes)
}

/// When a timeout ends that is a `timespec`; a null pointer is for never.
pub(crate) fn until_timespec(
    kernel: &Kernel,
    thread: i32,
    address: u64,
) -> Result<Deadline, BadAddress> {
    if address == 0 {
        return Ok(None);
    }
    let nanos = read_timespec(Memory { thread }, address)?;
    Ok(Some(kernel.clock.after(nanos)))
}

pub(super) fn clock_gettime(
    kernel: &mut Kernel,
    thread: i32,
    &[clock, address, ..]: &[u64; 6],
) -> Result<Answer, BadAddress> {
    let shown = kernel.clock.read_by_call(ClockKind::of(clock));
    write_timespec(Memory { thread }, address, shown)?;
    Ok(Answer::Return(0))
}

pub(super) fn gettimeofday(
    kernel: &mut Kernel,
    thread: i32,
    &[address, ..]: &[u64; 6],
) -> Result<Answer, BadAddress> {
    let shown = kernel.clock.read_by_call(ClockKind::Date);
    if address != 0 {
        write_timeval(Memory { thread }, address, shown)?;
    }
    Ok(Answer::Return(0))
}

/// Used processor time: none, since it would show how fast the machine is.
pub(super) fn times(
    kernel: &mut Kernel,
    thread: i32,
    &[address, ..]: &[u64; 6],
) -> Result<Answer, BadAddress> {
    if address != 0 {
        Memory { thread }.write(address, &[0; size_of::<libc::tms>()])?;
    }
    Ok(Answer::Return((kernel.clock.read(ClockKind::Monotonic) / NANOS_PER_TICK) as i64))
}

/// Used resources: none.
pub(super) fn getrusage(thread: i32, &[_, address, ..]: &[u64; 6]) -> Result<Answer, BadAddress> {
    Memory { thread }.write(address, &[0; size_of::<libc::rusage>()])?;
    Ok(Answer::Return(0))
}
