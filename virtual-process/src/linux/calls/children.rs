//! Processes and threads that begin and end, and those that wait for that.

use crate::linux::call::{AfterCall, Answer, FutexKey, Wait, error};
use crate::linux::kernel::Kernel;
use crate::linux::signals;
use crate::linux::sys::memory::Memory;
use crate::linux::sys::ptrace;
use crate::linux::sys::wait::{Status, wait};
use crate::linux::threads::Resume;
use crate::program::End;
use nix::libc;
use std::fs;

/// Which children a call waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    Any,
    /// The one with this number of the kernel.
    One(i32),
    /// None that exists.
    Unknown,
}

impl Which {
    fn shown(kernel: &Kernel, number: i32) -> Self {
        kernel.identities.real(number).map_or(Self::Unknown, Self::One)
    }
}

/// What is found of the children that a call waits for.
enum Found {
    /// This one has ended.
    Ended(i32),
    /// All still run.
    Running,
    /// There are none.
    Nothing,
}

fn find(kernel: &Kernel, thread: i32, which: Which) -> Found {
    let parent = kernel.process_of(thread);
    let mut found = Found::Nothing;
    for (id, child) in kernel.processes.children(parent) {
        if which != Which::Any && which != Which::One(id) {
            continue;
        }
        if child.has_ended {
            return Found::Ended(id);
        }
        found = Found::Running;
    }
    found
}

pub(super) fn wait4(
    kernel: &mut Kernel,
    thread: i32,
    &[which, _, options, usage, ..]: &[u64; 6],
) -> Answer {
    let which = match which as i32 {
        number @ 1.. => Which::shown(kernel, number),
        // Groups: the node has one.
        _ => Which::Any,
    };
    let child = match find(kernel, thread, which) {
        Found::Nothing => return Answer::Return(error(libc::ECHILD)),
        Found::Running if options as i32 & libc::WNOHANG != 0 => return Answer::Return(0),
        Found::Running => return Answer::Wait(Wait::Child, None),
        Found::Ended(child) => child,
    };
    // Used resources show how fast the machine is.
    let Some(result) = kernel.make_call(thread, &[(0, child as u64), (3, 0)]) else {
        return Answer::Done(AfterCall::TurnOver);
    };
    if usage != 0 {
        // The kernel would have failed the call; here it has been made.
        let _ = Memory { thread }.write(usage, &[0; size_of::<libc::rusage>()]);
    }
    if result == i64::from(child) {
        let shown = kernel.identities.shown(child);
        kernel.processes.remove(child);
        return return_value(thread, shown.into());
    }
    Answer::Done(AfterCall::Stopped)
}

/// Makes a call that the kernel has made return another value.
fn return_value(thread: i32, value: i64) -> Answer {
    let changed = ptrace::registers(thread).and_then(|after| {
        ptrace::set_registers(thread, &crate::linux::arch::after_call(&after, value))
    });
    Answer::Done(if changed.is_ok() { AfterCall::Stopped } else { AfterCall::TurnOver })
}

pub(super) fn waitid(
    kernel: &mut Kernel,
    thread: i32,
    &[kind, number, info, options, usage, ..]: &[u64; 6],
) -> Answer {
    /// Position of the child's number in `siginfo_t`.
    const CHILD: u64 = 16;
    let which = match kind as libc::idtype_t {
        libc::P_PID => Which::shown(kernel, number as i32),
        libc::P_PIDFD => {
            let process = kernel.process_of(thread);
            behind_descriptor(process, number).map_or(Which::Unknown, Which::One)
        }
        _ => Which::Any,
    };
    let child = match find(kernel, thread, which) {
        Found::Nothing => return Answer::Return(error(libc::ECHILD)),
        Found::Running if options as i32 & libc::WNOHANG != 0 => {
            // Zeros in the result say that there was nothing.
            let empty = [0; size_of::<libc::siginfo_t>()];
            let written = info == 0 || Memory { thread }.write(info, &empty).is_ok();
            return Answer::Return(if written { 0 } else { error(libc::EFAULT) });
        }
        Found::Running => return Answer::Wait(Wait::Child, None),
        Found::Ended(child) => child,
    };
    let args = [(0, u64::from(libc::P_PID)), (1, child as u64), (4, 0)];
    let Some(result) = kernel.make_call(thread, &args) else {
        return Answer::Done(AfterCall::TurnOver);
    };
    let memory = Memory { thread };
    if usage != 0 {
        let _ = memory.write(usage, &[0; size_of::<libc::rusage>()]);
    }
    if result == 0 {
        let shown = kernel.identities.shown(child);
        if info != 0 {
            let _ = memory.write(info + CHILD, &shown.to_ne_bytes());
        }
        if options as i32 & libc::WNOWAIT == 0 {
            kernel.processes.remove(child);
        }
    }
    Answer::Done(AfterCall::Stopped)
}

/// The process behind a descriptor of `pidfd_open`.
fn behind_descriptor(process: i32, descriptor: u64) -> Option<i32> {
    let info = fs::read_to_string(format!("/proc/{process}/fdinfo/{descriptor}")).ok()?;
    info.lines().find_map(|line| line.strip_prefix("Pid:")?.trim().parse().ok())
}

pub(super) fn pidfd_open(kernel: &mut Kernel, thread: i32, &[shown, ..]: &[u64; 6]) -> Answer {
    let Some(real) = kernel.identities.real(shown as i32) else {
        return Answer::Return(error(libc::ESRCH));
    };
    match kernel.make_call(thread, &[(0, real as u64)]) {
        Some(_) => Answer::Done(AfterCall::Stopped),
        None => Answer::Done(AfterCall::TurnOver),
    }
}

/// A thread ends by itself.
pub(super) fn exit(kernel: &mut Kernel, thread: i32) -> Answer {
    let process = kernel.process_of(thread);
    let is_last = kernel.threads.of(process).all(|other| other == thread);
    if thread != process || is_last {
        return Answer::Native;
    }
    // The kernel reports the end of a process's first thread when all others have ended.
    let cleared = kernel.threads.remove(thread).map_or(0, |thread| thread.cleared_at_end);
    let _ = ptrace::resume(thread, 0);
    wake_joiners(kernel, process, cleared);
    Answer::Done(AfterCall::TurnOver)
}

pub(super) fn exit_group(kernel: &mut Kernel, thread: i32, &[status, ..]: &[u64; 6]) -> Answer {
    let process = kernel.process_of(thread);
    if process == kernel.first {
        /// The kernel keeps eight bits of a status.
        const MASK: i32 = 0xff;
        kernel.end = Some(End::Status(status as i32 & MASK));
        return Answer::Done(AfterCall::TurnOver);
    }
    let _ = ptrace::resume(thread, 0);
    process_ended(kernel, process, None);
    Answer::Done(AfterCall::TurnOver)
}

/// A thread has ended, and the kernel has reported it.
pub(crate) fn thread_ended(kernel: &mut Kernel, thread: i32, status: Status) {
    let process = kernel.process_of(thread);
    let is_group = matches!(status, Status::Killed(_))
        || kernel.threads.of(process).all(|other| other == thread);
    let cleared = kernel.threads.remove(thread).map_or(0, |thread| thread.cleared_at_end);
    if !is_group {
        wake_joiners(kernel, process, cleared);
        return;
    }
    if process == kernel.first {
        kernel.end = Some(match status {
            Status::Killed(signal) => End::Signal(signal),
            Status::Exited(status) => End::Status(status),
            _ => End::Status(0),
        });
        return;
    }
    process_ended(kernel, process, Some(thread));
}

/// The kernel sets a word to zero when a thread ends, and wakes its waiters: the threads that join it.
fn wake_joiners(kernel: &mut Kernel, process: i32, address: u64) {
    if address != 0 {
        let key = FutexKey::Private { process, address };
        kernel.threads.wake_futex(key, u32::MAX, usize::MAX);
    }
}

/// Collects the threads of a process that is ending, and tells its parent.
fn process_ended(kernel: &mut Kernel, process: i32, reported: Option<i32>) {
    let mut threads: Vec<i32> = kernel.threads.of(process).collect();
    // The first thread is reported when all others have been.
    threads.retain(|thread| *thread != process);
    if reported != Some(process) {
        threads.push(process);
    }
    for thread in threads {
        kernel.threads.remove(thread);
        while wait(thread).is_some_and(|status| !status.is_end()) {
            let _ = ptrace::resume(thread, 0);
        }
    }
    let parent = kernel.processes.get_mut(process).and_then(|ended| {
        ended.has_ended = true;
        ended.timers.clear();
        ended.alarms.clear();
        ended.parent
    });
    // No process waits for its children any more.
    let orphans: Vec<i32> = kernel.processes.children(process).map(|(id, _)| id).collect();
    for orphan in orphans {
        if let Some(orphan) = kernel.processes.get_mut(orphan) {
            orphan.parent = None;
        }
    }
    end_borrowing(kernel, process);
    if let Some(parent) = parent {
        let is_waiting = |thread: &crate::linux::threads::Thread, wait: &Wait| {
            thread.process == parent && matches!(wait, Wait::Child)
        };
        for waiter in kernel.threads.waiting_for(is_waiting) {
            kernel.threads.make_runnable(waiter, Resume::Ask);
        }
        signals::note_child_end(kernel, parent);
    }
}

/// The thread that lent a process its memory (vfork) continues: the process has its own now, or has
/// ended.
pub(crate) fn end_borrowing(kernel: &mut Kernel, process: i32) {
    let borrower = kernel.processes.get_mut(process);
    let Some(lender) = borrower.and_then(|process| process.lender.take()) else { return };
    // It stops once more when the kernel lets it continue.
    if kernel.threads.get(lender).is_some() && matches!(wait(lender), Some(Status::Event(_))) {
        show_result(kernel, lender);
        kernel.threads.make_runnable(lender, Resume::Run { signal: 0 });
    }
}

/// Makes the call that created a process or a thread return the number that the program sees.
fn show_result(kernel: &mut Kernel, thread: i32) {
    if let Some(real @ 1..) = kernel.finish_call(thread)
        && let Ok(after) = ptrace::registers(thread)
    {
        let shown = kernel.identities.shown(real as i32);
        let _ =
            ptrace::set_registers(thread, &crate::linux::arch::after_call(&after, shown.into()));
    }
}

/// A thread has created another, or a process, which is stopped.
pub(crate) fn created(kernel: &mut Kernel, creator: i32, event: i32) -> AfterCall {
    let Ok(new) = ptrace::event_message(creator) else { return AfterCall::TurnOver };
    // It stops before its first instruction.
    if wait(new).is_none_or(Status::is_end) {
        return AfterCall::Stopped;
    }
    let request = CreationRequest::of(creator);
    let shown = kernel.identities.add(new);
    let process = kernel.process_of(creator);
    let memory = Memory { thread: new };
    // Addresses that the program gave, and to which the kernel has written already.
    if request.flags & libc::CLONE_PARENT_SETTID as u64 != 0 {
        let _ = Memory { thread: creator }.write(request.parent_word, &shown.to_ne_bytes());
    }
    if request.flags & libc::CLONE_CHILD_SETTID as u64 != 0 {
        let _ = memory.write(request.child_word, &shown.to_ne_bytes());
    }
    let is_cleared = request.flags & libc::CLONE_CHILD_CLEARTID as u64 != 0;
    let cleared = if is_cleared { request.child_word } else { 0 };
    if request.flags & libc::CLONE_THREAD as u64 != 0 {
        kernel.threads.add(new, process, cleared);
    } else {
        kernel.processes.add(new, Some(process));
        kernel.threads.add(new, new, 0);
    }
    if event == libc::PTRACE_EVENT_VFORK {
        let _ = ptrace::resume(creator, 0);
        if let Some(borrower) = kernel.processes.get_mut(new) {
            borrower.lender = Some(creator);
        }
        kernel.wait(creator, Wait::BorrowedMemory, None);
        return AfterCall::TurnOver;
    }
    show_result(kernel, creator);
    AfterCall::Stopped
}

/// What a call asked for that creates a thread or a process.
#[derive(Debug, Default)]
struct CreationRequest {
    flags: u64,
    /// Where the creator finds the number of the new thread.
    parent_word: u64,
    /// Where the new thread finds its number, and what becomes 0 when it ends.
    child_word: u64,
}

impl CreationRequest {
    fn of(creator: i32) -> Self {
        let Ok(registers) = ptrace::registers(creator) else { return Self::default() };
        let call = crate::linux::arch::call(&registers);
        match call.number {
            libc::SYS_clone => Self::of_clone(call.args),
            libc::SYS_clone3 => {
                let memory = Memory { thread: creator };
                // Positions in `clone_args`.
                let field = |offset| memory.u64(call.args[0] + offset).unwrap_or(0);
                Self { flags: field(0), child_word: field(16), parent_word: field(24) }
            }
            _ => Self::default(),
        }
    }

    #[cfg(target_arch = "x86_64")]
    fn of_clone([flags, _, parent_word, child_word, ..]: [u64; 6]) -> Self {
        Self { flags, parent_word, child_word }
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn of_clone([flags, _, parent_word, _, child_word, _]: [u64; 6]) -> Self {
        Self { flags, parent_word, child_word }
    }
}
