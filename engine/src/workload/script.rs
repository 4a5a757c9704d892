//! Operations that a scenario spells out, instead of drawing them.

use super::{Asking, Generator, Invocation, Next};
use crate::scenario::PlannedOperation;
use crate::{Random, Time};
use std::collections::{BTreeMap, VecDeque};

/// The operations of a phase, each for a worker and from a time on. A worker that is still busy
/// then begins late.
pub(crate) struct Script {
    by_worker: BTreeMap<u32, VecDeque<PlannedOperation>>,
    /// When the phase began.
    start: Option<Time>,
    /// What a worker gets that has nothing left.
    after: fn() -> Next,
}

/// Never.
const NEVER: Time = Time::from_nanos(u64::MAX);

impl Script {
    /// The operations of the load, which lasts until its time is up.
    pub(crate) fn load(operations: Vec<PlannedOperation>) -> Self {
        Self::new(operations, || Next::Wait(NEVER))
    }

    /// The final operations, which end with the last of them.
    pub(crate) fn last(operations: Vec<PlannedOperation>) -> Self {
        Self::new(operations, || Next::Exhausted)
    }

    fn new(operations: Vec<PlannedOperation>, after: fn() -> Next) -> Self {
        let mut by_worker: BTreeMap<u32, VecDeque<PlannedOperation>> = BTreeMap::new();
        for operation in operations {
            by_worker.entry(operation.worker).or_default().push_back(operation);
        }
        Self { by_worker, start: None, after }
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
            return (self.after)();
        };
        if first > asking.now {
            return Next::Wait(first);
        }
        let Some(operation) = mine.pop_front() else { return (self.after)() };
        let PlannedOperation { f, value, is_final, other, .. } = operation;
        Next::Invoke(Invocation { f, value, is_final, other })
    }
}
