//! Two pages in the program's memory from which it reads the time without a system call.
//!
//! The kernel gives each program such functions (the vDSO), which show real time. Their first
//! instructions are replaced by jumps to our functions, which read the time from a page that the
//! tracer shares. Without them, most stops of a Go program would be reads of the clock.

#![expect(unsafe_code, reason = "assembly, and memory that is shared with another process")]

use nix::libc;
use std::io;
use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd};
use std::sync::atomic::{AtomicU64, Ordering};

#[cfg(target_arch = "aarch64")]
mod aarch64;
#[cfg(target_arch = "x86_64")]
mod x86_64;

#[cfg(target_arch = "aarch64")]
use aarch64 as functions;
#[cfg(target_arch = "x86_64")]
use x86_64 as functions;

pub(crate) use functions::{ADDRESS, PAGE, jump};

/// Address of 16 zero bytes: a timeout of zero.
pub(crate) const ZERO_ADDRESS: u64 = ADDRESS + 64;
/// Address of room for the entries of `poll`, up to the end of the page.
pub(crate) const ENTRIES_ADDRESS: u64 = ADDRESS + 128;
/// Size of that room.
pub(crate) const ENTRIES_BYTES: usize = (PAGE - 128) as usize;
/// Address of the code: the next page.
pub(crate) const CODE_ADDRESS: u64 = ADDRESS + PAGE;

/// The clocks that show the date, and those that are never set back, as bits.
const DATES: i32 =
    1 << libc::CLOCK_REALTIME | 1 << libc::CLOCK_REALTIME_COARSE | 1 << libc::CLOCK_TAI;
const MONOTONICS: i32 = 1 << libc::CLOCK_MONOTONIC
    | 1 << libc::CLOCK_MONOTONIC_RAW
    | 1 << libc::CLOCK_MONOTONIC_COARSE
    | 1 << libc::CLOCK_BOOTTIME;

/// A function of the assembly, which only the program calls.
type Function = unsafe extern "C" fn();

// SAFETY: these are symbols of the assembly of each architecture; only their addresses are used.
unsafe extern "C" {
    fn clock_page_clock_gettime();
    fn clock_page_random_device();
    fn clock_page_end();
}

/// Names of the vDSO's functions that are replaced, and where in [`code`] ours are.
pub(crate) fn replacements() -> impl Iterator<Item = (&'static str, u64)> {
    functions::FUNCTIONS.into_iter().map(|(name, function)| (name, offset(function)))
}

/// Where in [`code`] our `std::random_device` is.
pub(crate) fn random_device() -> u64 {
    offset(clock_page_random_device)
}

fn offset(function: Function) -> u64 {
    function as usize as u64 - start()
}

fn start() -> u64 {
    clock_page_clock_gettime as *const () as u64
}

/// The code of our functions, which works at any address.
pub(crate) fn code() -> &'static [u8] {
    let length = clock_page_end as *const () as u64 - start();
    // SAFETY: the assembly lies between these two symbols, in memory that is never changed.
    unsafe { std::slice::from_raw_parts(start() as *const u8, length as usize) }
}

/// The page with the time, shared with the program.
#[derive(Debug)]
pub(crate) struct ClockPage {
    file: OwnedFd,
    words: *mut AtomicU64,
}

const MONOTONIC: usize = 0;
const DATE: usize = 1;
const READS: usize = 2;
const WORDS: usize = 3;

impl ClockPage {
    /// A new page, in memory.
    pub(crate) fn new() -> io::Result<Self> {
        // SAFETY: the name is a string of C.
        let file = unsafe { libc::memfd_create(c"clock".as_ptr(), libc::MFD_CLOEXEC) };
        if file < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the call returned a new descriptor, which has no other owner.
        let file = unsafe { OwnedFd::from_raw_fd(file) };
        nix::unistd::ftruncate(&file, PAGE as i64)?;
        let access = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: a new mapping, at an address that the kernel chooses.
        let words = unsafe {
            let (anywhere, length) = (std::ptr::null_mut(), PAGE as usize);
            libc::mmap(anywhere, length, access, libc::MAP_SHARED, file.as_raw_fd(), 0)
        };
        if words == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        Ok(Self { file, words: words.cast() })
    }

    /// A path from which another process of this user can open the page.
    pub(crate) fn path(&self) -> String {
        format!("/proc/{}/fd/{}", std::process::id(), self.file.as_raw_fd())
    }

    fn word(&self, index: usize) -> &AtomicU64 {
        assert!(index < WORDS, "the page has {WORDS} words");
        // SAFETY: the mapping is as large as a page, aligned, and exists as long as `self`. The
        // other process may change it at any time, as atomics allow.
        unsafe { &*self.words.add(index) }
    }

    pub(crate) fn publish(&self, monotonic: u64, date: u64) {
        self.word(MONOTONIC).store(monotonic, Ordering::Relaxed);
        self.word(DATE).store(date, Ordering::Relaxed);
    }

    pub(crate) fn monotonic(&self) -> u64 {
        self.word(MONOTONIC).load(Ordering::Relaxed)
    }

    pub(crate) fn reset_reads(&self) {
        self.word(READS).store(0, Ordering::Relaxed);
    }
}

impl Drop for ClockPage {
    fn drop(&mut self) {
        // SAFETY: the mapping was made by `new`, and no reference to it is left.
        unsafe { libc::munmap(self.words.cast(), PAGE as usize) };
    }
}
