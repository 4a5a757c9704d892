//! The state of the kernel that a node sees instead of the real one.

use crate::irregularity::{Irregularities, Irregularity};
use crate::linux::arch;
use crate::linux::call::{Deadline, Wait};
use crate::linux::clock::Clock;
use crate::linux::descriptors::{Entry, Watched, are_ready, question};
use crate::linux::identities::Identities;
use crate::linux::processes::Processes;
use crate::linux::random::Random;
use crate::linux::sys::memory::Memory;
use crate::linux::sys::ptrace;
use crate::linux::sys::seccomp::Listener;
use crate::linux::sys::wait::{Status, wait};
use crate::linux::threads::{Held, Resume, Threads};
use crate::program::End;
use nix::libc;
use std::os::fd::BorrowedFd;

/// The threads and processes of a node, its time, and its random numbers.
#[derive(Debug)]
pub(crate) struct Kernel {
    pub(crate) threads: Threads,
    pub(crate) processes: Processes,
    pub(crate) clock: Clock,
    pub(crate) identities: Identities,
    pub(crate) random: Random,
    pub(crate) patience: Patience,
    pub(crate) irregularities: Irregularities,
    /// Number of processors that the program sees.
    pub(crate) processors: u32,
    /// Whether the descriptors of the program can be copied.
    pub(crate) can_copy: bool,
    /// Answers notified calls.
    pub(crate) listener: Listener,
    /// The node's first process.
    pub(crate) first: i32,
    /// How the node ended.
    pub(crate) end: Option<End>,
    /// The node stopped itself (SIGSTOP) and will not continue.
    pub(crate) is_stopped: bool,
}

/// Number of calls after which it is the turn of another thread that can run. Without it a thread
/// that polls would keep the thread that it waits for from running.
const CALLS_PER_TURN: u32 = 64;
/// Number of calls without a wait, by all threads together, after which a thread naps.
const CALLS_BEFORE_NAP: u32 = 5000;
/// The same after the first nap.
const CALLS_BETWEEN_NAPS: u32 = 50;
/// The first nap's duration in nanoseconds; each one after it is twice as long.
const FIRST_NAP_NANOS: u64 = 20_000;
/// The longest nap, in nanoseconds.
const LONGEST_NAP_NANOS: u64 = 1_000_000;

/// How long the node has been calling without waiting.
#[derive(Debug, Default)]
pub(crate) struct Patience {
    calls_this_turn: u32,
    calls_since_wait: u32,
    naps: u32,
}

/// What a thread does after yet another call without waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    Continue,
    /// Others can run: it is their turn.
    Yield,
    /// Time must pass: this many nanoseconds.
    Nap(u64),
}

impl Patience {
    /// A thread's turn begins.
    pub(crate) fn begin_turn(&mut self) {
        self.calls_this_turn = 0;
    }

    /// A thread waits, or the node was given input.
    pub(crate) fn reset(&mut self) {
        *self = Self { calls_this_turn: self.calls_this_turn, ..Self::default() };
    }

    /// Counts a call.
    pub(crate) fn count_call(&mut self, others_can_run: bool) -> Turn {
        self.calls_this_turn += 1;
        self.calls_since_wait += 1;
        if self.calls_this_turn >= CALLS_PER_TURN && others_can_run {
            return Turn::Yield;
        }
        let limit = if self.naps == 0 { CALLS_BEFORE_NAP } else { CALLS_BETWEEN_NAPS };
        if self.calls_since_wait >= limit {
            self.calls_since_wait = 0;
            let nap = FIRST_NAP_NANOS << self.naps.min(u64::BITS / 4);
            self.naps += 1;
            return Turn::Nap(nap.min(LONGEST_NAP_NANOS));
        }
        Turn::Continue
    }
}

impl Kernel {
    /// The process of a thread; the thread itself if it is unknown.
    pub(crate) fn process_of(&self, thread: i32) -> i32 {
        self.threads.get(thread).map_or(thread, |thread| thread.process)
    }

    /// Lets a thread wait.
    pub(crate) fn wait(&mut self, thread: i32, wait: Wait, until: Deadline) {
        if !matches!(wait, Wait::Nap) {
            self.patience.reset();
            self.clock.note_wait();
        }
        self.threads.wait(thread, wait, until);
    }

    /// When something happens next without further input.
    pub(crate) fn next_deadline(&self) -> Deadline {
        let deadlines = [self.threads.next_deadline(), self.processes.next_deadline()];
        deadlines.into_iter().flatten().min()
    }

    /// Lets threads continue whose descriptors are ready; returns whether there are any.
    pub(crate) fn probe(&mut self) -> bool {
        let watching = self.threads.waiting_for(|_, wait| matches!(wait, Wait::Descriptors(_)));
        let mut any = false;
        for thread in watching {
            let Some(waiting) = self.threads.take_waiting(thread) else { continue };
            if matches!(&waiting.wait, Wait::Descriptors(watched) if self.is_ready(thread, watched))
            {
                self.threads.make_runnable(thread, Resume::Recheck(waiting));
                any = true;
            } else {
                self.threads.wait_on(thread, waiting);
            }
        }
        any
    }

    /// Whether the call of a thread that waits for descriptors would return now.
    pub(crate) fn is_ready(&mut self, thread: i32, watched: &Watched) -> bool {
        match watched {
            Watched::Copies(copies) => are_ready(copies),
            // If it cannot ask, the kernel makes the call: the thread is gone, or has no memory for
            // the question.
            Watched::Own(entries) => self.ask_thread(thread, entries).unwrap_or(true),
        }
    }

    /// Lets a thread ask the kernel, by a call that does not wait, whether its descriptors are ready.
    /// It is stopped before its own call, and is about to make that call after this.
    fn ask_thread(&mut self, thread: i32, entries: &[Entry]) -> Option<bool> {
        let question = question(Memory { thread }, entries).ok()?;
        let asked = self.stop_before_call(thread)?;
        let mut changed = asked;
        arch::set_call(&mut changed, &question);
        ptrace::set_registers(thread, &changed).ok()?;
        let result = self.finish_call(thread)?;
        ptrace::set_registers(thread, &arch::before_call(&asked)).ok()?;
        self.threads.get_mut(thread)?.held = Held::Asked(asked);
        Some(result != 0)
    }

    /// Gives a thread a copy of a descriptor, whose number its call returns; `None` if it cannot have
    /// more.
    pub(crate) fn answer_descriptor(
        &mut self,
        thread: i32,
        descriptor: BorrowedFd<'_>,
        closes_on_exec: bool,
    ) -> Option<i32> {
        let stopped = self.threads.get_mut(thread)?;
        let Held::AtNotification(id) = stopped.held else { return None };
        let number = self.listener.answer_descriptor(id, descriptor, closes_on_exec).ok()?;
        stopped.held = Held::Free;
        Some(number)
    }

    /// The registers of a thread that is stopped before its call, or is about to make it and is then
    /// stopped.
    fn stop_before_call(&mut self, thread: i32) -> Option<ptrace::Registers> {
        match self.threads.get(thread)?.held {
            Held::AtCall(registers) => Some(registers),
            Held::Asked(_) => {
                ptrace::resume(thread, 0).ok()?;
                match wait(thread)? {
                    Status::Event(libc::PTRACE_EVENT_SECCOMP) => ptrace::registers(thread).ok(),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// Lets the kernel make a call with other arguments, while the thread is stopped before it;
    /// returns the call's result. The thread is then stopped after it, and sees its own arguments.
    pub(crate) fn make_call(&mut self, thread: i32, args: &[(usize, u64)]) -> Option<i64> {
        let before = self.stop_before_call(thread)?;
        let mut changed = before;
        for (index, value) in args {
            arch::set_argument(&mut changed, *index, *value);
        }
        ptrace::set_registers(thread, &changed).ok()?;
        let result = self.finish_call(thread)?;
        ptrace::set_registers(thread, &arch::after_call(&before, result)).ok()?;
        Some(result)
    }

    /// Lets a stopped thread run to the end of its call; returns the call's result.
    pub(crate) fn finish_call(&mut self, thread: i32) -> Option<i64> {
        ptrace::resume_to_call_end(thread).ok()?;
        let status = wait(thread)?;
        if let Some(stopped) = self.threads.get_mut(thread) {
            stopped.held = Held::Stopped;
        }
        (status == Status::CallEnd)
            .then(|| ptrace::registers(thread).ok())
            .flatten()
            .map(|after| arch::result(&after))
    }

    /// Notes that this run may not come out the same again.
    pub(crate) fn note(&mut self, irregularity: Irregularity) {
        self.irregularities.add(irregularity);
    }
}
