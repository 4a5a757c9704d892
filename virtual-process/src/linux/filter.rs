//! The filter that decides which system calls the kernel makes without asking (seccomp, BPF).

use crate::linux::arch::{AUDIT_ARCH, CALLS, FOREIGN_CALLS};
use nix::libc::{self, sock_filter};

/// What happens at a system call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Handling {
    /// The thread waits for an answer.
    Notify,
    /// As [`Notify`](Self::Notify) if the order of threads is random, so that a thread may lose its
    /// turn there; else the kernel makes the call.
    NotifyIfRandom,
    /// As [`Notify`](Self::Notify) if descriptors can be copied, else as [`Trace`](Self::Trace): the
    /// call waits for descriptors.
    NotifyWithCopies,
    /// The thread stops for its tracer.
    Trace,
    /// It fails with this error.
    Refuse(i32),
}

impl Handling {
    fn action(self, choices: Choices) -> u32 {
        let Choices { can_copy, is_random } = choices;
        match self {
            Self::Notify => libc::SECCOMP_RET_USER_NOTIF,
            Self::NotifyIfRandom if is_random => libc::SECCOMP_RET_USER_NOTIF,
            Self::NotifyIfRandom => libc::SECCOMP_RET_ALLOW,
            Self::NotifyWithCopies if can_copy => libc::SECCOMP_RET_USER_NOTIF,
            Self::Trace | Self::NotifyWithCopies => libc::SECCOMP_RET_TRACE,
            Self::Refuse(error) => libc::SECCOMP_RET_ERRNO | error as u32,
        }
    }
}

/// What decides about some calls.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Choices {
    /// Whether the descriptors of a program can be copied.
    pub(crate) can_copy: bool,
    /// Whether the order of threads is random.
    pub(crate) is_random: bool,
}

/// Positions in what the filter sees (`seccomp_data`): of a call's number, of its architecture, and of
/// the lower halves of its first two arguments, which come first in the byte order of all supported
/// architectures.
const NUMBER: u32 = 0;
const ARCHITECTURE: u32 = 4;
const FIRST_ARGUMENT: u32 = 16;
const SECOND_ARGUMENT: u32 = 24;

/// The filter's instructions.
pub(crate) fn filter(choices: Choices) -> Vec<sock_filter> {
    let refuse = libc::SECCOMP_RET_ERRNO | libc::ENOSYS as u32;
    let mut program = vec![
        load(ARCHITECTURE),
        // Another architecture has other numbers: a 32-bit call of a 64-bit program.
        skip_unless(libc::BPF_JEQ, AUDIT_ARCH, 1),
        skip(1),
        give(refuse),
        load(NUMBER),
        skip_unless(libc::BPF_JGE, FOREIGN_CALLS, 1),
        give(refuse),
        // To forbid itself to read the counter is always allowed: a process is made to do that.
        skip_unless(libc::BPF_JEQ, libc::SYS_prctl as u32, 6),
        load(FIRST_ARGUMENT),
        skip_unless(libc::BPF_JEQ, libc::PR_SET_TSC as u32, 3),
        load(SECOND_ARGUMENT),
        skip_unless(libc::BPF_JEQ, libc::PR_TSC_SIGSEGV as u32, 1),
        give(libc::SECCOMP_RET_ALLOW),
        load(NUMBER),
    ];
    for (number, handling) in CALLS {
        program.push(skip_unless(libc::BPF_JEQ, *number as u32, 1));
        program.push(give(handling.action(choices)));
    }
    program.push(give(libc::SECCOMP_RET_ALLOW));
    program
}

fn load(position: u32) -> sock_filter {
    instruction(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, position)
}

/// Skips the next instructions unless the loaded value compares like this with another.
fn skip_unless(comparison: u32, value: u32, count: u8) -> sock_filter {
    instruction(libc::BPF_JMP | comparison | libc::BPF_K, count, value)
}

fn skip(count: u32) -> sock_filter {
    instruction(libc::BPF_JMP | libc::BPF_JA, 0, count)
}

fn give(action: u32) -> sock_filter {
    instruction(libc::BPF_RET | libc::BPF_K, 0, action)
}

fn instruction(code: u32, if_false: u8, value: u32) -> sock_filter {
    sock_filter { code: code as u16, jt: 0, jf: if_false, k: value }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHOICES: Choices = Choices { can_copy: true, is_random: true };

    fn decide(architecture: u32, number: u32) -> u32 {
        decide_with_arguments(architecture, number, [0, 0])
    }

    /// What the filter decides, by a small interpreter.
    fn decide_with_arguments(architecture: u32, number: u32, arguments: [i32; 2]) -> u32 {
        let program = filter(CHOICES);
        let (mut position, mut loaded) = (0, 0);
        loop {
            let sock_filter { code, jt, jf, k } = program[position];
            position += 1;
            match u32::from(code) & 0x07 {
                libc::BPF_LD => {
                    loaded = match k {
                        NUMBER => number,
                        ARCHITECTURE => architecture,
                        FIRST_ARGUMENT => arguments[0] as u32,
                        SECOND_ARGUMENT => arguments[1] as u32,
                        _ => panic!("nothing is at {k}"),
                    }
                }
                libc::BPF_RET => return k,
                _ if u32::from(code) & 0xf0 == libc::BPF_JA => position += k as usize,
                _ => {
                    let is_so = match u32::from(code) & 0xf0 {
                        libc::BPF_JEQ => loaded == k,
                        _ => loaded >= k,
                    };
                    position += usize::from(if is_so { jt } else { jf });
                }
            }
        }
    }

    #[test]
    fn each_call_is_handled_as_the_table_says() {
        for (number, handling) in CALLS {
            assert_eq!(decide(AUDIT_ARCH, *number as u32), handling.action(CHOICES), "{number}");
        }
        assert_eq!(decide(AUDIT_ARCH, libc::SYS_mmap as u32), libc::SECCOMP_RET_ALLOW);
        let refused = Handling::Refuse(libc::ENOSYS).action(CHOICES);
        assert_eq!(decide(AUDIT_ARCH, FOREIGN_CALLS | 1), refused);
        assert_eq!(decide(AUDIT_ARCH ^ 1, 1), refused);
    }

    #[test]
    fn a_process_may_forbid_itself_the_counter_and_nothing_else() {
        let prctl = |first, second| {
            decide_with_arguments(AUDIT_ARCH, libc::SYS_prctl as u32, [first, second])
        };
        let forbid = prctl(libc::PR_SET_TSC, libc::PR_TSC_SIGSEGV);
        assert_eq!(forbid, libc::SECCOMP_RET_ALLOW);
        for (first, second) in [(libc::PR_SET_TSC, libc::PR_TSC_ENABLE), (libc::PR_SET_DUMPABLE, 2)]
        {
            assert_eq!(prctl(first, second), libc::SECCOMP_RET_USER_NOTIF);
        }
    }
}
