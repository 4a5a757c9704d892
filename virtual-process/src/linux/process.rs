//! A program in virtual time: it is given input and the time, runs until all of its threads wait,
//! and says when it next wants to run.

use crate::irregularity::{Irregularities, Irregularity};
use crate::limits::{Exceeded, Limits};
use crate::linux::clock::Clock;
use crate::linux::clock_page::ClockPage;
use crate::linux::identities::Identities;
use crate::linux::kernel::{Kernel, Patience};
use crate::linux::pipes::{Input, Output};
use crate::linux::processes::Processes;
use crate::linux::random::Random;
use crate::linux::start::{Started, start};
use crate::linux::sys::counter::Forbidden;
use crate::linux::sys::wait::wait;
use crate::linux::threads::Threads;
use crate::linux::tracer::Tracer;
use crate::linux::wakeups;
use crate::program::{End, Program, Schedule, StartError};
use nix::libc;
use std::marker::PhantomData;
use std::time::Duration;

/// Number of processors that a program sees if the order of its threads is random.
const RANDOM_PROCESSORS: u32 = 4;

/// A program that runs in virtual time, with everything that it starts.
///
/// Only the thread that started it can use it, since the kernel allows only that thread to control
/// it. Dropping it kills it.
#[derive(Debug)]
pub struct VirtualProcess {
    pub(super) kernel: Kernel,
    pub(super) tracer: Tracer,
    stdin: Input,
    pub(super) stdout: Output,
    pub(super) schedule: Schedule,
    /// Draws the order of threads, apart from the program's random numbers.
    pub(super) order: Random,
    pub(super) preempt_after: Duration,
    pub(super) limits: Limits,
    pub(super) exceeded: Option<Exceeded>,
    /// The running thread makes a call that only the kernel can make, and that may wait.
    pub(super) expects_wait: bool,
    pub(super) preemptions: u32,
    pub(super) stops: u64,
    /// Not `Send`.
    _one_thread: PhantomData<*const ()>,
}

impl VirtualProcess {
    /// Starts a program. It executes nothing before the first [`run`](Self::run).
    pub fn start(program: &Program) -> Result<Self, StartError> {
        let denied = |what| move |source| StartError::Denied { what, source };
        let page = ClockPage::new().map_err(denied("share memory (memfd)"))?;
        let mut random = Random::new(program.seed);
        let started = start(program, &page, &mut random)?;
        let Started { process, listener, stdin, stdout, addresses_are_fixed, can_copy } = started;
        let tracer = Tracer::new(&listener).map_err(denied("wait for events (epoll)"))?;
        let mut kernel = Kernel {
            threads: Threads::default(),
            processes: Processes::default(),
            clock: Clock::new(page),
            identities: Identities::new(program.number),
            random,
            patience: Patience::default(),
            irregularities: Irregularities::default(),
            processors: match program.schedule {
                Schedule::Fifo => 1,
                // Some programs start only as many threads as there are processors.
                Schedule::Random => RANDOM_PROCESSORS,
            },
            can_copy,
            listener,
            first: process,
            end: None,
            is_stopped: false,
        };
        kernel.identities.add(process);
        kernel.processes.add(process, None);
        kernel.threads.add(process, process, 0);
        if !addresses_are_fixed {
            kernel.note(Irregularity::RandomAddresses);
        }
        Ok(Self {
            kernel,
            tracer,
            stdin: Input::new(stdin),
            stdout: Output::new(stdout),
            schedule: program.schedule,
            order: Random::new(program.seed.rotate_left(u64::BITS / 2)),
            preempt_after: program.preempt_after,
            limits: program.limits,
            exceeded: None,
            expects_wait: false,
            preemptions: 0,
            stops: 0,
            _one_thread: PhantomData,
        })
    }

    /// Gives the program input. It reads it in the next [`run`](Self::run).
    pub fn write_stdin(&mut self, bytes: &[u8]) {
        self.stdin.add(bytes);
        self.kernel.patience.reset();
    }

    /// Closes the program's stdin after what was given so far.
    pub fn close_stdin(&mut self) {
        self.stdin.close();
    }

    /// Runs the program until all of its threads wait, at this time of its clock, which never goes
    /// back.
    pub fn run(&mut self, now: Duration) {
        if self.kernel.end.is_some() || self.kernel.is_stopped {
            return;
        }
        self.kernel.clock.advance_to(u64::try_from(now.as_nanos()).unwrap_or(u64::MAX));
        self.stdout.fill();
        {
            let _forbidden = Forbidden::begin();
            wakeups::expire(&mut self.kernel);
            self.stdin.flush();
            while self.kernel.end.is_none() && !self.kernel.is_stopped {
                match self.kernel.threads.take_next(self.schedule, &mut self.order) {
                    Some((thread, resume)) => self.turn(thread, resume),
                    None if self.kernel.probe() || self.find_returned() => {}
                    None if self.stdin.flush() => {}
                    None => break,
                }
            }
        }
        self.stdout.fill();
        if self.kernel.end == Some(End::Signal(libc::SIGXFSZ)) {
            self.exceeded = Some(Exceeded::FileSize);
        }
        if self.kernel.end.is_some() {
            self.kill();
        }
    }

    /// When the program next wants to run without further input; `None` if it waits for input.
    #[must_use]
    pub fn next_wake(&self) -> Option<Duration> {
        if self.kernel.end.is_some() || self.kernel.is_stopped {
            return None;
        }
        self.kernel.next_deadline().map(Duration::from_nanos)
    }

    /// Takes what the program has printed to stdout.
    pub fn take_stdout(&mut self) -> Vec<u8> {
        self.stdout.take()
    }

    /// Whether the program, and all that it started, have closed their stdout.
    #[must_use]
    pub fn is_stdout_closed(&self) -> bool {
        self.stdout.is_closed()
    }

    /// Number of bytes of input that the program has not read.
    #[must_use]
    pub fn unread_bytes(&self) -> usize {
        self.stdin.unread_bytes()
    }

    /// How the program ended, if it has.
    #[must_use]
    pub fn end(&self) -> Option<End> {
        self.kernel.end
    }

    /// Whether the program stopped itself, and so will never run again.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.kernel.is_stopped
    }

    /// Why another run with the same seed may come out otherwise.
    #[must_use]
    pub fn irregularities(&self) -> &[Irregularity] {
        self.kernel.irregularities.all()
    }

    /// The limit for which it was killed, if it was.
    #[must_use]
    pub fn exceeded(&self) -> Option<Exceeded> {
        self.exceeded
    }

    /// How often a thread stopped so far: what the simulation costs.
    #[must_use]
    pub fn stops(&self) -> u64 {
        self.stops
    }

    /// Kills the program and everything that it started.
    pub fn kill(&mut self) {
        let processes: Vec<i32> = self.kernel.processes.ids().collect();
        for process in processes {
            let target = nix::unistd::Pid::from_raw(process);
            let _ = nix::sys::signal::kill(target, nix::sys::signal::Signal::SIGKILL);
        }
        // The first thread of a process is reported when all others have been.
        let mut threads: Vec<(bool, i32)> =
            self.kernel.threads.iter().map(|(id, thread)| (id == thread.process, id)).collect();
        threads.sort_unstable();
        for (_, thread) in threads {
            while wait(thread).is_some_and(|status| !status.is_end()) {}
            self.kernel.threads.remove(thread);
        }
        // A first thread that ended before the others is not among the threads.
        let processes: Vec<i32> = self.kernel.processes.ids().collect();
        for process in processes {
            let _ = wait(process);
            self.kernel.processes.remove(process);
        }
        self.stdout.fill();
        self.kernel.end.get_or_insert(End::Signal(libc::SIGKILL));
    }
}

impl Drop for VirtualProcess {
    fn drop(&mut self) {
        self.kill();
    }
}
