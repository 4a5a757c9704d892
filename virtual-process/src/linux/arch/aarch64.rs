//! arm64: registers, instructions, and the handling of each system call.

use super::{SYS_FUTEX_REQUEUE, SYS_FUTEX_WAIT, SYS_FUTEX_WAITV, SYS_FUTEX_WAKE};
use crate::linux::call::Call;
use crate::linux::filter::Handling::{
    self, Notify, NotifyIfRandom, NotifyWithCopies, Refuse, Trace,
};
use crate::linux::sys::counter::counts_per_second;
use crate::linux::sys::ptrace::Registers;
use nix::libc::{self, c_long};

/// The architecture in the kernel's numbering (`AUDIT_ARCH_AARCH64`).
pub(crate) const AUDIT_ARCH: u32 = 0xc000_00b7;
/// No system call has such a number.
pub(crate) const FOREIGN_CALLS: u32 = 0x4000_0000;
/// Abilities of the processor that programs must not see (`AT_HWCAP2`): the instruction `RNDR`, which
/// yields real random numbers.
pub(crate) const HIDDEN_ABILITIES: u64 = 1 << 16;
/// Whether a process that executes another program may read the counter again.
pub(crate) const EXEC_ALLOWS_COUNTER: bool = true;

/// System calls that are not simply made by the kernel: those of x86-64 but for the old ones, which this
/// architecture never had.
pub(crate) const CALLS: &[(c_long, Handling)] = &[
    // clocks
    (libc::SYS_clock_gettime, Notify),
    (libc::SYS_gettimeofday, Notify),
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
    (libc::SYS_ppoll, NotifyWithCopies),
    (libc::SYS_pselect6, Trace),
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
    // identity and random numbers
    (libc::SYS_getrandom, Notify),
    (libc::SYS_getpid, Notify),
    (libc::SYS_gettid, Notify),
    (libc::SYS_getppid, Notify),
    (libc::SYS_getpgid, Notify),
    (libc::SYS_getsid, Notify),
    (libc::SYS_prctl, Notify),
    (libc::SYS_getcpu, Notify),
    (libc::SYS_sched_getaffinity, Notify),
    (libc::SYS_sched_setaffinity, Notify),
    (libc::SYS_uname, Notify),
    (libc::SYS_openat, Notify),
    (libc::SYS_socket, Notify),
    // signals and ends
    (libc::SYS_kill, Trace),
    (libc::SYS_tkill, Trace),
    (libc::SYS_tgkill, Trace),
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

/// The register with the number of a call.
const NUMBER: usize = 8;
/// The register with the first argument of a call, and later with its result.
const RESULT: usize = 0;
/// Lets the kernel make no call, or no other one after this.
const NO_CALL: i32 = -1;
/// Length of an instruction.
const INSTRUCTION_BYTES: u64 = 4;

/// The call before which a thread is stopped.
pub(crate) fn call(registers: &Registers) -> Call {
    let [x0, x1, x2, x3, x4, x5, ..] = registers.general.regs;
    Call { number: registers.call.into(), args: [x0, x1, x2, x3, x4, x5] }
}

/// Makes the call before which a thread is stopped return a value, without being made.
pub(crate) fn skip_call(registers: &Registers, value: i64) -> Registers {
    after_call(registers, value)
}

/// The registers of a thread after a call that returned a value.
pub(crate) fn after_call(before: &Registers, result: i64) -> Registers {
    let mut after = Registers { call: NO_CALL, ..*before };
    after.general.regs[RESULT] = result as u64;
    after
}

/// The registers of a thread that is about to make its call once more.
pub(crate) fn before_call(registers: &Registers) -> Registers {
    let mut before = Registers { call: NO_CALL, ..*registers };
    before.general.regs[NUMBER] = registers.call as u64;
    before.general.pc -= INSTRUCTION_BYTES;
    before
}

/// Makes the thread skip the call before which it is stopped, and make it once more later.
pub(crate) fn repeat_call(registers: &Registers) -> Registers {
    before_call(registers)
}

/// Replaces the call before which a thread is stopped.
pub(crate) fn set_call(registers: &mut Registers, call: &Call) {
    registers.call = call.number as i32;
    registers.general.regs[NUMBER] = call.number as u64;
    for (index, value) in call.args.into_iter().enumerate() {
        set_argument(registers, index, value);
    }
}

/// Changes an argument of the call before which a thread is stopped.
pub(crate) fn set_argument(registers: &mut Registers, index: usize, value: u64) {
    registers.general.regs[index] = value;
}

/// The value that a call returned.
pub(crate) fn result(registers: &Registers) -> i64 {
    registers.general.regs[RESULT] as i64
}

/// Where the program is.
pub(crate) fn instruction(registers: &Registers) -> u64 {
    registers.general.pc
}

/// The end of the stack.
pub(crate) fn stack(registers: &Registers) -> u64 {
    registers.general.sp
}

/// The register from which [`injected_call`] takes the first argument. The register of the argument
/// itself becomes 0 when the thread continues, as the result of the call that loaded the program.
const FIRST_ARGUMENT: usize = 9;

/// Length of [`injected_call`].
pub(crate) const INJECTED_BYTES: usize = 16;

/// Code that makes the call of this number and then stops: `mov x0, x9; mov x8, number; svc 0; brk 0`.
pub(crate) fn injected_call(number: c_long) -> [u8; INJECTED_BYTES] {
    /// `movz x8, 0`: its operand is 16 bits, from this bit on.
    const MOVE_NUMBER: u32 = 0xd280_0008;
    const OPERAND_BIT: u32 = 5;
    let move_number = MOVE_NUMBER | (number as u32) << OPERAND_BIT;
    let mut code = [0; INJECTED_BYTES];
    let instructions = [0xaa09_03e0, move_number, 0xd400_0001, 0xd420_0000_u32];
    for (bytes, instruction) in code.chunks_exact_mut(4).zip(instructions) {
        bytes.copy_from_slice(&instruction.to_le_bytes());
    }
    code
}

/// The registers of a thread that executes injected code at its present position.
pub(crate) fn registers_for(registers: &Registers, args: [u64; 6]) -> Registers {
    let mut changed = Registers { call: NO_CALL, ..*registers };
    changed.general.regs[..args.len()].copy_from_slice(&args);
    changed.general.regs[FIRST_ARGUMENT] = args[0];
    changed
}

/// The registers of a thread that continues as if nothing had been injected. The new program sees 0
/// where a result is expected.
pub(crate) fn registers_after_exec(registers: &Registers) -> Registers {
    after_call(registers, 0)
}

/// If the instruction reads the counter or its frequency (`mrs register, cntvct_el0`, `cntvctss_el0` or
/// `cntfrq_el0`), the registers after it.
pub(crate) fn emulate_counter(
    registers: &Registers,
    instruction: [u8; 4],
    nanos: u64,
) -> Option<Registers> {
    const READ_FREQUENCY: u32 = 0xd53b_e000;
    const READ_COUNTER: u32 = 0xd53b_e040;
    const READ_COUNTER_IN_ORDER: u32 = 0xd53b_e0c0;
    const REGISTER: u32 = 0x1f;
    let instruction = u32::from_le_bytes(instruction);
    let per_second = counts_per_second();
    let value = match instruction & !REGISTER {
        READ_FREQUENCY => per_second,
        READ_COUNTER | READ_COUNTER_IN_ORDER => count(nanos, per_second),
        _ => return None,
    };
    let mut after = *registers;
    after.general.pc += INSTRUCTION_BYTES;
    // The last one is no register: what is written there is lost.
    if let Some(register) = after.general.regs.get_mut((instruction & REGISTER) as usize) {
        *register = value;
    }
    Some(after)
}

/// What the counter shows after this time.
fn count(nanos: u64, per_second: u64) -> u64 {
    const NANOS_PER_SECOND: u128 = 1_000_000_000;
    (u128::from(nanos) * u128::from(per_second) / NANOS_PER_SECOND) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::libc::user_regs_struct;

    #[test]
    fn reads_of_the_counter_are_recognized() {
        let general = user_regs_struct { regs: [0; 31], sp: 0, pc: 100, pstate: 0 };
        let registers = Registers { general, call: NO_CALL };
        let second = 1_000_000_000;
        let counts = counts_per_second();
        for instruction in [0xd53b_e003_u32, 0xd53b_e043, 0xd53b_e0c3] {
            let after = emulate_counter(&registers, instruction.to_le_bytes(), second).unwrap();
            assert_eq!((after.general.pc, after.general.regs[3]), (104, counts));
        }
        // `mrs xzr, cntvct_el0`
        let after = emulate_counter(&registers, 0xd53b_e05f_u32.to_le_bytes(), second).unwrap();
        assert_eq!(after.general.regs, [0; 31]);
        assert!(emulate_counter(&registers, 0xd503_201f_u32.to_le_bytes(), second).is_none());
    }
}
