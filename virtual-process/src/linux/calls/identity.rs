//! Calls that tell a program who and where it is, and random numbers.

use crate::linux::call::{Answer, error};
use crate::linux::clock::ClockKind;
use crate::linux::identities::PARENT_OF_FIRST;
use crate::linux::kernel::Kernel;
use crate::linux::sys::memory::{BadAddress, Memory};
use nix::libc;
use std::os::unix::ffi::OsStrExt as _;

/// Most random bytes that a single call returns.
pub(super) const MOST_RANDOM_BYTES: u64 = 1 << 16;
/// The machine that is shown to programs, in bytes.
pub(super) const SHOWN_MEMORY: u64 = 8 << 30;
pub(super) const SHOWN_FREE_MEMORY: u64 = 4 << 30;
/// Name of the machine that is shown to programs.
const HOST_NAME: &[u8] = b"node";

pub(super) fn getrandom(
    kernel: &mut Kernel,
    thread: i32,
    &[address, count, ..]: &[u64; 6],
) -> Result<Answer, BadAddress> {
    let bytes = kernel.random.bytes(count.min(MOST_RANDOM_BYTES) as usize);
    Memory { thread }.write(address, &bytes)?;
    Ok(Answer::Return(bytes.len() as i64))
}

pub(super) fn getpid(kernel: &Kernel, thread: i32) -> Answer {
    Answer::Return(kernel.identities.shown(kernel.process_of(thread)).into())
}

pub(super) fn gettid(kernel: &Kernel, thread: i32) -> Answer {
    Answer::Return(kernel.identities.shown(thread).into())
}

pub(super) fn getppid(kernel: &Kernel, thread: i32) -> Answer {
    let process = kernel.processes.get(kernel.process_of(thread));
    let parent = process.and_then(|process| process.parent);
    let shown = parent.map_or(PARENT_OF_FIRST, |parent| kernel.identities.shown(parent));
    Answer::Return(shown.into())
}

/// Threads take turns, as if on one processor, even if the program sees several.
pub(super) fn getcpu(thread: i32, &[cpu, node, ..]: &[u64; 6]) -> Result<Answer, BadAddress> {
    for address in [cpu, node].into_iter().filter(|address| *address != 0) {
        Memory { thread }.write(address, &0_u32.to_ne_bytes())?;
    }
    Ok(Answer::Return(0))
}

pub(super) fn sched_getaffinity(
    kernel: &Kernel,
    thread: i32,
    &[_, size, address, ..]: &[u64; 6],
) -> Result<Answer, BadAddress> {
    let mask = ((1_u64 << kernel.processors) - 1).to_ne_bytes();
    if size < mask.len() as u64 {
        return Ok(Answer::Return(error(libc::EINVAL)));
    }
    Memory { thread }.write(address, &mask)?;
    Ok(Answer::Return(mask.len() as i64))
}

pub(super) fn sysinfo(
    kernel: &Kernel,
    thread: i32,
    &[address, ..]: &[u64; 6],
) -> Result<Answer, BadAddress> {
    let mut bytes = [0; size_of::<libc::sysinfo>()];
    let mut set = |offset: usize, value: &[u8]| {
        bytes[offset..offset + value.len()].copy_from_slice(value);
    };
    let uptime = kernel.clock.read(ClockKind::Monotonic) / super::clocks::NANOS_PER_SECOND;
    set(std::mem::offset_of!(libc::sysinfo, uptime), &uptime.to_ne_bytes());
    set(std::mem::offset_of!(libc::sysinfo, totalram), &SHOWN_MEMORY.to_ne_bytes());
    set(std::mem::offset_of!(libc::sysinfo, freeram), &SHOWN_FREE_MEMORY.to_ne_bytes());
    set(std::mem::offset_of!(libc::sysinfo, procs), &1_u16.to_ne_bytes());
    set(std::mem::offset_of!(libc::sysinfo, mem_unit), &1_u32.to_ne_bytes());
    Memory { thread }.write(address, &bytes)?;
    Ok(Answer::Return(0))
}

/// The system as it is, under another name: containers draw theirs at random.
pub(super) fn uname(thread: i32, &[address, ..]: &[u64; 6]) -> Result<Answer, BadAddress> {
    /// Length of each of the six texts, which end with zeros.
    const FIELD_BYTES: usize = 65;
    let Ok(real) = nix::sys::utsname::uname() else {
        return Ok(Answer::Return(error(libc::ENOSYS)));
    };
    let texts = [
        real.sysname().as_bytes(),
        HOST_NAME,
        real.release().as_bytes(),
        real.version().as_bytes(),
        real.machine().as_bytes(),
        b"(none)",
    ];
    let mut bytes = [0; size_of::<libc::utsname>()];
    for (field, text) in bytes.chunks_mut(FIELD_BYTES).zip(texts) {
        let length = text.len().min(FIELD_BYTES - 1);
        field[..length].copy_from_slice(&text[..length]);
    }
    Memory { thread }.write(address, &bytes)?;
    Ok(Answer::Return(0))
}
