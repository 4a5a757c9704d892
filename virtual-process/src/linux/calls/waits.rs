//! Calls that wait for descriptors. Once one is ready, the kernel makes the call.

use super::clocks::until_timespec;
use super::identity::MOST_RANDOM_BYTES;
use crate::linux::call::{AfterCall, Answer, Call, Deadline, Wait};
use crate::linux::descriptors::{
    Entry, POLL_ENTRY_BYTES, POLL_RESULT_OFFSET, SELECT_EVENTS, Watched,
};
use crate::linux::kernel::Kernel;
use crate::linux::sys::descriptors::{Kind, ProcessHandle};
use crate::linux::sys::memory::{BadAddress, Memory};
use nix::libc::{self, c_long};
use nix::poll::PollFlags;
use std::os::fd::AsFd as _;

const NANOS_PER_MILLI: u64 = 1_000_000;
/// Most descriptors of one call.
const MOST_DESCRIPTORS: usize = 1 << 16;

pub(super) fn read(kernel: &mut Kernel, thread: i32, call: &Call) -> Result<Answer, BadAddress> {
    let [descriptor, buffer, count, flags, ..] = call.args;
    let number = call.number as c_long;
    let flags = match number {
        libc::SYS_recvfrom => flags,
        libc::SYS_recvmsg => count,
        _ => 0,
    };
    if flags as i32 & libc::MSG_DONTWAIT != 0 {
        return Ok(Answer::Native);
    }
    match kind(kernel, thread, descriptor as i32) {
        Kind::Random if number == libc::SYS_read => {
            let bytes = kernel.random.bytes(count.min(MOST_RANDOM_BYTES) as usize);
            Memory { thread }.write(buffer, &bytes)?;
            Ok(Answer::Return(bytes.len() as i64))
        }
        Kind::Stream => {
            let entry = Entry { descriptor: descriptor as i32, events: PollFlags::POLLIN };
            Ok(wait_unless_ready(kernel, thread, vec![entry], None))
        }
        _ => Ok(Answer::Native),
    }
}

/// Access to the descriptors of the thread's process.
fn handle(kernel: &Kernel, thread: i32) -> Option<&ProcessHandle> {
    kernel.processes.get(kernel.process_of(thread))?.handle.as_ref()
}

fn kind(kernel: &Kernel, thread: i32, descriptor: i32) -> Kind {
    if !kernel.can_copy {
        return Kind::of_process(kernel.process_of(thread), descriptor);
    }
    let copy = handle(kernel, thread).and_then(|handle| handle.copy(descriptor).ok());
    copy.map_or(Kind::File, |copy| Kind::of(copy.as_fd()))
}

/// Lets the kernel make the call if a descriptor is ready, or does not exist; else it waits.
fn wait_unless_ready(
    kernel: &mut Kernel,
    thread: i32,
    entries: Vec<Entry>,
    until: Deadline,
) -> Answer {
    let watched = if kernel.can_copy {
        handle(kernel, thread).and_then(|handle| Watched::copies(handle, &entries))
    } else {
        Some(Watched::Own(entries))
    };
    match watched {
        Some(watched) if !kernel.is_ready(thread, &watched) => {
            Answer::Wait(Wait::Descriptors(watched), until)
        }
        _ => Answer::Native,
    }
}

/// When a timeout in milliseconds ends; negative for never.
pub(super) fn until_millis(kernel: &Kernel, millis: u64) -> Deadline {
    let millis = u64::try_from(millis as i32).ok()?;
    Some(kernel.clock.after(millis * NANOS_PER_MILLI))
}

/// Whether the call only looks and never waits.
fn is_over(kernel: &Kernel, until: Deadline) -> bool {
    until.is_some_and(|until| until <= kernel.clock.now())
}

pub(super) fn ppoll(
    kernel: &mut Kernel,
    thread: i32,
    &[entries, count, timeout, ..]: &[u64; 6],
) -> Result<Answer, BadAddress> {
    let until = until_timespec(kernel, thread, timeout)?;
    poll_until(kernel, thread, entries, count, until)
}

pub(super) fn poll_until(
    kernel: &mut Kernel,
    thread: i32,
    entries: u64,
    count: u64,
    until: Deadline,
) -> Result<Answer, BadAddress> {
    if is_over(kernel, until) {
        return Ok(Answer::Native);
    }
    let bytes = count.saturating_mul(POLL_ENTRY_BYTES as u64);
    let most = MOST_DESCRIPTORS * POLL_ENTRY_BYTES;
    let entries = Memory { thread }.bytes(entries, bytes, most)?;
    let entry = |entry: &[u8]| {
        let (descriptor, rest) = entry.split_first_chunk()?;
        let (events, _) = rest.split_first_chunk()?;
        let descriptor = i32::from_ne_bytes(*descriptor);
        let events = PollFlags::from_bits_truncate(i16::from_ne_bytes(*events));
        // A negative number is to be ignored.
        (descriptor >= 0).then_some(Entry { descriptor, events })
    };
    let entries = entries.chunks_exact(POLL_ENTRY_BYTES).filter_map(entry).collect();
    Ok(wait_unless_ready(kernel, thread, entries, until))
}

/// The kernel writes how much of the timeout was left in real time: it is left as it was instead.
pub(super) fn keeping_timeout(
    kernel: &mut Kernel,
    thread: i32,
    timeout: u64,
    answer: Answer,
) -> Answer {
    /// Size of a `timeval` and of a `timespec`.
    const BYTES: usize = 16;
    let memory = Memory { thread };
    let before = if timeout == 0 { None } else { memory.array::<BYTES>(timeout).ok() };
    let (Answer::Native, Some(before)) = (&answer, before) else { return answer };
    if kernel.make_call(thread, &[]).is_none() {
        return Answer::Done(AfterCall::TurnOver);
    }
    // It was just read from there.
    let _ = memory.write(timeout, &before);
    Answer::Done(AfterCall::Stopped)
}

pub(super) fn pselect(
    kernel: &mut Kernel,
    thread: i32,
    args: &[u64; 6],
) -> Result<Answer, BadAddress> {
    let until = until_timespec(kernel, thread, args[4])?;
    let answer = select_until(kernel, thread, args, until)?;
    Ok(keeping_timeout(kernel, thread, args[4], answer))
}

pub(super) fn select_until(
    kernel: &mut Kernel,
    thread: i32,
    &[count, to_read, to_write, exceptional, ..]: &[u64; 6],
    until: Deadline,
) -> Result<Answer, BadAddress> {
    if is_over(kernel, until) {
        return Ok(Answer::Native);
    }
    let mut entries = Vec::new();
    for (set, events) in [to_read, to_write, exceptional].into_iter().zip(SELECT_EVENTS) {
        if set == 0 {
            continue;
        }
        let bits = Memory { thread }.bytes(set, set_bytes(count), MOST_DESCRIPTORS / 8)?;
        let is_in = |descriptor: &u64| {
            let byte = bits[(descriptor / 8) as usize];
            byte >> (descriptor % 8) & 1 != 0
        };
        let descriptors = (0..count).filter(is_in).map(|descriptor| descriptor as i32);
        entries.extend(descriptors.map(|descriptor| Entry { descriptor, events }));
    }
    Ok(wait_unless_ready(kernel, thread, entries, until))
}

/// Size of a set of descriptors: whole 64-bit words.
fn set_bytes(count: u64) -> u64 {
    count.div_ceil(64).saturating_mul(8)
}

pub(super) fn epoll_wait(
    kernel: &mut Kernel,
    thread: i32,
    &[descriptor, _, _, millis, ..]: &[u64; 6],
) -> Answer {
    let until = until_millis(kernel, millis);
    epoll_until(kernel, thread, descriptor, until)
}

pub(super) fn epoll_pwait2(
    kernel: &mut Kernel,
    thread: i32,
    &[descriptor, _, _, timeout, ..]: &[u64; 6],
) -> Result<Answer, BadAddress> {
    let until = until_timespec(kernel, thread, timeout)?;
    Ok(epoll_until(kernel, thread, descriptor, until))
}

/// An epoll is itself a descriptor, readable when one that it watches is ready.
fn epoll_until(kernel: &mut Kernel, thread: i32, descriptor: u64, until: Deadline) -> Answer {
    if is_over(kernel, until) {
        return Answer::Native;
    }
    let entry = Entry { descriptor: descriptor as i32, events: PollFlags::POLLIN };
    wait_unless_ready(kernel, thread, vec![entry], until)
}

/// Writes what `poll` and `select` write when nothing was ready in time.
pub(crate) fn write_nothing_ready(kernel: &Kernel, thread: i32) {
    let Some(stopped) = kernel.threads.get(thread) else { return };
    let [first, second, third, fourth, ..] = stopped.call.args;
    let memory = Memory { thread };
    // The program gave these addresses, and they were read before: a failure is its own doing.
    match stopped.call.number as c_long {
        #[cfg(target_arch = "x86_64")]
        libc::SYS_poll => clear_poll(memory, first, second),
        libc::SYS_ppoll => clear_poll(memory, first, second),
        #[cfg(target_arch = "x86_64")]
        libc::SYS_select => clear_sets(memory, first, [second, third, fourth]),
        libc::SYS_pselect6 => clear_sets(memory, first, [second, third, fourth]),
        _ => {}
    }
}

fn clear_poll(memory: Memory, entries: u64, count: u64) {
    for index in 0..count.min(MOST_DESCRIPTORS as u64) {
        let result = entries + index * POLL_ENTRY_BYTES as u64 + POLL_RESULT_OFFSET;
        let _ = memory.write(result, &[0, 0]);
    }
}

fn clear_sets(memory: Memory, count: u64, sets: [u64; 3]) {
    let zeros = vec![0; set_bytes(count).min(MOST_DESCRIPTORS as u64 / 8) as usize];
    for set in sets.into_iter().filter(|set| *set != 0) {
        let _ = memory.write(set, &zeros);
    }
}
