//! Signals that the program sends to itself, and waits for.

use crate::linux::arch;
use crate::linux::call::{AfterCall, Answer, Call, Deadline, Wait, error};
use crate::linux::calls::clocks::until_timespec;
use crate::linux::calls::sleep;
use crate::linux::kernel::Kernel;
use crate::linux::sys::memory::{BadAddress, Memory};
use crate::linux::sys::ptrace::{self, Sender};
use crate::linux::sys::wait::{Status, wait};
use crate::linux::threads::{Held, Resume};
use nix::libc::{self, c_long};
use std::fs;

/// The highest number of a signal.
const LAST_SIGNAL: i32 = 64;

/// What a thread does about a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Disposition {
    Blocked,
    Ignored,
    /// A handler runs.
    Caught,
    /// What the system does: mostly, it ends the process.
    Default,
}

/// Sets of signals of a thread, as the kernel reports them.
struct SignalSets(String);

impl SignalSets {
    fn of(thread: i32) -> Self {
        // A thread that is gone has empty sets.
        Self(fs::read_to_string(format!("/proc/{thread}/status")).unwrap_or_default())
    }

    /// The set of this name, as bits.
    fn get(&self, name: &str) -> u64 {
        const HEX: u32 = 16;
        let set = self.0.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        set.and_then(|set| u64::from_str_radix(set.trim(), HEX).ok()).unwrap_or(0)
    }

    fn has(&self, name: &str, signal: i32) -> bool {
        self.get(name) >> (signal - 1) & 1 != 0
    }
}

/// What a thread does about a signal.
fn disposition(thread: i32, signal: i32) -> Disposition {
    let sets = SignalSets::of(thread);
    if sets.has("SigBlk", signal) {
        Disposition::Blocked
    } else if sets.has("SigCgt", signal) {
        Disposition::Caught
    } else if sets.has("SigIgn", signal) || is_ignored_by_default(signal) {
        Disposition::Ignored
    } else {
        Disposition::Default
    }
}

fn is_ignored_by_default(signal: i32) -> bool {
    matches!(signal, libc::SIGCHLD | libc::SIGURG | libc::SIGWINCH | libc::SIGCONT)
}

/// The thread of a process that receives a signal to the process: its first, unless that blocks it.
pub(crate) fn receiver(kernel: &Kernel, process: i32, signal: i32) -> Option<i32> {
    let first = kernel.threads.get(process).map(|_| process);
    let others = kernel.threads.of(process).filter(|thread| *thread != process);
    let mut threads: Vec<i32> = first.into_iter().chain(others).collect();
    // One that waits for exactly this.
    if let Some(waits) = threads.iter().find(|thread| is_awaited(kernel, **thread)) {
        return Some(*waits);
    }
    let open =
        threads.iter().position(|thread| disposition(*thread, signal) != Disposition::Blocked);
    (!threads.is_empty()).then(|| threads.swap_remove(open.unwrap_or(0)))
}

/// Sends a signal to a thread, and interrupts its wait if the signal does that.
pub(crate) fn send(kernel: &mut Kernel, thread: i32, signal: i32) {
    let process = kernel.process_of(thread);
    let interrupts = signal != 0
        && match disposition(thread, signal) {
            Disposition::Caught | Disposition::Default => true,
            Disposition::Blocked => is_awaited(kernel, thread),
            Disposition::Ignored => false,
        };
    // It fails if the thread has ended, which is no mistake here.
    let _ = ptrace::send_signal(process, thread, signal);
    if interrupts {
        interrupt(kernel, thread);
    }
}

/// Interrupts a thread's wait because of a signal, which was sent.
fn interrupt(kernel: &mut Kernel, thread: i32) {
    let Some(waiting) = kernel.threads.take_waiting(thread) else { return };
    let resume = match waiting.wait {
        Wait::Kernel => {
            let Some(Status::Signal(signal)) = wait(thread) else { return };
            if let Some(stopped) = kernel.threads.get_mut(thread) {
                stopped.held = Held::Stopped;
            }
            set_sender(kernel, thread);
            Resume::Run { signal }
        }
        // It may be the one that the call waits for.
        Wait::Signal => Resume::Ask,
        // The call is made again after the handler.
        Wait::Child => restart(kernel, thread),
        _ if is_restartable(kernel, thread, waiting.until) => {
            Resume::Return(-i64::from(ERESTARTSYS))
        }
        _ => {
            sleep::write_remaining(kernel, thread, waiting.until);
            Resume::Return(error(libc::EINTR))
        }
    };
    kernel.threads.make_runnable(thread, resume);
}

/// The error by which a call says that it is to be made again after a signal, if the handler was
/// installed so (`SA_RESTART`); else the kernel makes `EINTR` of it. Programs never see it.
const ERESTARTSYS: i32 = 512;

/// Whether the interrupted call of a thread is one that can be made again: those with a timeout cannot.
fn is_restartable(kernel: &Kernel, thread: i32, until: Deadline) -> bool {
    let Some(stopped) = kernel.threads.get(thread) else { return false };
    // Only for a notified call does the kernel know which call it was.
    let is_notified = matches!(stopped.held, Held::AtNotification(_));
    let is_so = matches!(
        stopped.call.number as c_long,
        libc::SYS_read
            | libc::SYS_readv
            | libc::SYS_recvfrom
            | libc::SYS_recvmsg
            | libc::SYS_accept
            | libc::SYS_accept4
            | libc::SYS_futex
    );
    is_notified && is_so && until.is_none()
}

/// Lets a thread that is stopped before a call make it again after the signal.
fn restart(kernel: &mut Kernel, thread: i32) -> Resume {
    if let Some(stopped) = kernel.threads.get_mut(thread)
        && let Held::AtCall(registers) = stopped.held
        && ptrace::set_registers(thread, &arch::repeat_call(&registers)).is_ok()
    {
        stopped.held = Held::Stopped;
        return Resume::Run { signal: 0 };
    }
    Resume::Return(error(libc::EINTR))
}

/// Shows a thread that is stopped for a signal the sender that it expects: the tracer sends the
/// signals, in the name of the program; and children have the numbers that the program sees.
pub(crate) fn set_sender(kernel: &Kernel, thread: i32) {
    let Some(sender) = ptrace::signal_sender(thread) else { return };
    let shown = if sender.is_child() {
        Sender { process: kernel.identities.shown(sender.process), ..sender }
    } else if sender.process == std::process::id() as i32 {
        let process = kernel.identities.shown(kernel.process_of(thread));
        Sender { process, code: libc::SI_TKILL }
    } else {
        return;
    };
    // If it fails, the thread is gone.
    let _ = ptrace::set_signal_sender(thread, shown);
}

/// Whether a thread waits for signals that are blocked.
fn is_awaited(kernel: &Kernel, thread: i32) -> bool {
    kernel.threads.waiting(thread).is_some_and(|waiting| matches!(waiting.wait, Wait::Signal))
}

/// `kill`, `tkill`, `tgkill`: numbers are those that the program sees.
pub(crate) fn kill(kernel: &mut Kernel, call: &Call) -> Answer {
    let [first, second, third, ..] = call.args;
    let signal = if call.number as c_long == libc::SYS_tgkill { third } else { second } as i32;
    if !(0..=LAST_SIGNAL).contains(&signal) {
        return Answer::Return(error(libc::EINVAL));
    }
    let no_such = Answer::Return(error(libc::ESRCH));
    let receiver = match call.number as c_long {
        libc::SYS_tgkill => kernel.identities.real(second as i32),
        libc::SYS_tkill => kernel.identities.real(first as i32),
        _ => {
            let shown = first as i32;
            // Groups: the node has one.
            let process = if shown == 0 || shown == -1 {
                Some(kernel.first)
            } else {
                kernel.identities.real(shown).map(i32::abs)
            };
            let Some(process) = process.filter(|id| kernel.processes.get(*id).is_some()) else {
                return no_such;
            };
            if kernel.processes.get(process).is_some_and(|process| process.has_ended) {
                return Answer::Return(0);
            }
            if signal == 0 { Some(process) } else { receiver(kernel, process, signal) }
        }
    };
    let Some(receiver) = receiver.filter(|thread| kernel.threads.get(*thread).is_some()) else {
        return no_such;
    };
    if signal != 0 {
        send(kernel, receiver, signal);
    }
    Answer::Return(0)
}

/// Waits with another mask of blocked signals. Only the kernel can set the mask for as long as it
/// waits, so the thread waits there.
pub(crate) fn sigsuspend() -> Answer {
    Answer::Wait(Wait::Kernel, None)
}

/// Waits for a signal that is blocked.
pub(crate) fn sigtimedwait(
    kernel: &mut Kernel,
    thread: i32,
    &[set, info, timeout, ..]: &[u64; 6],
) -> Result<Answer, BadAddress> {
    let set = Memory { thread }.u64(set)?;
    if pending(thread) & set != 0 && info != 0 {
        return Ok(match kernel.make_call(thread, &[]) {
            Some(_) => {
                // If it fails, the call has failed, too.
                let _ = show_sender(kernel, thread, info);
                Answer::Done(AfterCall::Stopped)
            }
            None => Answer::Done(AfterCall::TurnOver),
        });
    }
    if pending(thread) & set != 0 {
        return Ok(Answer::Native);
    }
    let until = until_timespec(kernel, thread, timeout)?;
    if until.is_some_and(|until| until <= kernel.clock.now()) {
        return Ok(Answer::Return(error(libc::EAGAIN)));
    }
    Ok(Answer::Wait(Wait::Signal, until))
}

/// Replaces the sender in a `siginfo_t` that the kernel wrote by the number that the program sees.
fn show_sender(kernel: &Kernel, thread: i32, info: u64) -> Result<(), BadAddress> {
    /// Position of the sender.
    const SENDER: u64 = 16;
    let memory = Memory { thread };
    let sender = memory.u32(info + SENDER)? as i32;
    let tracer = std::process::id() as i32;
    let real = if sender == tracer { kernel.process_of(thread) } else { sender };
    let shown = kernel.identities.shown(real);
    // What no process sent has another number there, which is none of these.
    if shown == real { Ok(()) } else { memory.write(info + SENDER, &shown.to_ne_bytes()) }
}

/// The signals that wait to be delivered to a thread or its process.
fn pending(thread: i32) -> u64 {
    let sets = SignalSets::of(thread);
    sets.get("SigPnd") | sets.get("ShdPnd")
}

/// The kernel has sent a process the signal that a child has ended.
pub(crate) fn note_child_end(kernel: &mut Kernel, process: i32) {
    let Some(thread) = receiver(kernel, process, libc::SIGCHLD) else { return };
    let interrupts = match disposition(thread, libc::SIGCHLD) {
        Disposition::Caught => true,
        Disposition::Blocked => is_awaited(kernel, thread),
        Disposition::Default | Disposition::Ignored => false,
    };
    if interrupts {
        interrupt(kernel, thread);
    }
}
