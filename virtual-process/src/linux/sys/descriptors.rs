//! Descriptors of another process.

use nix::libc;
use nix::sys::stat::{FileStat, fstat};
use std::io;
use std::os::fd::{AsRawFd as _, BorrowedFd, FromRawFd as _, OwnedFd};

/// A handle of a process, from which its descriptors can be copied.
#[derive(Debug)]
pub(crate) struct ProcessHandle(OwnedFd);

/// What a descriptor refers to, as far as reading is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Never waits: files, folders, most devices.
    File,
    /// A device of random numbers.
    Random,
    /// May wait: pipes, sockets, terminals, events.
    Stream,
}

impl ProcessHandle {
    #[expect(unsafe_code, reason = "a system call without a safe form")]
    pub(crate) fn open(process: i32) -> io::Result<Self> {
        // SAFETY: no memory is involved.
        let result = unsafe { libc::syscall(libc::SYS_pidfd_open, process, 0) };
        owned(result).map(Self)
    }

    /// A copy of a descriptor of the process.
    #[expect(unsafe_code, reason = "a system call without a safe form")]
    pub(crate) fn copy(&self, descriptor: i32) -> io::Result<OwnedFd> {
        let process = self.0.as_raw_fd();
        // SAFETY: no memory is involved.
        let result = unsafe { libc::syscall(libc::SYS_pidfd_getfd, process, descriptor, 0) };
        owned(result)
    }
}

#[expect(unsafe_code, reason = "a number becomes a descriptor")]
fn owned(result: libc::c_long) -> io::Result<OwnedFd> {
    if result < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the call returned a descriptor that nobody else has.
    Ok(unsafe { OwnedFd::from_raw_fd(result as i32) })
}

/// The kind of an open descriptor.
pub(crate) fn kind(descriptor: BorrowedFd<'_>) -> nix::Result<Kind> {
    /// Device numbers of `/dev/random` and `/dev/urandom`.
    const RANDOM: [u64; 2] = [libc::makedev(1, 8), libc::makedev(1, 9)];
    let FileStat { st_mode, st_rdev, .. } = fstat(descriptor)?;
    Ok(match st_mode & libc::S_IFMT {
        libc::S_IFREG | libc::S_IFDIR | libc::S_IFBLK => Kind::File,
        libc::S_IFCHR if RANDOM.contains(&st_rdev) => Kind::Random,
        _ => Kind::Stream,
    })
}

/// Whether calls on the descriptor never wait (`O_NONBLOCK`).
pub(crate) fn is_nonblocking(descriptor: BorrowedFd<'_>) -> bool {
    let flags = nix::fcntl::fcntl(descriptor, nix::fcntl::FcntlArg::F_GETFL);
    flags.is_ok_and(|flags| flags & libc::O_NONBLOCK != 0)
}
