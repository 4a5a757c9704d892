//! The real time, without the cycle counter, which this thread may not read while it traces.

use nix::libc;
use std::time::Duration;

/// Time since the machine was started.
#[expect(unsafe_code, reason = "the C library's function reads the cycle counter")]
pub(crate) fn now() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    let clock = libc::CLOCK_MONOTONIC;
    // SAFETY: the pointer is to a value that lives across the call. It cannot fail.
    unsafe { libc::syscall(libc::SYS_clock_gettime, clock, &raw mut time) };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}
