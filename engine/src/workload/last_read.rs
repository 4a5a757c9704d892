//! The last look after the recovery wait: one read by each worker.

use super::{Asking, Generator, Invocation, Next};
use crate::Random;
use glomers_history::{Function, Value};
use std::collections::BTreeSet;

/// One read by each worker.
pub(super) struct LastRead {
    invocation: Invocation,
    done: BTreeSet<u32>,
}

impl LastRead {
    /// Reads that are marked as final.
    pub(super) fn marked() -> Self {
        Self { invocation: Invocation::last(Function::Read, Value::Nil), done: BTreeSet::new() }
    }

    /// Reads like any other.
    pub(super) fn unmarked() -> Self {
        Self { invocation: Invocation::new(Function::Read, Value::Nil), done: BTreeSet::new() }
    }
}

impl Generator for LastRead {
    fn next(&mut self, asking: Asking, _random: &mut Random) -> Next {
        if self.done.insert(asking.worker) {
            Next::Invoke(self.invocation.clone())
        } else {
            Next::Exhausted
        }
    }
}
