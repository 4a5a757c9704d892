//! Messages between nodes that the nemesis dropped, recorded to explain missing broadcast values.

use super::super::nemesis::Nemesis;
use super::super::run_times::RunTimes;
use super::Observations;
use crate::NodeIndex;
use crate::message::{Address, Message};
use crate::propagation::{DropCause, Dropped};
use crate::scenario::{InjectedFault, PlannedFault};
use crate::time::Time;
use crate::trail::{DropReason, DroppedTo, ValueTrail};
use glomers_history::Value;

/// Why a message was dropped.
#[derive(Debug, Clone, Copy)]
pub(in crate::core) enum Dropping {
    /// Its link was cut.
    Cut,
    /// The fault `loss`.
    Lost,
    /// Its receiver was not running after a kill.
    Dead,
    /// It was still under way when the run ended.
    Ended,
}

impl Observations {
    /// Records that a message was dropped.
    pub(in crate::core) fn dropped(
        &mut self,
        time: Time,
        message: Message<'_>,
        dropping: Dropping,
        nemesis: &Nemesis,
    ) {
        let Message { id, src, dest, body } = message;
        let (Some(propagation), Address::Node(src), Address::Node(dest)) =
            (&mut self.propagation, src, dest)
        else {
            return;
        };
        let cause = match dropping {
            Dropping::Cut => match nemesis.cutting(dest, src) {
                Some(fault) => DropCause::Cut(fault),
                None => return,
            },
            Dropping::Lost => DropCause::Lost,
            Dropping::Dead => DropCause::Dead,
            Dropping::Ended => DropCause::Ended,
        };
        propagation.message_dropped(time, src, dest, id, body, cause);
    }

    /// What happened to a broadcast value, given the faults of the run; `None` for other workloads
    /// and for a value that no client sent.
    pub(in crate::core) fn value_trail(
        &self,
        element: &Value,
        times: RunTimes,
        faults: &[PlannedFault],
    ) -> Option<ValueTrail> {
        let trace = self.propagation.as_ref()?.trace(element.as_int()?)?;
        let arrivals = trace.arrivals.iter().enumerate();
        let unshown = trace.unshown.iter().enumerate();
        let dropped = trace.dropped.iter().enumerate();
        Some(ValueTrail {
            arrivals: arrivals
                .filter_map(|(node, at)| Some((node, times.in_test((*at)?))))
                .collect(),
            unshown: unshown.filter_map(|(node, at)| Some((node, times.in_test((*at)?)))).collect(),
            dropped: dropped
                .filter_map(|(node, dropped)| {
                    Some(dropped_to(node, dropped.as_ref()?, times, faults))
                })
                .collect(),
            is_traced: trace.is_traced,
        })
    }
}

fn dropped_to(
    dest: NodeIndex,
    dropped: &Dropped,
    times: RunTimes,
    faults: &[PlannedFault],
) -> DroppedTo {
    let Dropped { src, id, first, last, count, cause, .. } = *dropped;
    let cause = match cause {
        DropCause::Lost => DropReason::Lost,
        DropCause::Dead => DropReason::Dead,
        DropCause::Ended => DropReason::Ended,
        DropCause::Cut(fault) => faults
            .get(fault)
            .and_then(|fault| partition(fault, dest, times))
            .unwrap_or(DropReason::Lost),
    };
    let (first, last) = (times.in_test(first), times.in_test(last));
    DroppedTo { dest, src, id, first, last, count, cause }
}

/// The partition as it affected that node; `None` if the fault is another.
fn partition(fault: &PlannedFault, dest: NodeIndex, times: RunTimes) -> Option<DropReason> {
    let InjectedFault::Partition { shape, cut } = &fault.injected else { return None };
    let zero = times.load_in_test();
    let time = |nanos: u64| zero.saturating_add(i64::try_from(nanos).unwrap_or(i64::MAX));
    Some(DropReason::Partition {
        shape: *shape,
        unheard: cut.get(&dest)?.iter().copied().collect(),
        from: time(fault.from),
        until: (fault.until > fault.from).then(|| time(fault.until)),
    })
}
