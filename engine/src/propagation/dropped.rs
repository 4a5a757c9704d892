//! Dropped messages with broadcast values, and why they were dropped: the likely reason why a node
//! lacks a value at the end.

use crate::Time;
use crate::message::NodeIndex;
use rustc_hash::FxHashMap;

/// Maximum number of pairs of value and node that are stored, about 5 MB. Those whose node received
/// the value in another message are removed first.
const MOST: usize = 100_000;

/// Why a message between nodes was dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DropCause {
    /// Its link was cut by the fault with this index in the list of faults.
    Cut(usize),
    /// The fault `loss` dropped it.
    Lost,
    /// Its receiver was not running after a kill.
    Dead,
    /// It was still under way when the run ended.
    Ended,
}

/// Dropped messages with one value to one node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Dropped {
    /// Index of the path that contains the value, in the first message.
    pub(crate) position: usize,
    /// Sender of the first message.
    pub(crate) src: NodeIndex,
    /// Id of the first message.
    pub(crate) id: u64,
    /// When the first was dropped.
    pub(crate) first: Time,
    /// When the last was dropped.
    pub(crate) last: Time,
    pub(crate) count: u64,
    /// Why the first was dropped.
    pub(crate) cause: DropCause,
}

/// Dropped messages by value and receiver. Only used for lookups.
#[derive(Debug, Default)]
pub(crate) struct DroppedMessages {
    by_value: FxHashMap<(usize, NodeIndex), Dropped>,
}

impl DroppedMessages {
    /// Records a dropped message with that value. `has` returns whether a node already has a value.
    pub(crate) fn add(
        &mut self,
        element: usize,
        dest: NodeIndex,
        dropped: Dropped,
        has: impl Fn(usize, NodeIndex) -> bool,
    ) {
        if let Some(earlier) = self.by_value.get_mut(&(element, dest)) {
            earlier.count += 1;
            earlier.last = dropped.last;
            return;
        }
        if self.by_value.len() >= MOST {
            self.by_value.retain(|(element, dest), _| !has(*element, *dest));
        }
        if self.by_value.len() < MOST {
            self.by_value.insert((element, dest), dropped);
        }
    }

    /// The messages to that node that were dropped.
    pub(crate) fn get(&self, element: usize, dest: NodeIndex) -> Option<Dropped> {
        self.by_value.get(&(element, dest)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dropped(ms: u64, id: u64) -> Dropped {
        let at = Time::from_nanos(ms);
        Dropped { position: 0, src: 0, id, first: at, last: at, count: 1, cause: DropCause::Lost }
    }

    #[test]
    fn the_first_is_kept_and_the_others_counted() {
        let mut all = DroppedMessages::default();
        all.add(7, 1, dropped(10, 3), |_, _| false);
        all.add(7, 1, dropped(20, 4), |_, _| false);
        let expected = Dropped { last: Time::from_nanos(20), count: 2, ..dropped(10, 3) };
        assert_eq!((all.get(7, 1), all.get(7, 2)), (Some(expected), None));
    }

    #[test]
    fn when_there_is_no_room_what_arrived_is_forgotten() {
        let mut all = DroppedMessages::default();
        for element in 0..MOST {
            all.add(element, 0, dropped(1, 1), |_, _| false);
        }
        all.add(MOST, 0, dropped(1, 1), |_, _| false);
        assert_eq!(all.get(MOST, 0), None);
        all.add(MOST, 0, dropped(1, 1), |element, _| element > 0);
        assert!(all.get(MOST, 0).is_some() && all.get(0, 0).is_some());
        assert_eq!((all.get(1, 0), all.by_value.len()), (None, 2));
    }
}
