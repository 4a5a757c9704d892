//! The processor's counter (`rdtsc`, `cntvct_el0`), which shows real time to a program that reads it.

use nix::libc;

/// Makes reads of the counter signal `SIGSEGV` in this thread and in what it starts later. On arm64, this
/// needs Linux 6.12; older kernels leave the counter readable.
pub(crate) fn forbid() {
    set(libc::PR_TSC_SIGSEGV);
}

#[expect(unsafe_code, reason = "a system call without a safe form")]
fn set(mode: libc::c_int) {
    // SAFETY: no memory is involved. A kernel without it leaves the counter readable.
    unsafe { libc::prctl(libc::PR_SET_TSC, mode) };
}

/// While it exists, this thread may not read the counter either: on x86-64, switching between threads
/// that may and threads that may not is slow on some virtual machines.
#[derive(Debug)]
pub(crate) struct Forbidden(());

impl Forbidden {
    pub(crate) fn begin() -> Self {
        if cfg!(target_arch = "x86_64") {
            forbid();
        }
        Self(())
    }
}

impl Drop for Forbidden {
    fn drop(&mut self) {
        if cfg!(target_arch = "x86_64") {
            set(libc::PR_TSC_ENABLE);
        }
    }
}

/// How much the counter advances in a second.
#[cfg(target_arch = "aarch64")]
#[expect(unsafe_code, reason = "a register that has no safe form")]
pub(crate) fn counts_per_second() -> u64 {
    let frequency: u64;
    // SAFETY: programs may read this register, and nothing else is touched.
    unsafe {
        std::arch::asm!("mrs {}, cntfrq_el0", out(reg) frequency, options(nomem, nostack));
    }
    frequency
}
