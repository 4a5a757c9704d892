//! Generates operations from the list in a scenario, instead of drawing them.

use super::definition::{FreeWorker, Generator, Invocation, Next};
use crate::scenario::PlannedOperation;
use crate::{Random, Time};
use std::collections::{BTreeMap, VecDeque};

/// The operations of a phase, each with a worker and a start time. An operation whose worker is
/// still busy at that time begins late.
pub(crate) struct Script {
    by_worker: BTreeMap<u32, VecDeque<PlannedOperation>>,
    /// Operations that have not begun.
    left: usize,
    /// When the phase began.
    start: Option<Time>,
    /// How the phase ends for a worker without further operations.
    end: End,
}

/// How a phase ends.
enum End {
    /// Each worker ends with its last operation.
    EachForItself,
    /// All workers end after this many nanoseconds, or later, when all operations have begun.
    Together(u64),
}

/// A time that is not reached.
const NEVER: u64 = u64::MAX;

impl Script {
    /// The operations of the load, which lasts `end` nanoseconds, or until its time limit.
    pub(crate) fn load(operations: Vec<PlannedOperation>, end: Option<u64>) -> Self {
        Self::new(operations, End::Together(end.unwrap_or(NEVER)))
    }

    /// The final operations; the phase ends with the last of them.
    pub(crate) fn last(operations: Vec<PlannedOperation>) -> Self {
        Self::new(operations, End::EachForItself)
    }

    fn new(operations: Vec<PlannedOperation>, end: End) -> Self {
        let left = operations.len();
        let mut by_worker: BTreeMap<u32, VecDeque<PlannedOperation>> = BTreeMap::new();
        for operation in operations {
            by_worker.entry(operation.worker).or_default().push_back(operation);
        }
        Self { by_worker, left, start: None, end }
    }

    /// The answer to a worker without further operations. It waits as long as other workers have
    /// some; the worker with the last operation ends the phase.
    fn after_last(&self, start: Time, now: Time) -> Next {
        let End::Together(end) = self.end else { return Next::Exhausted };
        let end = start.plus_nanos(end);
        match (end <= now, self.left) {
            (false, _) => Next::Wait(end),
            (true, 0) => Next::Exhausted,
            (true, _) => Next::Wait(Time::from_nanos(NEVER)),
        }
    }
}

impl Generator for Script {
    fn next(&mut self, free_worker: FreeWorker, _random: &mut Random) -> Next {
        let start = *self.start.get_or_insert(free_worker.now);
        let mine = self.by_worker.get_mut(&free_worker.worker);
        let Some((mine, first)) = mine.and_then(|mine| {
            let at = mine.front()?.at;
            Some((mine, start.plus_nanos(at)))
        }) else {
            return self.after_last(start, free_worker.now);
        };
        if first > free_worker.now {
            return Next::Wait(first);
        }
        let Some(operation) = mine.pop_front() else {
            return self.after_last(start, free_worker.now);
        };
        self.left -= 1;
        let PlannedOperation { f, value, is_final, other, .. } = operation;
        Next::Invoke(Invocation { f, value, is_final, other })
    }
}
