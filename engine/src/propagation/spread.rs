//! Which nodes pass a value on to which: to find values that take more paths than they need, or are sent
//! again too soon.

use crate::ValuesPassedOn;
use crate::message::NodeIndex;
use rustc_hash::FxHashMap;

/// Number of values that are followed: the first ones, as the others take the same paths.
const VALUES: usize = 64;

/// How often each of the first values went from one node to another. Only used for lookups and sums.
#[derive(Debug, Default)]
pub(super) struct Spread {
    links: FxHashMap<(usize, NodeIndex, NodeIndex), u64>,
}

impl Spread {
    /// Records that a message delivered a value. What comes back to a node that sent it is no more than
    /// an acknowledgement.
    pub(super) fn add(&mut self, element: usize, src: NodeIndex, dest: NodeIndex) {
        if element < VALUES && !self.links.contains_key(&(element, dest, src)) {
            *self.links.entry((element, src, dest)).or_insert(0) += 1;
        }
    }

    /// The sums; `None` if no value was passed on.
    pub(super) fn passed_on(&self) -> Option<ValuesPassedOn> {
        let mut values = [false; VALUES];
        let mut sums = ValuesPassedOn::default();
        for ((element, ..), deliveries) in &self.links {
            values[*element] = true;
            sums.links += 1;
            sums.deliveries += deliveries;
        }
        sums.values = values.iter().filter(|is_passed_on| **is_passed_on).count() as u64;
        (sums.values > 0).then_some(sums)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_back_is_not_counted() {
        let mut spread = Spread::default();
        assert_eq!(spread.passed_on(), None);
        for (element, src, dest) in
            [(0, 0, 1), (0, 1, 0), (0, 0, 1), (0, 2, 1), (7, 1, 2), (VALUES, 0, 1)]
        {
            spread.add(element, src, dest);
        }
        let expected = ValuesPassedOn { values: 2, links: 3, deliveries: 4 };
        assert_eq!(spread.passed_on(), Some(expected));
    }
}
