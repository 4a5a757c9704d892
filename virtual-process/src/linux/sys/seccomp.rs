//! System calls of another process that wait for an answer (`SECCOMP_RET_USER_NOTIF`).

use crate::linux::call::Call;
use nix::libc;
use nix::sys::signal::{SigSet, SigmaskHow};
use std::io;
use std::os::fd::{AsFd, AsRawFd as _, BorrowedFd, OwnedFd};

/// A system call that waits for its answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Notification {
    pub(crate) id: u64,
    pub(crate) thread: i32,
    pub(crate) call: Call,
}

/// Where a filter's notifications arrive.
#[derive(Debug)]
pub(crate) struct Listener(OwnedFd);

/// The call is gone: its thread was killed, or a signal interrupted it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cancelled;

#[repr(C)]
#[derive(Default)]
struct RawNotification {
    id: u64,
    thread: u32,
    flags: u32,
    number: i32,
    architecture: u32,
    instruction: u64,
    args: [u64; 6],
}

#[repr(C)]
struct RawAnswer {
    id: u64,
    value: i64,
    error: i32,
    flags: u32,
}

#[repr(C)]
struct RawAddedDescriptor {
    id: u64,
    flags: u32,
    source: u32,
    wanted: u32,
    new_flags: u32,
}

const RECEIVE: u64 = request(3, 0, size_of::<RawNotification>());
const SEND: u64 = request(3, 1, size_of::<RawAnswer>());
const ADD_DESCRIPTOR: u64 = request(1, 3, size_of::<RawAddedDescriptor>());
const SET_FLAGS: u64 = request(1, 4, size_of::<u64>());
/// The tracer runs on the CPU of the node that it waits for, instead of waking another (Linux 6.6).
const SYNC_WAKE_UP: u64 = 1;
/// The call is made as it is.
const CONTINUE: u32 = 1;
/// The call returns the number of the descriptor that was added (Linux 5.14).
const ADD_AND_SEND: u32 = 2;

/// The number of a request to the kernel's seccomp (`linux/seccomp.h`): `_IOWR` is direction 3,
/// `_IOW` is 1.
const fn request(direction: u64, number: u64, size: usize) -> u64 {
    const SECCOMP: u64 = b'!' as u64;
    direction << 30 | (size as u64) << 16 | SECCOMP << 8 | number
}

impl Listener {
    pub(crate) fn new(descriptor: OwnedFd) -> Self {
        let listener = Self(descriptor);
        let mut flags = SYNC_WAKE_UP;
        // An older kernel is only slower. (The value is passed in place of a pointer.)
        let _ = listener.ioctl_value(SET_FLAGS, &mut flags);
        listener
    }

    /// The next call; `None` if there is none after all.
    pub(crate) fn receive(&self) -> Option<Notification> {
        let mut raw = RawNotification::default();
        self.ioctl(RECEIVE, &mut raw).ok()?;
        let call = Call { number: i64::from(raw.number), args: raw.args };
        Some(Notification { id: raw.id, thread: raw.thread as i32, call })
    }

    /// Makes a call return this value, or the negative of an error's number.
    pub(crate) fn answer(&self, id: u64, value: i64) -> Result<(), Cancelled> {
        const MOST_ERRORS: i64 = 4095;
        let answer = if (-MOST_ERRORS..0).contains(&value) {
            RawAnswer { id, value: 0, error: value as i32, flags: 0 }
        } else {
            RawAnswer { id, value, error: 0, flags: 0 }
        };
        self.send(answer)
    }

    /// Lets the kernel make a call as it is.
    pub(crate) fn let_pass(&self, id: u64) -> Result<(), Cancelled> {
        self.send(RawAnswer { id, value: 0, error: 0, flags: CONTINUE })
    }

    fn send(&self, mut answer: RawAnswer) -> Result<(), Cancelled> {
        loop {
            match self.ioctl(SEND, &mut answer) {
                Ok(_) => return Ok(()),
                // A signal of this process.
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return Err(Cancelled),
            }
        }
    }

    /// Gives the caller a copy of a descriptor, and makes its call return the number of the copy.
    pub(crate) fn answer_descriptor(
        &self,
        id: u64,
        descriptor: BorrowedFd<'_>,
        closes_on_exec: bool,
    ) -> io::Result<i32> {
        let mut added = RawAddedDescriptor {
            id,
            flags: ADD_AND_SEND,
            source: descriptor.as_raw_fd() as u32,
            wanted: 0,
            new_flags: if closes_on_exec { libc::O_CLOEXEC as u32 } else { 0 },
        };
        // If a signal interrupts the request, the call returns 0 without a descriptor.
        let signals = SigSet::all().thread_swap_mask(SigmaskHow::SIG_BLOCK)?;
        let result = self.ioctl(ADD_DESCRIPTOR, &mut added);
        signals.thread_set_mask()?;
        result
    }

    #[expect(unsafe_code, reason = "requests of the kernel without a safe form")]
    fn ioctl<T>(&self, request: u64, argument: &mut T) -> io::Result<i32> {
        // SAFETY: the request contains the size of the structure, which lives across the call.
        let result = unsafe { libc::ioctl(self.0.as_raw_fd(), request as _, argument) };
        if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
    }

    #[expect(unsafe_code, reason = "requests of the kernel without a safe form")]
    fn ioctl_value(&self, request: u64, value: &mut u64) -> io::Result<i32> {
        // SAFETY: the request takes a number in place of a pointer.
        let result = unsafe { libc::ioctl(self.0.as_raw_fd(), request as _, *value) };
        if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
    }
}

impl AsFd for Listener {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
