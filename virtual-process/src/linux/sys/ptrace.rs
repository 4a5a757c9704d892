//! Control of a thread that this thread traces.

use nix::libc;
use nix::sys::ptrace as safe;
use nix::unistd::Pid;
use std::io;

pub(crate) use crate::linux::sys::registers::{Registers, registers, set_registers};

/// Everything that the tracer wants to know, and that nothing survives it.
const OPTIONS: safe::Options = safe::Options::PTRACE_O_TRACESECCOMP
    .union(safe::Options::PTRACE_O_TRACECLONE)
    .union(safe::Options::PTRACE_O_TRACEFORK)
    .union(safe::Options::PTRACE_O_TRACEVFORK)
    .union(safe::Options::PTRACE_O_TRACEVFORKDONE)
    .union(safe::Options::PTRACE_O_TRACEEXEC)
    .union(safe::Options::PTRACE_O_TRACESYSGOOD)
    .union(safe::Options::PTRACE_O_EXITKILL);

/// Sets the options of a stopped process; what it starts inherits them.
pub(crate) fn set_options(thread: i32) -> io::Result<()> {
    Ok(safe::setoptions(Pid::from_raw(thread), OPTIONS)?)
}

/// The number that belongs to an event: the thread that was created.
pub(crate) fn event_message(thread: i32) -> io::Result<i32> {
    Ok(safe::getevent(Pid::from_raw(thread))? as i32)
}

/// Lets a stopped thread continue, with a signal unless that is 0.
pub(crate) fn resume(thread: i32, signal: i32) -> io::Result<()> {
    request(libc::PTRACE_CONT, thread, signal)
}

/// Lets a stopped thread continue until the end of its system call.
pub(crate) fn resume_to_call_end(thread: i32) -> io::Result<()> {
    request(libc::PTRACE_SYSCALL, thread, 0)
}

#[expect(unsafe_code, reason = "the safe form refuses real-time signals")]
fn request(request: libc::c_uint, thread: i32, signal: i32) -> io::Result<()> {
    let signal = signal as libc::c_long;
    // SAFETY: these requests access no memory of the tracer.
    match unsafe { libc::ptrace(request, thread, 0_usize, signal) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Whose signal a thread is stopped for, and why it was sent (`SI_*`, `CLD_*`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sender {
    pub(crate) process: i32,
    pub(crate) code: i32,
}

impl Sender {
    /// Whether the kernel sent the signal because this child ended, stopped or continued.
    pub(crate) fn is_child(self) -> bool {
        self.code > 0
    }
}

/// The sender of the signal that a thread is stopped for; `None` if no process is.
#[expect(unsafe_code, reason = "a union of the C library")]
pub(crate) fn signal_sender(thread: i32) -> Option<Sender> {
    let info = safe::getsiginfo(Pid::from_raw(thread)).ok()?;
    let code = info.si_code;
    let is_child = info.si_signo == libc::SIGCHLD && code > 0;
    let is_sent = is_child || matches!(code, libc::SI_USER | libc::SI_TKILL);
    // SAFETY: signals with these codes carry the sender's process id.
    is_sent.then(|| Sender { process: unsafe { info.si_pid() }, code })
}

/// Changes the sender of the signal that a thread is stopped for.
#[expect(unsafe_code, reason = "a structure of the kernel that the C library does not name")]
pub(crate) fn set_signal_sender(thread: i32, sender: Sender) -> io::Result<()> {
    /// The beginning of `siginfo_t` for a signal that was sent: after three integers and padding
    /// come the sender's process and user.
    #[repr(C)]
    struct Sent {
        signal: i32,
        error: i32,
        code: i32,
        padding: i32,
        sender: i32,
        user: u32,
    }
    let mut info = safe::getsiginfo(Pid::from_raw(thread))?;
    // SAFETY: `siginfo_t` is larger than `Sent`, of the same alignment or more, and holds only
    // integers.
    let sent = unsafe { &mut *(&raw mut info).cast::<Sent>() };
    sent.sender = sender.process;
    sent.code = sender.code;
    Ok(safe::setsiginfo(Pid::from_raw(thread), &info)?)
}

/// Sends a signal to one thread.
#[expect(unsafe_code, reason = "a system call without a safe form")]
pub(crate) fn send_signal(process: i32, thread: i32, signal: i32) -> io::Result<()> {
    // SAFETY: no memory is involved.
    match unsafe { libc::syscall(libc::SYS_tgkill, process, thread, signal) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}
