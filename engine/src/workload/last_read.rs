//! The final reads after the recovery wait: one by each worker.

use super::definition::{FreeWorker, Generator, Invocation, Next};
use crate::Random;
use glomers_history::{Function, Value};
use std::collections::BTreeSet;

/// One read by each worker.
pub(super) struct LastRead {
    invocation: Invocation,
    done: BTreeSet<u32>,
}

impl LastRead {
    /// The reads are marked as final in the history.
    pub(super) fn marked() -> Self {
        Self { invocation: Invocation::last(Function::Read, Value::Nil), done: BTreeSet::new() }
    }

    /// The reads are not marked.
    pub(super) fn unmarked() -> Self {
        Self { invocation: Invocation::new(Function::Read, Value::Nil), done: BTreeSet::new() }
    }
}

impl Generator for LastRead {
    fn next(&mut self, free_worker: FreeWorker, _random: &mut Random) -> Next {
        if self.done.insert(free_worker.worker) {
            Next::Invoke(self.invocation.clone())
        } else {
            Next::Exhausted
        }
    }
}
