//! Descriptors that a thread waits for.

use nix::libc;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::os::fd::{AsFd as _, OwnedFd};

/// Copies of descriptors, with the events that are awaited.
#[derive(Debug, Default)]
pub(crate) struct Watched(Vec<(OwnedFd, PollFlags)>);

impl Watched {
    pub(crate) fn add(&mut self, descriptor: OwnedFd, events: PollFlags) {
        self.0.push((descriptor, events));
    }

    /// Whether a call that waits for them would return now.
    pub(crate) fn is_ready(&self) -> bool {
        let mut entries: Vec<PollFd<'_>> = self
            .0
            .iter()
            .map(|(descriptor, events)| PollFd::new(descriptor.as_fd(), *events))
            .collect();
        poll(&mut entries, PollTimeout::ZERO).is_ok_and(|ready| ready > 0)
    }
}

/// What `poll` calls the events of the three sets of `select`: to read, to write, exceptional.
pub(crate) const SELECT_EVENTS: [PollFlags; 3] = [
    PollFlags::POLLIN.union(PollFlags::POLLHUP).union(PollFlags::POLLERR),
    PollFlags::POLLOUT.union(PollFlags::POLLERR),
    PollFlags::POLLPRI,
];

/// Size of an entry of `poll`, and the positions in it.
pub(crate) const POLL_ENTRY_BYTES: usize = size_of::<libc::pollfd>();
pub(crate) const POLL_RESULT_OFFSET: u64 = 6;
