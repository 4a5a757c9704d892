//! Workers: each does one operation at a time, as one process after another.

use crate::message::NodeIndex;
use crate::workload::{Asking, Client, Invocation};

/// One worker.
pub(super) struct Worker {
    /// The node it talks to.
    pub(super) node: NodeIndex,
    /// The process that it is now.
    pub(super) process: u64,
    /// Its network client and its side of the protocol; none before its first operation.
    pub(super) connection: Option<Connection>,
    /// The operation that it is busy with.
    pub(super) current: Option<Invocation>,
}

/// How a worker reaches its node.
pub(super) struct Connection {
    /// The network client.
    pub(super) client: u32,
    /// The workload's client.
    pub(super) protocol: Box<dyn Client>,
    /// The process that it was opened for.
    pub(super) process: u64,
}

/// All workers, and which are free.
pub(super) struct Workers {
    all: Vec<Worker>,
    /// A bit for each free worker.
    free: Vec<u64>,
    free_count: usize,
    /// Where the search for a free worker begins: they are taken in rotation.
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
        let mut free = vec![0_u64; count.div_ceil(64)];
        for number in 0..count {
            free[number / 64] |= 1 << (number % 64);
        }
        Self { all, free, free_count: count, next: 0 }
    }

    pub(super) fn count(&self) -> usize {
        self.all.len()
    }

    pub(super) fn any_free(&self) -> bool {
        self.free_count > 0
    }

    pub(super) fn all_free(&self) -> bool {
        self.free_count == self.all.len()
    }

    pub(super) fn is_free(&self, worker: u32) -> bool {
        let worker = worker as usize;
        self.free[worker / 64] & (1 << (worker % 64)) != 0
    }

    pub(super) fn get(&mut self, worker: u32) -> &mut Worker {
        &mut self.all[worker as usize]
    }

    /// The worker, as a generator sees it.
    pub(super) fn asking(&self, worker: u32) -> Asking {
        Asking { worker, process: self.all[worker as usize].process }
    }

    /// The next free worker, in rotation.
    pub(super) fn next_free(&self) -> Option<u32> {
        if self.free_count == 0 {
            return None;
        }
        let words = self.free.len();
        let (first_word, first_bit) = (self.next / 64 % words, self.next % 64);
        // The first word is looked at twice: from the starting bit, and at last below it.
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

    /// The worker begins an operation.
    pub(super) fn begin(&mut self, worker: u32, invocation: Invocation) {
        let number = worker as usize;
        self.all[number].current = Some(invocation);
        self.free[number / 64] &= !(1 << (number % 64));
        self.free_count -= 1;
        self.next = (number + 1) % self.all.len();
    }

    /// The worker is done with its operation.
    pub(super) fn end(&mut self, worker: u32) -> Option<Invocation> {
        let number = worker as usize;
        let current = self.all[number].current.take()?;
        self.free[number / 64] |= 1 << (number % 64);
        self.free_count += 1;
        Some(current)
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
}
