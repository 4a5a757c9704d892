//! The current phase of a run, with the data that exists only in that phase.

use super::workers::Workers;
use crate::event::{Failure, Phase};
use crate::time::Time;

/// The current phase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stage {
    /// Nodes start.
    Start {
        /// Number of nodes that answered `init`; `None` before the requests are sent.
        initialised: Option<usize>,
    },
    /// Every node gets the workload's set-up request.
    SetUp {
        /// Number of nodes that finished.
        ready: usize,
    },
    /// Clients run operations.
    Load(Load),
    /// Open operations end.
    Drain,
    /// The wait for recovery.
    Recovery {
        /// When it ends, if all nodes run by then.
        end: Time,
    },
    /// Every worker performs its final operations.
    FinalReads,
    /// The run has ended, perhaps early.
    Done(Option<Failure>),
}

impl Stage {
    pub(super) fn phase(&self) -> Phase {
        match self {
            Self::Start { .. } => Phase::Start,
            Self::SetUp { .. } => Phase::SetUp,
            Self::Load(_) => Phase::Load,
            Self::Drain => Phase::Drain,
            Self::Recovery { .. } => Phase::Recovery,
            Self::FinalReads => Phase::FinalReads,
            Self::Done(_) => Phase::Done,
        }
    }

    pub(super) fn is_done(&self) -> bool {
        matches!(self, Self::Done(_))
    }

    /// Counts a node that answered its first `init`; returns whether it was the first.
    pub(super) fn count_initialised(&mut self) -> bool {
        let Self::Start { initialised } = self else { return false };
        *initialised.get_or_insert(0) += 1;
        true
    }

    /// Counts a node that finished its first set-up; returns whether it was the first.
    pub(super) fn count_set_up(&mut self) -> bool {
        let Self::SetUp { ready } = self else { return false };
        *ready += 1;
        true
    }
}

/// The phase in which clients run operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Load {
    /// The time limit.
    pub(super) cutoff: Time,
    /// When the next operation is due; `None` if there are none at all.
    pub(super) next_operation: Option<Time>,
    /// Whether the generator has no more operations.
    pub(super) is_exhausted: bool,
}

impl Load {
    /// When something is due: an operation, a worker that wakes, a fault, or the end.
    pub(super) fn deadline(&self, workers: &Workers, next_fault: Option<Time>) -> Option<Time> {
        let operation = self.next_operation.filter(|_| workers.any_free());
        [operation, workers.next_wake(), next_fault, Some(self.cutoff)].into_iter().flatten().min()
    }

    /// Whether an operation is due.
    pub(super) fn needs_operation(&self, now: Time) -> bool {
        now < self.cutoff && self.next_operation.is_some_and(|next| next <= now)
    }

    /// Whether a fault is due.
    pub(super) fn needs_fault(&self, now: Time, next_fault: Option<Time>) -> bool {
        now < self.cutoff && next_fault.is_some_and(|next| next <= now)
    }

    /// Whether the load is over: as in the reference, as soon as nothing else can happen before the
    /// time limit.
    pub(super) fn is_over(&self, now: Time, workers: &Workers, next_fault: Option<Time>) -> bool {
        let operation_possible =
            !workers.any_free() || self.next_operation.is_none_or(|next| next < self.cutoff);
        let fault_possible = next_fault.is_some_and(|next| next < self.cutoff);
        now >= self.cutoff || self.is_exhausted || !(operation_possible || fault_possible)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::Invocation;
    use glomers_history::{Function, Value};

    fn at(nanos: u64) -> Time {
        Time::from_nanos(nanos)
    }

    #[test]
    fn only_the_first_start_and_set_up_of_a_node_count() {
        let mut stage = Stage::Start { initialised: None };
        assert!(stage.count_initialised() && stage.count_initialised() && !stage.count_set_up());
        assert_eq!(stage, Stage::Start { initialised: Some(2) });
        let mut stage = Stage::SetUp { ready: 1 };
        assert!(stage.count_set_up() && !stage.count_initialised());
        assert_eq!(stage, Stage::SetUp { ready: 2 });
        let mut stage = Stage::Drain;
        assert!(!stage.count_set_up() && !stage.count_initialised());
    }

    #[test]
    fn the_load_waits_for_what_comes_first() {
        let load = Load { cutoff: at(100), next_operation: Some(at(40)), is_exhausted: false };
        let mut workers = Workers::new(2, 1);
        assert_eq!(load.deadline(&workers, Some(at(50))), Some(at(40)));
        workers.begin(0, Invocation::new(Function::Read, Value::Nil));
        workers.sleep(1, at(70));
        // No worker is free for the operation.
        assert_eq!(load.deadline(&workers, Some(at(80))), Some(at(70)));
        assert_eq!(load.deadline(&workers, Some(at(50))), Some(at(50)));
        let idle = Load { next_operation: None, ..load };
        assert_eq!(idle.deadline(&Workers::new(1, 1), None), Some(at(100)));
    }

    #[test]
    fn the_load_ends_when_nothing_can_happen_before_the_time_limit() {
        let load = Load { cutoff: at(100), next_operation: Some(at(40)), is_exhausted: false };
        let workers = Workers::new(1, 1);
        assert!(!load.is_over(at(20), &workers, None));
        assert!(load.is_over(at(100), &workers, Some(at(100))));
        assert!(Load { is_exhausted: true, ..load }.is_over(at(20), &workers, None));
        let late = Load { next_operation: Some(at(100)), ..load };
        assert!(late.is_over(at(20), &workers, None));
        assert!(!late.is_over(at(20), &workers, Some(at(99))));
        let mut busy = Workers::new(1, 1);
        busy.begin(0, Invocation::new(Function::Read, Value::Nil));
        assert!(!late.is_over(at(20), &busy, None));
        assert!(!Load { next_operation: None, ..load }.is_over(at(20), &workers, None));
        assert!(!load.needs_operation(at(39)) && load.needs_operation(at(40)));
        assert!(!load.needs_operation(at(100)) && !load.needs_fault(at(100), Some(at(1))));
    }
}
