//! Workers: each does one operation at a time, as one process after another.

use crate::Random;
use crate::message::NodeIndex;
use crate::time::Time;
use crate::workload::{Client, FreeWorker, Invocation};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// One worker.
pub(super) struct Worker {
    /// The node it talks to.
    pub(super) node: NodeIndex,
    /// The current process of the worker.
    pub(super) process: u64,
    /// Its network client and its protocol state; `None` before its first operation.
    pub(super) connection: Option<Connection>,
    /// The operation that it is executing.
    pub(super) current: Option<Invocation>,
}

/// How a worker reaches its node.
pub(super) struct Connection {
    /// The network client.
    pub(super) client: u32,
    /// The workload's client.
    pub(super) protocol: Box<dyn Client>,
    /// The process for which it was opened.
    pub(super) process: u64,
}

/// All workers, and which of them are free.
///
/// A worker that is not free is busy, asleep until there may be an operation for it, or dismissed.
pub(super) struct Workers {
    all: Vec<Worker>,
    /// One bit per worker, set if it is free.
    free: Vec<u64>,
    free_count: usize,
    busy_count: usize,
    /// When each sleeping worker wakes, the earliest on top.
    asleep: BinaryHeap<Reverse<(Time, u32)>>,
    /// Where the search for a free worker begins, since workers are taken in rotation.
    next: usize,
}

impl Workers {
    pub(super) fn new(count: u32, nodes: usize) -> Self {
        let count = count as usize;
        let all = (0..count)
            .map(|number| Worker {
                node: number % nodes,
                process: number as u64,
                connection: None,
                current: None,
            })
            .collect();
        let mut workers = Self {
            all,
            free: vec![0; count.div_ceil(64)],
            free_count: 0,
            busy_count: 0,
            asleep: BinaryHeap::new(),
            next: 0,
        };
        workers.assemble();
        workers
    }

    pub(super) fn count(&self) -> usize {
        self.all.len()
    }

    pub(super) fn any_free(&self) -> bool {
        self.free_count > 0
    }

    pub(super) fn none_busy(&self) -> bool {
        self.busy_count == 0
    }

    pub(super) fn get(&mut self, worker: u32) -> &mut Worker {
        &mut self.all[worker as usize]
    }

    /// The worker in the form that a generator sees.
    pub(super) fn as_free(&self, worker: u32, now: Time) -> FreeWorker {
        FreeWorker { worker, process: self.all[worker as usize].process, now }
    }

    /// The next free worker, in rotation.
    pub(super) fn next_free(&self) -> Option<u32> {
        if self.free_count == 0 {
            return None;
        }
        let words = self.free.len();
        let (first_word, first_bit) = (self.next / 64 % words, self.next % 64);
        // The first word is checked twice: from the starting bit first, and below it last.
        for step in 0..=words {
            let word = (first_word + step) % words;
            let mask = match step {
                0 => u64::MAX << first_bit,
                _ if step == words => !(u64::MAX << first_bit),
                _ => u64::MAX,
            };
            let bits = self.free[word] & mask;
            if bits != 0 {
                return u32::try_from(word * 64 + bits.trailing_zeros() as usize).ok();
            }
        }
        None
    }

    /// A random free worker, uniformly distributed.
    pub(super) fn draw_free(&self, random: &mut Random) -> Option<u32> {
        if self.free_count == 0 {
            return None;
        }
        let mut skipped = random.index(self.free_count);
        for (word, bits) in self.free.iter().enumerate() {
            let here = bits.count_ones() as usize;
            if skipped < here {
                let mut bits = *bits;
                for _ in 0..skipped {
                    // Clears the lowest bit.
                    bits &= bits - 1;
                }
                return u32::try_from(word * 64 + bits.trailing_zeros() as usize).ok();
            }
            skipped -= here;
        }
        None
    }

    /// Marks the worker as busy with the operation.
    pub(super) fn begin(&mut self, worker: u32, invocation: Invocation) {
        let number = worker as usize;
        self.all[number].current = Some(invocation);
        self.dismiss(worker);
        self.busy_count += 1;
        self.next = (number + 1) % self.all.len();
    }

    /// Marks the worker as free, and returns its operation.
    pub(super) fn end(&mut self, worker: u32) -> Option<Invocation> {
        let current = self.all[worker as usize].current.take()?;
        self.busy_count -= 1;
        self.release(worker);
        Some(current)
    }

    /// Makes the worker sleep until then, since there is no operation for it.
    pub(super) fn sleep(&mut self, worker: u32, until: Time) {
        self.dismiss(worker);
        self.asleep.push(Reverse((until, worker)));
    }

    /// Dismisses the worker, since there are no more operations for it.
    pub(super) fn dismiss(&mut self, worker: u32) {
        let number = worker as usize;
        self.free[number / 64] &= !(1 << (number % 64));
        self.free_count -= 1;
    }

    /// Frees the sleeping workers whose time has come.
    pub(super) fn wake(&mut self, now: Time) {
        while let Some(Reverse((until, worker))) = self.asleep.peek().copied()
            && until <= now
        {
            self.asleep.pop();
            self.release(worker);
        }
    }

    /// When the next sleeping worker wakes.
    pub(super) fn next_wake(&self) -> Option<Time> {
        self.asleep.peek().map(|Reverse((until, _))| *until)
    }

    /// Frees all workers that are not busy, including those asleep or dismissed, and restarts the
    /// rotation.
    pub(super) fn assemble(&mut self) {
        self.asleep.clear();
        self.next = 0;
        self.free.fill(0);
        self.free_count = 0;
        for number in 0..self.all.len() {
            if self.all[number].current.is_none() {
                self.free[number / 64] |= 1 << (number % 64);
                self.free_count += 1;
            }
        }
    }

    fn release(&mut self, worker: u32) {
        let number = worker as usize;
        self.free[number / 64] |= 1 << (number % 64);
        self.free_count += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use glomers_history::{Function, Value};

    #[test]
    fn free_workers_are_taken_in_rotation() {
        let operation = || Invocation::new(Function::Read, Value::Nil);
        let mut workers = Workers::new(130, 3);
        for expected in 0..130 {
            assert_eq!(workers.next_free(), Some(expected));
            workers.begin(expected, operation());
        }
        assert_eq!(workers.next_free(), None);
        workers.end(5);
        workers.end(128);
        assert_eq!(workers.next_free(), Some(5));
        workers.begin(5, operation());
        workers.end(3);
        assert_eq!(workers.next_free(), Some(128));
        workers.begin(128, operation());
        assert_eq!(workers.next_free(), Some(3));
    }

    #[test]
    fn free_workers_are_drawn_alike() {
        let mut workers = Workers::new(130, 3);
        for number in (0..130).filter(|number| ![3, 63, 64, 129].contains(number)) {
            workers.begin(number, Invocation::new(Function::Read, Value::Nil));
        }
        let mut random = Random::stream(1, "test");
        let mut counts = std::collections::BTreeMap::new();
        for _ in 0..4000 {
            *counts.entry(workers.draw_free(&mut random)).or_insert(0) += 1;
        }
        assert!(counts.keys().copied().eq([3, 63, 64, 129].map(Some)));
        assert!(counts.values().all(|count| (850..1150).contains(count)), "{counts:?}");
    }

    #[test]
    fn sleepers_wake_in_time_and_the_dismissed_never() {
        let mut workers = Workers::new(3, 1);
        let at = Time::from_nanos;
        workers.sleep(0, at(20));
        workers.sleep(1, at(10));
        workers.dismiss(2);
        assert!(!workers.any_free() && workers.none_busy());
        assert_eq!(workers.next_wake(), Some(at(10)));
        workers.wake(at(9));
        assert_eq!(workers.next_free(), None);
        workers.wake(at(10));
        assert_eq!(workers.next_free(), Some(1));
        workers.begin(1, Invocation::new(Function::Read, Value::Nil));
        assert!(!workers.none_busy());
        workers.wake(at(30));
        assert_eq!((workers.next_free(), workers.next_wake()), (Some(0), None));
        workers.end(1);
        workers.assemble();
        for expected in 0..3 {
            assert_eq!(workers.next_free(), Some(expected));
            workers.dismiss(expected);
        }
    }
}
