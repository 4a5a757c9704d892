//! Messages with broadcast values that never reached their node, and why: the least that explains a
//! value which a node lacks in the end.

use crate::Time;
use crate::message::NodeIndex;
use rustc_hash::FxHashMap;

/// Values and nodes that are remembered at most, some 5 MB. What reached the node in another
/// message is forgotten first.
const MOST: usize = 100_000;

/// Why a message between nodes did not arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DropCause {
    /// Its link was cut, by that fault of the list of what the nemesis did.
    Cut(usize),
    /// The network lost it, since that fault was on.
    Lost,
    /// Its receiver had been killed.
    Dead,
}

/// Messages with one value to one node that were dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Dropped {
    /// Which place in their bodies has the value, by its position; of the first of them.
    pub(crate) place: usize,
    /// Who sent the first.
    pub(crate) src: NodeIndex,
    /// Its id.
    pub(crate) id: u64,
    /// When it was dropped.
    pub(crate) first: Time,
    /// When the last was dropped.
    pub(crate) last: Time,
    pub(crate) count: u64,
    /// Why the first was.
    pub(crate) cause: DropCause,
}

/// What was dropped, by value and receiver. Looked up only.
#[derive(Debug, Default)]
pub(crate) struct DroppedMessages {
    by_value: FxHashMap<(usize, NodeIndex), Dropped>,
}

impl DroppedMessages {
    /// Notes a dropped message with that value. `has` says whether a node has a value already.
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

    /// What was dropped on its way to that node.
    pub(crate) fn get(&self, element: usize, dest: NodeIndex) -> Option<Dropped> {
        self.by_value.get(&(element, dest)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dropped(ms: u64, id: u64) -> Dropped {
        let at = Time::from_nanos(ms);
        Dropped { place: 0, src: 0, id, first: at, last: at, count: 1, cause: DropCause::Lost }
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
