//! Descriptors that a thread waits for.

use crate::linux::call::Call;
use crate::linux::clock_page::{ENTRIES_ADDRESS, ENTRIES_BYTES, ZERO_ADDRESS};
use crate::linux::sys::descriptors::ProcessHandle;
use crate::linux::sys::memory::{BadAddress, Memory};
use nix::libc;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::os::fd::{AsFd as _, OwnedFd};

/// A descriptor, and the events on it that a thread waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) descriptor: i32,
    pub(crate) events: PollFlags,
}

/// What a thread waits for.
#[derive(Debug)]
pub(crate) enum Watched {
    /// Copies of the descriptors, which can be asked at any time.
    Copies(Vec<(OwnedFd, PollFlags)>),
    /// The descriptors themselves, where the system does not allow copies: the thread must ask.
    Own(Vec<Entry>),
}

impl Watched {
    /// Copies the descriptors; `None` if there is one that does not exist, about which the kernel
    /// must tell the program.
    pub(crate) fn copies(handle: &ProcessHandle, entries: &[Entry]) -> Option<Self> {
        let copy = |entry: &Entry| Some((handle.copy(entry.descriptor).ok()?, entry.events));
        entries.iter().map(copy).collect::<Option<Vec<_>>>().map(Self::Copies)
    }
}

/// Whether a call that waits for these would return now.
pub(crate) fn are_ready(copies: &[(OwnedFd, PollFlags)]) -> bool {
    let mut entries: Vec<PollFd<'_>> =
        copies.iter().map(|(copy, events)| PollFd::new(copy.as_fd(), *events)).collect();
    poll(&mut entries, PollTimeout::ZERO).is_ok_and(|ready| ready > 0)
}

/// The call by which a thread asks whether its descriptors are ready, without waiting. Its arguments
/// are put into the thread's memory.
pub(crate) fn question(memory: Memory, entries: &[Entry]) -> Result<Call, BadAddress> {
    if entries.len() * POLL_ENTRY_BYTES > ENTRIES_BYTES {
        return Err(BadAddress);
    }
    let mut bytes = Vec::with_capacity(entries.len() * POLL_ENTRY_BYTES);
    for Entry { descriptor, events } in entries {
        bytes.extend(descriptor.to_ne_bytes());
        bytes.extend(events.bits().to_ne_bytes());
        bytes.extend([0, 0]);
    }
    memory.write(ENTRIES_ADDRESS, &bytes)?;
    let args = [ENTRIES_ADDRESS, entries.len() as u64, ZERO_ADDRESS, 0, 0, 0];
    Ok(Call { number: libc::SYS_ppoll, args })
}

/// What `poll` calls the events of the three sets of `select`: to read, to write, exceptional.
pub(crate) const SELECT_EVENTS: [PollFlags; 3] = [
    PollFlags::POLLIN.union(PollFlags::POLLHUP).union(PollFlags::POLLERR),
    PollFlags::POLLOUT.union(PollFlags::POLLERR),
    PollFlags::POLLPRI,
];

/// Size of an entry of `poll`, and the position of its result.
pub(crate) const POLL_ENTRY_BYTES: usize = size_of::<libc::pollfd>();
pub(crate) const POLL_RESULT_OFFSET: u64 = 6;
