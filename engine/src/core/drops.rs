//! Messages between nodes that the nemesis dropped, recorded to explain missing broadcast values.

use super::Core;
use crate::NodeIndex;
use crate::message::Address;
use crate::propagation::{DropCause, Dropped};
use crate::scenario::InjectedFault;
use crate::time::Time;
use crate::trail::{DropReason, DroppedTo, ValueTrail};
use glomers_history::Value;

/// Why a message was dropped.
#[derive(Debug, Clone, Copy)]
pub(super) enum Dropping {
    /// Its link was cut.
    Cut,
    /// The fault `loss`.
    Lost,
    /// Its receiver was not running after a kill.
    Dead,
}

impl Core {
    /// Records that a message was dropped.
    pub(super) fn note_dropped(
        &mut self,
        now: Time,
        id: u64,
        src: Address,
        dest: Address,
        body: &str,
        dropping: Dropping,
    ) {
        let (Some(propagation), Address::Node(src), Address::Node(dest)) =
            (&mut self.propagation, src, dest)
        else {
            return;
        };
        let cause = match dropping {
            Dropping::Cut => match self.nemesis.cutting(dest, src) {
                Some(fault) => DropCause::Cut(fault),
                None => return,
            },
            Dropping::Lost => DropCause::Lost,
            Dropping::Dead => DropCause::Dead,
        };
        propagation.message_dropped(now, src, dest, id, body, cause);
    }

    /// Records the messages that cut links dropped from the queues.
    pub(super) fn note_cut(&mut self, now: Time) {
        for dropped in self.network.take_dropped() {
            let (src, dest) = (dropped.src, dropped.dest);
            self.note_dropped(now, dropped.id, src, dest, &dropped.body, Dropping::Cut);
        }
    }

    /// What happened to a broadcast value; `None` for other workloads and for a value that no
    /// client sent.
    #[must_use]
    pub fn value_trail(&self, element: &Value) -> Option<ValueTrail> {
        let trace = self.propagation.as_ref()?.trace(element.as_int()?)?;
        let arrivals = trace.arrivals.iter().enumerate();
        let unshown = trace.unshown.iter().enumerate();
        let dropped = trace.dropped.iter().enumerate();
        Some(ValueTrail {
            arrivals: arrivals
                .filter_map(|(node, at)| Some((node, self.schedule.test_time((*at)?))))
                .collect(),
            unshown: unshown
                .filter_map(|(node, at)| Some((node, self.schedule.test_time((*at)?))))
                .collect(),
            dropped: dropped
                .filter_map(|(node, dropped)| Some(self.dropped_to(node, dropped.as_ref()?)))
                .collect(),
            is_traced: trace.is_traced,
        })
    }

    fn dropped_to(&self, dest: NodeIndex, dropped: &Dropped) -> DroppedTo {
        let Dropped { src, id, first, last, count, cause, .. } = *dropped;
        let time = |at| self.schedule.test_time(at);
        let cause = match cause {
            DropCause::Lost => DropReason::Lost,
            DropCause::Dead => DropReason::Dead,
            DropCause::Cut(fault) => self.partition(fault, dest).unwrap_or(DropReason::Lost),
        };
        DroppedTo { dest, src, id, first: time(first), last: time(last), count, cause }
    }

    /// The partition with this index in the list of faults, as it affected that node.
    fn partition(&self, fault: usize, dest: NodeIndex) -> Option<DropReason> {
        let fault = self.nemesis.done().get(fault)?;
        let InjectedFault::Partition { shape, cut } = &fault.injected else { return None };
        let zero = self.schedule.origin_of_load();
        let time = |nanos: u64| zero.saturating_add(i64::try_from(nanos).unwrap_or(i64::MAX));
        Some(DropReason::Partition {
            shape: *shape,
            unheard: cut.get(&dest)?.iter().copied().collect(),
            from: time(fault.from),
            until: (fault.until > fault.from).then(|| time(fault.until)),
        })
    }
}
