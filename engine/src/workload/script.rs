//! Operations that a scenario spells out, instead of drawing them.

use super::{Asking, Generator, Invocation, Next};
use crate::scenario::PlannedOperation;
use crate::{Random, Time};
use std::collections::{BTreeMap, VecDeque};

/// The operations of a phase, each for a worker and from a time on. A worker that is still busy
/// then begins late.
pub(crate) struct Script {
    by_worker: BTreeMap<u32, VecDeque<PlannedOperation>>,
    /// Operations that have not begun.
    left: usize,
    /// When the phase began.
    start: Option<Time>,
    /// What a worker gets that has nothing left.
    end: End,
}

/// When a phase ends.
enum End {
    /// For each worker with its last operation.
    EachForItself,
    /// For all after so many nanoseconds, if all operations have begun; later if they have not.
    Together(u64),
}

/// Never.
const NEVER: u64 = u64::MAX;

impl Script {
    /// The operations of the load, which lasts so many nanoseconds, or until its time is up.
    pub(crate) fn load(operations: Vec<PlannedOperation>, end: Option<u64>) -> Self {
        Self::new(operations, End::Together(end.unwrap_or(NEVER)))
    }

    /// The final operations, which end with the last of them.
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

    /// What a worker does that has nothing left. While others have, it waits; the last of them is
    /// the one that ends the phase.
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
    fn next(&mut self, asking: Asking, _random: &mut Random) -> Next {
        let start = *self.start.get_or_insert(asking.now);
        let mine = self.by_worker.get_mut(&asking.worker);
        let Some((mine, first)) = mine.and_then(|mine| {
            let at = mine.front()?.at;
            Some((mine, start.plus_nanos(at)))
        }) else {
            return self.after_last(start, asking.now);
        };
        if first > asking.now {
            return Next::Wait(first);
        }
        let Some(operation) = mine.pop_front() else {
            return self.after_last(start, asking.now);
        };
        self.left -= 1;
        let PlannedOperation { f, value, is_final, other, .. } = operation;
        Next::Invoke(Invocation { f, value, is_final, other })
    }
}
