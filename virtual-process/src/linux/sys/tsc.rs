//! The processor's cycle counter, which shows real time to a program that reads it.

use nix::libc;

/// Makes reads of the counter signal `SIGSEGV` in this thread and in what it starts later.
#[cfg(target_arch = "x86_64")]
pub(crate) fn forbid() {
    set(libc::PR_TSC_SIGSEGV);
}

/// Allows reads of the counter in this thread.
#[cfg(target_arch = "x86_64")]
fn allow() {
    set(libc::PR_TSC_ENABLE);
}

#[cfg(target_arch = "x86_64")]
#[expect(unsafe_code, reason = "a system call without a safe form")]
fn set(mode: libc::c_int) {
    // SAFETY: no memory is involved. A kernel without it leaves the counter readable.
    unsafe { libc::prctl(libc::PR_SET_TSC, mode) };
}

/// While it exists, this thread may not read the counter either: switching between threads that may
/// and threads that may not is slow on some virtual machines.
#[derive(Debug)]
pub(crate) struct Forbidden(());

impl Forbidden {
    pub(crate) fn begin() -> Self {
        forbid();
        Self(())
    }
}

impl Drop for Forbidden {
    fn drop(&mut self) {
        allow();
    }
}
