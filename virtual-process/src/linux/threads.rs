//! The threads of a node: which wait, for what, and which is next.

use crate::linux::call::{Call, Deadline, FutexKey, Wait};
use crate::linux::random::Random;
use crate::linux::sys::ptrace::Registers;
use crate::program::Schedule;
use std::collections::{BTreeMap, VecDeque};

/// A thread.
#[derive(Debug)]
pub(crate) struct Thread {
    /// The kernel's number of the process that it belongs to.
    pub(crate) process: i32,
    /// How it is prevented from running.
    pub(crate) held: Held,
    /// Its last system call.
    pub(crate) call: Call,
    pub(crate) state: State,
    /// The address of a word that becomes 0 when the thread ends, and whose waiters are woken up; 0
    /// for none.
    pub(crate) cleared_at_end: u64,
}

/// What keeps a thread from running.
#[derive(Debug)]
pub(crate) enum Held {
    /// A system call that waits for an answer to this notification.
    AtNotification(u64),
    /// A stop before a system call.
    AtCall(Registers),
    /// A stop after a call that asked whether descriptors are ready; it is about to make its own call,
    /// before which it had these registers.
    Asked(Registers),
    /// Another stop.
    Stopped,
    /// Nothing: it runs, or it waits in the kernel.
    Free,
}

/// Whether a thread can run.
#[derive(Debug)]
pub(crate) enum State {
    Running,
    /// It is in the queue.
    Runnable(Resume),
    Waiting(Waiting),
}

/// How a thread continues when it is its turn.
#[derive(Debug)]
pub(crate) enum Resume {
    /// It runs on, and is given a signal unless that is 0.
    Run { signal: i32 },
    /// Its call returns this value.
    Return(i64),
    /// Its call is looked at anew.
    Ask,
    /// If a descriptor of its call is still ready, the kernel makes the call; else it waits on.
    Recheck(Waiting),
}

/// A wait.
#[derive(Debug)]
pub(crate) struct Waiting {
    pub(crate) wait: Wait,
    pub(crate) until: Deadline,
    /// Who has waited longer has the lower number.
    order: u64,
}

/// All threads of a node.
#[derive(Debug, Default)]
pub(crate) struct Threads {
    by_id: BTreeMap<i32, Thread>,
    queue: VecDeque<i32>,
    next_order: u64,
}

impl Threads {
    /// Adds a thread that stopped when it was created. It can run.
    pub(crate) fn add(&mut self, id: i32, process: i32, cleared_at_end: u64) {
        let call = Call { number: -1, args: [0; 6] };
        let state = State::Runnable(Resume::Run { signal: 0 });
        let thread = Thread { process, held: Held::Stopped, call, state, cleared_at_end };
        self.by_id.insert(id, thread);
        self.queue.push_back(id);
    }

    pub(crate) fn get(&self, id: i32) -> Option<&Thread> {
        self.by_id.get(&id)
    }

    pub(crate) fn get_mut(&mut self, id: i32) -> Option<&mut Thread> {
        self.by_id.get_mut(&id)
    }

    pub(crate) fn remove(&mut self, id: i32) -> Option<Thread> {
        self.queue.retain(|queued| *queued != id);
        self.by_id.remove(&id)
    }

    pub(crate) fn len(&self) -> usize {
        self.by_id.len()
    }

    /// The threads of a process.
    pub(crate) fn of(&self, process: i32) -> impl Iterator<Item = i32> + '_ {
        self.iter().filter(move |(_, thread)| thread.process == process).map(|(id, _)| id)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (i32, &Thread)> + '_ {
        self.by_id.iter().map(|(id, thread)| (*id, thread))
    }

    /// Whether a thread other than the running one can run.
    pub(crate) fn any_runnable(&self) -> bool {
        !self.queue.is_empty()
    }

    /// The next thread, which from now on runs, and how it continues.
    pub(crate) fn take_next(
        &mut self,
        schedule: Schedule,
        random: &mut Random,
    ) -> Option<(i32, Resume)> {
        loop {
            let index = match schedule {
                Schedule::Random if self.queue.len() > 1 => random.index(self.queue.len()),
                _ => 0,
            };
            let id = self.queue.remove(index)?;
            let Some(thread) = self.by_id.get_mut(&id) else { continue };
            if let State::Runnable(resume) = std::mem::replace(&mut thread.state, State::Running) {
                return Some((id, resume));
            }
        }
    }

    /// Puts a thread at the end of the queue.
    pub(crate) fn make_runnable(&mut self, id: i32, resume: Resume) {
        if let Some(thread) = self.by_id.get_mut(&id) {
            if !matches!(thread.state, State::Runnable(_)) {
                self.queue.push_back(id);
            }
            thread.state = State::Runnable(resume);
        }
    }

    /// Lets a thread wait.
    pub(crate) fn wait(&mut self, id: i32, wait: Wait, until: Deadline) {
        self.next_order += 1;
        self.wait_on(id, Waiting { wait, until, order: self.next_order });
    }

    /// Lets a thread continue to wait, as if it had not been woken up.
    pub(crate) fn wait_on(&mut self, id: i32, waiting: Waiting) {
        if let Some(thread) = self.by_id.get_mut(&id) {
            thread.state = State::Waiting(waiting);
        }
    }

    /// Takes a thread out of its wait; the caller makes it runnable.
    pub(crate) fn take_waiting(&mut self, id: i32) -> Option<Waiting> {
        let thread = self.by_id.get_mut(&id)?;
        match std::mem::replace(&mut thread.state, State::Running) {
            State::Waiting(waiting) => Some(waiting),
            other => {
                thread.state = other;
                None
            }
        }
    }

    /// What a thread waits for.
    pub(crate) fn waiting(&self, id: i32) -> Option<&Waiting> {
        match &self.by_id.get(&id)?.state {
            State::Waiting(waiting) => Some(waiting),
            _ => None,
        }
    }

    /// Threads that wait, the longest wait first.
    pub(crate) fn waiting_for(&self, is_so: impl Fn(&Thread, &Wait) -> bool) -> Vec<i32> {
        let mut found: Vec<(u64, i32)> = self
            .iter()
            .filter_map(|(id, thread)| match &thread.state {
                State::Waiting(Waiting { wait, order, .. }) if is_so(thread, wait) => {
                    Some((*order, id))
                }
                _ => None,
            })
            .collect();
        found.sort_unstable();
        found.into_iter().map(|(_, id)| id).collect()
    }

    /// Threads whose deadline has come, the earliest first.
    pub(crate) fn due(&self, now: u64) -> Vec<i32> {
        let mut due: Vec<(u64, u64, i32)> = self
            .waits()
            .filter_map(|(id, Waiting { until, order, .. })| {
                let until = until.filter(|until| *until <= now)?;
                Some((until, *order, id))
            })
            .collect();
        due.sort_unstable();
        due.into_iter().map(|(_, _, id)| id).collect()
    }

    /// The earliest deadline.
    pub(crate) fn next_deadline(&self) -> Deadline {
        self.waits().filter_map(|(_, waiting)| waiting.until).min()
    }

    fn waits(&self) -> impl Iterator<Item = (i32, &Waiting)> + '_ {
        self.iter().filter_map(|(id, thread)| match &thread.state {
            State::Waiting(waiting) => Some((id, waiting)),
            _ => None,
        })
    }

    /// Threads that wait on a word with one of these bits, the longest wait first.
    pub(crate) fn on_futex(&self, key: FutexKey, mask: u32) -> Vec<i32> {
        self.waiting_for(|_, wait| match wait {
            Wait::Futex { key: other, bits } => *other == key && bits & mask != 0,
            _ => false,
        })
    }

    /// Lets up to `most` threads that wait on a word continue; returns their number.
    pub(crate) fn wake_futex(&mut self, key: FutexKey, mask: u32, most: usize) -> usize {
        let mut woken = self.on_futex(key, mask);
        woken.truncate(most);
        for id in &woken {
            self.make_runnable(*id, Resume::Return(0));
        }
        woken.len()
    }

    /// Moves up to `most` threads from one word to another; returns their number.
    pub(crate) fn requeue_futex(&mut self, from: FutexKey, to: FutexKey, most: usize) -> usize {
        let mut moved = self.on_futex(from, u32::MAX);
        moved.truncate(most);
        for id in &moved {
            if let Some(State::Waiting(Waiting { wait: Wait::Futex { key, .. }, .. })) =
                self.by_id.get_mut(id).map(|thread| &mut thread.state)
            {
                *key = to;
            }
        }
        moved.len()
    }
}
