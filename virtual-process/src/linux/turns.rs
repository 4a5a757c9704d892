//! The turns of a program's threads: one runs until it waits, ends, or has run for long enough.

use crate::irregularity::Irregularity;
use crate::limits::Exceeded;
use crate::linux::call::{AfterCall, Answer, Call, Wait, name};
use crate::linux::calls::{self, children};
use crate::linux::inject::Injection;
use crate::linux::kernel::Turn;
use crate::linux::late::{Late, Lateness, activity, resident_bytes};
use crate::linux::process::VirtualProcess;
use crate::linux::sys::memory::Memory;
use crate::linux::sys::ptrace;
use crate::linux::sys::wait::{Status, check, wait};
use crate::linux::threads::{Held, Resume, State};
use crate::linux::tracer::Stop;
use crate::linux::{arch, exec, signals, wakeups};
use crate::program::{End, Schedule};
use nix::libc;
use std::time::Duration;

/// How long a program that prints without end waits after each part of it, in nanoseconds: longer than
/// a pipe would need, so that a run with such a program ends soon.
const FLOOD_NANOS: u64 = 1_000_000_000;

/// Number of preemptions after which the program is no longer given all of its time: it may compute for
/// ever, and a run with it would take as long as in real time.
const PATIENT_PREEMPTIONS: u32 = 2;
/// By what its time is divided then.
const IMPATIENCE: u32 = 10;
/// Number of preemptions after which it is interrupted as soon as it is seen to compute: it spins.
const SPINNING_PREEMPTIONS: u32 = 20;
/// Number of stops after which the program's memory is looked at.
const STOPS_BETWEEN_LOOKS: u64 = 4096;
/// With a random order, a thread loses its turn at one of this many calls if another can run.
const CALLS_PER_LOST_TURN: usize = 8;

/// How a thread is let go.
#[derive(Debug, Clone, Copy)]
enum Go {
    /// It runs on, with a signal unless that is 0.
    Run(i32),
    /// Its call returns a value.
    Return(i64),
    /// The kernel makes its call.
    Native,
    /// It runs already.
    Running,
}

impl VirtualProcess {
    /// A thread's turn: it runs until it waits, ends, or has run for long enough.
    pub(super) fn turn(&mut self, thread: i32, resume: Resume) {
        self.kernel.patience.begin_turn();
        self.kernel.clock.publish();
        let mut next = match resume {
            Resume::Run { signal } => Some(Go::Run(signal)),
            Resume::Return(value) => Some(Go::Return(value)),
            Resume::Ask => self.ask(thread),
            Resume::Recheck(waiting) => {
                let is_ready = matches!(&waiting.wait, Wait::Descriptors(watched)
                    if self.kernel.is_ready(thread, watched));
                if is_ready && self.is_held_at_call(thread) {
                    self.ask(thread)
                } else if is_ready {
                    Some(Go::Native)
                } else if waiting.until.is_some_and(|until| until <= self.kernel.clock.now()) {
                    match wakeups::time_out(&mut self.kernel, thread, waiting) {
                        Resume::Return(value) => Some(Go::Return(value)),
                        _ => Some(Go::Native),
                    }
                } else {
                    self.kernel.threads.wait_on(thread, waiting);
                    None
                }
            }
        };
        while let Some(go) = next {
            self.let_go(thread, go);
            next = self.until_next_stop(thread);
            if self.kernel.end.is_some() {
                return;
            }
        }
    }

    /// Whether a thread is stopped before a call (and not held by a notification of it).
    fn is_held_at_call(&self, thread: i32) -> bool {
        let held = self.kernel.threads.get(thread).map(|thread| &thread.held);
        matches!(held, Some(Held::AtCall(_)))
    }

    /// Lets a thread run.
    fn let_go(&mut self, thread: i32, go: Go) {
        let Some(stopped) = self.kernel.threads.get_mut(thread) else { return };
        let held = std::mem::replace(&mut stopped.held, Held::Free);
        // An error says that the thread was killed, or that a signal ended its call: it is about to
        // be reported.
        let _ = match (held, go) {
            (Held::Free, _) | (_, Go::Running) => Ok(()),
            (Held::AtNotification(id), Go::Return(value)) => {
                self.kernel.listener.answer(id, value).map_err(|_| ())
            }
            (Held::AtNotification(id), _) => self.kernel.listener.let_pass(id).map_err(|_| ()),
            (Held::AtCall(registers), Go::Return(value)) => {
                ptrace::set_registers(thread, &arch::skip_call(&registers, value))
                    .and_then(|()| ptrace::resume(thread, 0))
                    .map_err(drop)
            }
            (Held::Asked(registers), Go::Return(value)) => {
                ptrace::set_registers(thread, &arch::after_call(&registers, value))
                    .and_then(|()| ptrace::resume(thread, 0))
                    .map_err(drop)
            }
            (Held::Asked(_), Go::Native) => {
                // It makes its own call anew, and is stopped before it.
                let again = ptrace::resume(thread, 0);
                if matches!(wait(thread), Some(Status::Event(libc::PTRACE_EVENT_SECCOMP))) {
                    ptrace::resume(thread, 0).map_err(drop)
                } else {
                    again.map_err(drop)
                }
            }
            (_, Go::Run(signal)) => ptrace::resume(thread, signal).map_err(drop),
            (_, Go::Native | Go::Return(_)) => ptrace::resume(thread, 0).map_err(drop),
        };
    }

    /// Waits for the thread that runs; returns how it continues, or `None` if its turn is over.
    fn until_next_stop(&mut self, thread: i32) -> Option<Go> {
        let mut late = Late::default();
        let expects_wait = std::mem::take(&mut self.expects_wait);
        loop {
            let stop = self.tracer.wait(&self.kernel.listener, thread, late.next_look());
            self.take_returned();
            match stop {
                Stop::Notified(id, call) => {
                    self.count_stop();
                    if self.stops.is_multiple_of(STOPS_BETWEEN_LOOKS)
                        && self.memory_bytes() > self.limits.memory_bytes
                    {
                        return self.exceed(Exceeded::Memory);
                    }
                    let stopped = self.kernel.threads.get_mut(thread)?;
                    stopped.held = Held::AtNotification(id);
                    stopped.call = call;
                    return self.ask(thread);
                }
                Stop::Status(status) => {
                    self.count_stop();
                    return self.on_status(thread, status);
                }
                Stop::Late(time) => {
                    if self.stdout.fill() {
                        late.note_progress();
                    }
                    if self.stdout.is_full() {
                        // It waits for room in the pipe.
                        return self.nap(thread, Wait::Printing, FLOOD_NANOS);
                    }
                    if self.memory_bytes() > self.limits.memory_bytes {
                        return self.exceed(Exceeded::Memory);
                    }
                    let process = self.kernel.process_of(thread);
                    if let Some(first) = self.find_executed(process, thread) {
                        self.on_exec(first);
                        return self.put_back(first, Resume::Run { signal: 0 });
                    }
                    let most = self.longest_computation();
                    match late.look(activity(process, thread), time, most) {
                        Lateness::Waits if expects_wait => {
                            self.kernel.wait(thread, Wait::Kernel, None);
                            return None;
                        }
                        Lateness::Waits | Lateness::Patience => {}
                        Lateness::ComputesTooLong => return self.preempt(process, thread),
                        Lateness::WaitsTooLong(call) => {
                            self.kernel.note(Irregularity::UnknownWait { call, name: name(call) });
                            self.kernel.wait(thread, Wait::Kernel, None);
                            return None;
                        }
                    }
                }
            }
        }
    }

    fn count_stop(&mut self) {
        self.stops += 1;
        self.kernel.clock.observe();
    }

    /// Decides about the call that a thread is stopped at.
    fn ask(&mut self, thread: i32) -> Option<Go> {
        let call: Call = self.kernel.threads.get(thread)?.call;
        let answer = calls::answer(&mut self.kernel, thread, &call);
        let others_can_run = self.kernel.threads.any_runnable();
        let loses_turn = self.schedule == Schedule::Random
            && others_can_run
            && self.order.index(CALLS_PER_LOST_TURN) == 0;
        let mut count_call = || match self.kernel.patience.count_call(others_can_run) {
            Turn::Continue if loses_turn => Turn::Yield,
            turn => turn,
        };
        match answer {
            Answer::Return(value) => match count_call() {
                Turn::Continue => Some(Go::Return(value)),
                Turn::Yield => self.put_back(thread, Resume::Return(value)),
                Turn::Nap(nanos) => self.nap(thread, Wait::Time(value), nanos),
            },
            Answer::Native => match count_call() {
                Turn::Continue => Some(Go::Native),
                Turn::Yield => self.put_back(thread, Resume::Ask),
                Turn::Nap(nanos) => self.nap(thread, Wait::Nap, nanos),
            },
            Answer::Yield(value) => self.put_back(thread, Resume::Return(value)),
            Answer::Wait(Wait::Kernel, _) => {
                self.expects_wait = true;
                Some(Go::Native)
            }
            Answer::Wait(wait, until) => {
                self.kernel.wait(thread, wait, until);
                None
            }
            Answer::Done(AfterCall::Running) => Some(Go::Running),
            // It counts, too: a program may ask without waiting, and without end.
            Answer::Done(AfterCall::Stopped) => match count_call() {
                Turn::Continue => Some(Go::Run(0)),
                Turn::Yield => self.put_back(thread, Resume::Run { signal: 0 }),
                Turn::Nap(nanos) => self.nap(thread, Wait::Computing, nanos),
            },
            Answer::Done(AfterCall::TurnOver) => None,
        }
    }

    fn put_back(&mut self, thread: i32, resume: Resume) -> Option<Go> {
        self.kernel.threads.make_runnable(thread, resume);
        None
    }

    fn nap(&mut self, thread: i32, wait: Wait, nanos: u64) -> Option<Go> {
        let until = self.kernel.clock.after(nanos);
        self.kernel.threads.wait(thread, wait, Some(until));
        None
    }

    /// Handles a stop or the end of the running thread.
    fn on_status(&mut self, thread: i32, status: Status) -> Option<Go> {
        if status.is_end() {
            children::thread_ended(&mut self.kernel, thread, status);
            return None;
        }
        self.kernel.threads.get_mut(thread)?.held = Held::Stopped;
        match status {
            Status::Event(libc::PTRACE_EVENT_SECCOMP) => {
                let registers = ptrace::registers(thread).ok()?;
                let stopped = self.kernel.threads.get_mut(thread)?;
                stopped.held = Held::AtCall(registers);
                stopped.call = arch::call(&registers);
                self.ask(thread)
            }
            Status::Event(
                event @ (libc::PTRACE_EVENT_CLONE
                | libc::PTRACE_EVENT_FORK
                | libc::PTRACE_EVENT_VFORK),
            ) => self.on_created(thread, event),
            Status::Event(libc::PTRACE_EVENT_EXEC) => {
                self.on_exec(thread);
                Some(Go::Run(0))
            }
            Status::Signal(signal) => self.on_signal(thread, signal),
            Status::Event(_) | Status::CallEnd | Status::Exited(_) | Status::Killed(_) => {
                Some(Go::Run(0))
            }
        }
    }

    /// Kills the program because of a limit.
    fn exceed(&mut self, limit: Exceeded) -> Option<Go> {
        self.exceeded = Some(limit);
        self.kernel.end = Some(End::Signal(libc::SIGKILL));
        None
    }

    /// The memory that the program uses, in bytes.
    fn memory_bytes(&self) -> u64 {
        self.kernel.processes.ids().map(resident_bytes).sum()
    }

    fn on_created(&mut self, thread: i32, event: i32) -> Option<Go> {
        let after = children::created(&mut self.kernel, thread, event);
        if self.kernel.threads.len() > self.limits.threads {
            return self.exceed(Exceeded::Threads);
        }
        (after == AfterCall::Stopped).then_some(Go::Run(0))
    }

    /// Collects the other threads of a process that have ended although they did not run: its running
    /// thread has been killed, or executes another program. In the latter case the kernel has given
    /// it the number of the process's first thread, which is returned.
    fn find_executed(&mut self, process: i32, thread: i32) -> Option<i32> {
        let others: Vec<i32> =
            self.kernel.threads.of(process).filter(|other| *other != thread).collect();
        for other in others {
            match check(other) {
                Some(status) if status.is_end() => {
                    self.kernel.threads.remove(other);
                }
                Some(Status::Event(libc::PTRACE_EVENT_EXEC)) if other == process => {
                    self.kernel.threads.remove(thread);
                    return Some(process);
                }
                _ => {}
            }
        }
        None
    }

    /// A process executes another program: it has one thread and new memory.
    fn on_exec(&mut self, thread: i32) {
        let process = self.kernel.process_of(thread);
        let others: Vec<i32> =
            self.kernel.threads.of(process).filter(|other| *other != thread).collect();
        for other in others {
            self.kernel.threads.remove(other);
        }
        if let Some(stopped) = self.kernel.threads.get_mut(thread) {
            stopped.held = Held::Stopped;
            stopped.cleared_at_end = 0;
        }
        let prepared = Injection::begin(thread).and_then(|injection| {
            let page = &self.kernel.clock.page;
            // A program whose memory cannot be read is being killed.
            let _ = exec::prepare(&injection, page, &mut self.kernel.random);
            injection.end()
        });
        // An error says that it is being killed, which is about to be reported.
        drop(prepared);
        children::end_borrowing(&mut self.kernel, process);
    }

    fn on_signal(&mut self, thread: i32, signal: i32) -> Option<Go> {
        match signal {
            libc::SIGSEGV if self.emulate_counter(thread) => Some(Go::Run(0)),
            libc::SIGSTOP | libc::SIGTSTP | libc::SIGTTIN | libc::SIGTTOU => {
                self.kernel.is_stopped = true;
                self.put_back(thread, Resume::Run { signal: 0 })
            }
            _ => {
                signals::set_sender(&self.kernel, thread);
                Some(Go::Run(signal))
            }
        }
    }

    /// Whether the instruction that failed reads the cycle counter; then it shows virtual time.
    fn emulate_counter(&self, thread: i32) -> bool {
        let Ok(registers) = ptrace::registers(thread) else { return false };
        let Ok(instruction) = (Memory { thread }).array(arch::instruction(&registers)) else {
            return false;
        };
        let value = self.kernel.clock.read(crate::linux::clock::ClockKind::Monotonic);
        arch::emulate_counter(&registers, instruction, value)
            .is_some_and(|after| ptrace::set_registers(thread, &after).is_ok())
    }

    /// How much processor time a thread may use before it is interrupted.
    fn longest_computation(&self) -> Duration {
        if self.preemptions < PATIENT_PREEMPTIONS {
            self.preempt_after
        } else if self.preemptions < SPINNING_PREEMPTIONS {
            self.preempt_after / IMPATIENCE
        } else {
            Duration::ZERO
        }
    }

    /// Interrupts a thread that computes; it continues after as much virtual time as it has used, or ten
    /// times that if it keeps computing, so that what others wait for can happen meanwhile.
    fn preempt(&mut self, process: i32, thread: i32) -> Option<Go> {
        if ptrace::send_signal(process, thread, libc::SIGSTOP).is_err() {
            return None;
        }
        // It may stop for another reason before it is given the signal.
        let status = wait(thread)?;
        if status != Status::Signal(libc::SIGSTOP) {
            return self.on_status(thread, status);
        }
        self.kernel.note(Irregularity::Preempted);
        self.preemptions += 1;
        self.kernel.threads.get_mut(thread)?.held = Held::Stopped;
        let time = if self.preemptions <= SPINNING_PREEMPTIONS {
            self.preempt_after
        } else {
            self.preempt_after / IMPATIENCE
        };
        let nanos = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        self.nap(thread, Wait::Computing, nanos)
    }

    /// Threads that waited in the kernel and made another call since.
    fn take_returned(&mut self) {
        for notification in self.tracer.take_others() {
            if let Some(thread) = self.kernel.threads.get_mut(notification.thread) {
                thread.held = Held::AtNotification(notification.id);
                thread.call = notification.call;
                self.kernel.threads.make_runnable(notification.thread, Resume::Ask);
            }
        }
    }

    /// Whether threads that waited in the kernel have stopped.
    pub(super) fn find_returned(&mut self) -> bool {
        let waiting = self.kernel.threads.waiting_for(|_, wait| matches!(wait, Wait::Kernel));
        let mut any = false;
        for thread in waiting {
            any |= !matches!(self.peek(thread), Stop::Late(_));
        }
        any
    }

    /// Looks whether a thread that waits in the kernel has stopped, and makes it runnable.
    fn peek(&mut self, thread: i32) -> Stop {
        let stop = self.tracer.wait(&self.kernel.listener, thread, Duration::ZERO);
        self.take_returned();
        let (held, call, resume) = match stop {
            Stop::Late(_) => return stop,
            Stop::Notified(id, call) => (Held::AtNotification(id), Some(call), Resume::Ask),
            Stop::Status(Status::Signal(signal)) => (Held::Stopped, None, Resume::Run { signal }),
            Stop::Status(Status::Event(libc::PTRACE_EVENT_SECCOMP)) => {
                let Ok(registers) = ptrace::registers(thread) else { return stop };
                (Held::AtCall(registers), Some(arch::call(&registers)), Resume::Ask)
            }
            Stop::Status(status) if status.is_end() => {
                children::thread_ended(&mut self.kernel, thread, status);
                return stop;
            }
            Stop::Status(_) => (Held::Stopped, None, Resume::Run { signal: 0 }),
        };
        if let Some(stopped) = self.kernel.threads.get_mut(thread) {
            stopped.held = held;
            stopped.call = call.unwrap_or(stopped.call);
            debug_assert!(matches!(stopped.state, State::Waiting(_)));
            self.kernel.threads.make_runnable(thread, resume);
        }
        stop
    }
}
