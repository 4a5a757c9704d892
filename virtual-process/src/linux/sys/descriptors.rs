//! Descriptors of another process.

use nix::fcntl::{FcntlArg, fcntl};
use nix::libc;
use nix::sys::stat::{FileStat, fstat, stat};
use std::fs;
use std::io;
use std::os::fd::{AsRawFd as _, BorrowedFd, FromRawFd as _, OwnedFd};

/// A handle of a process, from which its descriptors can be copied.
#[derive(Debug)]
pub(crate) struct ProcessHandle(OwnedFd);

/// What a descriptor refers to, as far as reading is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Never waits: files, folders, what is opened so (`O_NONBLOCK`), and what does not exist.
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
    // SAFETY: the call returned a new descriptor, which has no other owner.
    Ok(unsafe { OwnedFd::from_raw_fd(result as i32) })
}

/// Device numbers of `/dev/random` and `/dev/urandom`.
const RANDOM: [u64; 2] = [libc::makedev(1, 8), libc::makedev(1, 9)];

impl Kind {
    /// The kind of a descriptor of ours.
    pub(crate) fn of(descriptor: BorrowedFd<'_>) -> Self {
        let is_nonblocking = || {
            let flags = fcntl(descriptor, FcntlArg::F_GETFL);
            flags.is_ok_and(|flags| flags & libc::O_NONBLOCK != 0)
        };
        fstat(descriptor).map_or(Self::File, |status| Self::of_status(&status, is_nonblocking))
    }

    /// The kind of a descriptor of a process, by what the kernel tells about it.
    pub(crate) fn of_process(process: i32, descriptor: i32) -> Self {
        let is_nonblocking = || {
            const OCTAL: u32 = 8;
            let info = fs::read_to_string(format!("/proc/{process}/fdinfo/{descriptor}"));
            let info = info.unwrap_or_default();
            let flags = info.lines().find_map(|line| line.strip_prefix("flags:"));
            let flags = flags.and_then(|flags| i32::from_str_radix(flags.trim(), OCTAL).ok());
            flags.is_some_and(|flags| flags & libc::O_NONBLOCK != 0)
        };
        let path = format!("/proc/{process}/fd/{descriptor}");
        stat(&*path).map_or(Self::File, |status| Self::of_status(&status, is_nonblocking))
    }

    fn of_status(status: &FileStat, is_nonblocking: impl FnOnce() -> bool) -> Self {
        match status.st_mode & libc::S_IFMT {
            libc::S_IFREG | libc::S_IFDIR | libc::S_IFBLK => Self::File,
            libc::S_IFCHR if RANDOM.contains(&status.st_rdev) => Self::Random,
            _ if is_nonblocking() => Self::File,
            _ => Self::Stream,
        }
    }
}
