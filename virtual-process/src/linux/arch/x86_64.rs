//! x86-64: registers, instructions, and the handling of each system call.

use super::{SYS_FUTEX_REQUEUE, SYS_FUTEX_WAIT, SYS_FUTEX_WAITV, SYS_FUTEX_WAKE};
use crate::linux::call::Call;
use crate::linux::filter::Handling::{
    self, Notify, NotifyIfRandom, NotifyWithCopies, Refuse, Trace,
};
use crate::linux::sys::ptrace::Registers;
use nix::libc::{self, c_long};

/// The architecture in the kernel's numbering (`AUDIT_ARCH_X86_64`).
pub(crate) const AUDIT_ARCH: u32 = 0xc000_003e;
/// System calls from here on are of the x32 interface, which has its own numbers.
pub(crate) const FOREIGN_CALLS: u32 = 0x4000_0000;
/// Abilities of the processor that programs must not see (`AT_HWCAP2`). `RDRAND` is not among those.
pub(crate) const HIDDEN_ABILITIES: u64 = 0;
/// Whether a process that executes another program may read the counter again.
pub(crate) const EXEC_ALLOWS_COUNTER: bool = false;

/// System calls that are not simply made by the kernel.
///
/// Calls that waits, clocks and threads make all the time are notified; those that need registers, or
/// that no program makes often, are traced, which is twice as slow.
pub(crate) const CALLS: &[(c_long, Handling)] = &[
    // clocks
    (libc::SYS_clock_gettime, Notify),
    (libc::SYS_gettimeofday, Notify),
    (libc::SYS_time, Notify),
    (libc::SYS_times, Notify),
    (libc::SYS_getrusage, Notify),
    (libc::SYS_sysinfo, Notify),
    // waits
    (libc::SYS_nanosleep, Notify),
    (libc::SYS_clock_nanosleep, Notify),
    (libc::SYS_sched_yield, Notify),
    (libc::SYS_futex, Notify),
    (libc::SYS_read, NotifyWithCopies),
    (libc::SYS_readv, NotifyWithCopies),
    (libc::SYS_recvfrom, NotifyWithCopies),
    (libc::SYS_recvmsg, NotifyWithCopies),
    (libc::SYS_accept, NotifyWithCopies),
    (libc::SYS_accept4, NotifyWithCopies),
    (libc::SYS_poll, NotifyWithCopies),
    (libc::SYS_ppoll, NotifyWithCopies),
    (libc::SYS_select, Trace),
    (libc::SYS_pselect6, Trace),
    (libc::SYS_epoll_wait, NotifyWithCopies),
    (libc::SYS_epoll_pwait, NotifyWithCopies),
    (libc::SYS_epoll_pwait2, NotifyWithCopies),
    // writing
    (libc::SYS_write, NotifyIfRandom),
    (libc::SYS_writev, NotifyIfRandom),
    (libc::SYS_wait4, Trace),
    (libc::SYS_waitid, Trace),
    // timers
    (libc::SYS_timerfd_create, Notify),
    (libc::SYS_timerfd_settime, Notify),
    (libc::SYS_timerfd_gettime, Notify),
    (libc::SYS_timer_create, Notify),
    (libc::SYS_timer_settime, Notify),
    (libc::SYS_timer_gettime, Notify),
    (libc::SYS_timer_getoverrun, Notify),
    (libc::SYS_timer_delete, Notify),
    (libc::SYS_setitimer, Notify),
    (libc::SYS_getitimer, Notify),
    (libc::SYS_alarm, Notify),
    // identity and random numbers
    (libc::SYS_getrandom, Notify),
    (libc::SYS_getpid, Notify),
    (libc::SYS_gettid, Notify),
    (libc::SYS_getppid, Notify),
    (libc::SYS_getpgrp, Notify),
    (libc::SYS_getpgid, Notify),
    (libc::SYS_getsid, Notify),
    (libc::SYS_prctl, Notify),
    (libc::SYS_getcpu, Notify),
    (libc::SYS_sched_getaffinity, Notify),
    (libc::SYS_sched_setaffinity, Notify),
    (libc::SYS_uname, Notify),
    (libc::SYS_openat, Notify),
    (libc::SYS_open, Notify),
    (libc::SYS_socket, Notify),
    // signals and ends
    (libc::SYS_kill, Trace),
    (libc::SYS_tkill, Trace),
    (libc::SYS_tgkill, Trace),
    (libc::SYS_pause, Trace),
    (libc::SYS_rt_sigsuspend, Trace),
    (libc::SYS_rt_sigtimedwait, Trace),
    (libc::SYS_pidfd_open, Trace),
    (libc::SYS_exit, Trace),
    (libc::SYS_exit_group, Trace),
    // What old kernels do not have, and programs know to do without.
    (libc::SYS_rseq, Refuse(libc::ENOSYS)),
    (libc::SYS_io_uring_setup, Refuse(libc::ENOSYS)),
    (libc::SYS_io_uring_enter, Refuse(libc::ENOSYS)),
    (libc::SYS_io_uring_register, Refuse(libc::ENOSYS)),
    (SYS_FUTEX_WAITV, Refuse(libc::ENOSYS)),
    (SYS_FUTEX_WAKE, Refuse(libc::ENOSYS)),
    (SYS_FUTEX_WAIT, Refuse(libc::ENOSYS)),
    (SYS_FUTEX_REQUEUE, Refuse(libc::ENOSYS)),
    (libc::SYS_perf_event_open, Refuse(libc::ENOSYS)),
    (libc::SYS_ptrace, Refuse(libc::EPERM)),
    // They show real time, and are only for the machine's clock.
    (libc::SYS_adjtimex, Refuse(libc::EPERM)),
    (libc::SYS_clock_adjtime, Refuse(libc::EPERM)),
];

/// The call before which a thread is stopped.
pub(crate) fn call(registers: &Registers) -> Call {
    let r = registers;
    Call { number: r.orig_rax as i64, args: [r.rdi, r.rsi, r.rdx, r.r10, r.r8, r.r9] }
}

/// Lets the kernel make no call, or no other one after this.
const NO_CALL: u64 = u64::MAX;

/// Makes the call before which a thread is stopped return a value, without being made.
pub(crate) fn skip_call(registers: &Registers, value: i64) -> Registers {
    Registers { orig_rax: NO_CALL, rax: value as u64, ..*registers }
}

/// The registers of a thread after a call that returned a value.
pub(crate) fn after_call(before: &Registers, result: i64) -> Registers {
    Registers { rax: result as u64, orig_rax: NO_CALL, ..*before }
}

/// The registers of a thread that is about to make its call once more.
pub(crate) fn before_call(registers: &Registers) -> Registers {
    /// Length of the instruction `syscall`.
    const SYSCALL_BYTES: u64 = 2;
    Registers {
        rax: registers.orig_rax,
        orig_rax: NO_CALL,
        rip: registers.rip - SYSCALL_BYTES,
        ..*registers
    }
}

/// Makes the thread skip the call before which it is stopped, and make it once more later.
pub(crate) fn repeat_call(registers: &Registers) -> Registers {
    Registers { orig_rax: NO_CALL, ..before_call(registers) }
}

/// Replaces the call before which a thread is stopped.
pub(crate) fn set_call(registers: &mut Registers, call: &Call) {
    registers.orig_rax = call.number as u64;
    registers.rax = call.number as u64;
    for (index, value) in call.args.into_iter().enumerate() {
        set_argument(registers, index, value);
    }
}

/// Changes an argument of the call before which a thread is stopped.
pub(crate) fn set_argument(registers: &mut Registers, index: usize, value: u64) {
    let r = registers;
    let register = [&mut r.rdi, &mut r.rsi, &mut r.rdx, &mut r.r10, &mut r.r8, &mut r.r9]
        .into_iter()
        .nth(index);
    if let Some(register) = register {
        *register = value;
    }
}

/// The value that a call returned.
pub(crate) fn result(registers: &Registers) -> i64 {
    registers.rax as i64
}

/// Where the program is.
pub(crate) fn instruction(registers: &Registers) -> u64 {
    registers.rip
}

/// The end of the stack.
pub(crate) fn stack(registers: &Registers) -> u64 {
    registers.rsp
}

/// Length of [`injected_call`].
pub(crate) const INJECTED_BYTES: usize = 8;

/// Code that makes the call of this number and then stops: `mov eax, number; syscall; int3`.
pub(crate) fn injected_call(number: c_long) -> [u8; INJECTED_BYTES] {
    let [a, b, c, d] = (number as u32).to_le_bytes();
    [0xb8, a, b, c, d, 0x0f, 0x05, 0xcc]
}

/// The registers of a thread that executes injected code at its present position.
pub(crate) fn registers_for(registers: &Registers, args: [u64; 6]) -> Registers {
    let [rdi, rsi, rdx, r10, r8, r9] = args;
    Registers { orig_rax: NO_CALL, rdi, rsi, rdx, r10, r8, r9, ..*registers }
}

/// The registers of a thread that continues as if nothing had been injected. The new program sees 0
/// where a result is expected.
pub(crate) fn registers_after_exec(registers: &Registers) -> Registers {
    Registers { orig_rax: NO_CALL, rax: 0, ..*registers }
}

/// If the instruction reads the cycle counter (`rdtsc`, `rdtscp`), the registers after it. The counter
/// shows nanoseconds.
pub(crate) fn emulate_counter(
    registers: &Registers,
    instruction: [u8; 3],
    nanos: u64,
) -> Option<Registers> {
    const RDTSC: [u8; 2] = [0x0f, 0x31];
    const RDTSCP: [u8; 3] = [0x0f, 0x01, 0xf9];
    let mut after = *registers;
    if instruction == RDTSCP {
        after.rip += RDTSCP.len() as u64;
        after.rcx = 0;
    } else if instruction.starts_with(&RDTSC) {
        after.rip += RDTSC.len() as u64;
    } else {
        return None;
    }
    after.rax = nanos & u64::from(u32::MAX);
    after.rdx = nanos >> 32;
    Some(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_of_the_cycle_counter_are_recognized() {
        let registers = Registers { rip: 100, ..zeroed() };
        let after = emulate_counter(&registers, [0x0f, 0x31, 0x90], 0x1_0000_0002).unwrap();
        assert_eq!((after.rip, after.rax, after.rdx), (102, 2, 1));
        let after = emulate_counter(&registers, [0x0f, 0x01, 0xf9], 7).unwrap();
        assert_eq!((after.rip, after.rax, after.rcx), (103, 7, 0));
        assert!(emulate_counter(&registers, [0x90; 3], 7).is_none());
    }

    fn zeroed() -> Registers {
        Registers {
            r15: 0,
            r14: 0,
            r13: 0,
            r12: 0,
            rbp: 0,
            rbx: 0,
            r11: 0,
            r10: 0,
            r9: 0,
            r8: 0,
            rax: 0,
            rcx: 0,
            rdx: 0,
            rsi: 0,
            rdi: 0,
            orig_rax: 0,
            rip: 0,
            cs: 0,
            eflags: 0,
            rsp: 0,
            ss: 0,
            fs_base: 0,
            gs_base: 0,
            ds: 0,
            es: 0,
            fs: 0,
            gs: 0,
        }
    }
}
