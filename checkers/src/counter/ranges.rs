//! Sets of integers as ranges.

use crate::CheckerError;

/// Maximum number of ranges of a set. Uncertain adds of 1, 10, 100, ... double the number each
/// time.
const MOST: usize = 1 << 17;

/// A set of integers, as ascending ranges with gaps between them, both ends included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ranges(Vec<(i128, i128)>);

impl Ranges {
    /// The set of one integer.
    pub(super) fn single(integer: i128) -> Self {
        Self(vec![(integer, integer)])
    }

    /// Whether the integer is in the set.
    pub(super) fn contains(&self, integer: i128) -> bool {
        let after = self.0.partition_point(|(least, _)| *least <= integer);
        after.checked_sub(1).is_some_and(|range| integer <= self.0[range].1)
    }

    /// Least and greatest integer of each range.
    pub(super) fn into_pairs(self) -> Vec<(i128, i128)> {
        self.0
    }

    /// All sums of an element, up to `added` times `size`, and up to `subtracted` times `-size`.
    pub(super) fn with_multiples(
        self,
        size: u128,
        added: u64,
        subtracted: u64,
    ) -> Result<Self, CheckerError> {
        let too_large = || CheckerError::TooManySums { most: MOST };
        let Ok(size) = i128::try_from(size) else { return Err(too_large()) };
        if size == 0 {
            return Ok(self);
        }
        // Subtracting some is equivalent to subtracting all and adding some back.
        let least = size.checked_mul(i128::from(subtracted)).ok_or_else(too_large)?;
        let mut sums = self.shifted(-least).ok_or_else(too_large)?;
        let mut rest = i128::from(added) + i128::from(subtracted);
        // 0 to n times are the sums of at most one each of 1, 2, 4, ... times, and the remainder.
        let mut times = 1;
        while rest > 0 {
            let step = times.min(rest);
            let delta = size.checked_mul(step).ok_or_else(too_large)?;
            let more = sums.shifted(delta).ok_or_else(too_large)?;
            sums = sums.union(&more);
            if sums.0.len() > MOST {
                return Err(too_large());
            }
            rest -= step;
            times *= 2;
        }
        Ok(sums)
    }

    /// Every element plus `delta`; `None` beyond 128 bits.
    fn shifted(&self, delta: i128) -> Option<Self> {
        let shift = |(least, greatest): &(i128, i128)| {
            Some((least.checked_add(delta)?, greatest.checked_add(delta)?))
        };
        self.0.iter().map(shift).collect::<Option<_>>().map(Self)
    }

    fn union(&self, other: &Self) -> Self {
        let (mut a, mut b) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut merged: Vec<(i128, i128)> = Vec::with_capacity(self.0.len() + other.0.len());
        loop {
            let next = match (a.peek(), b.peek()) {
                (Some(x), Some(y)) if x.0 <= y.0 => a.next(),
                (_, Some(_)) => b.next(),
                (_, None) => a.next(),
            };
            let Some(&(least, greatest)) = next else { break };
            match merged.last_mut() {
                Some(range) if least <= range.1.saturating_add(1) => {
                    range.1 = range.1.max(greatest);
                }
                _ => merged.push((least, greatest)),
            }
        }
        Self(merged)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn ranges_hold_the_sums_of_every_choice(
            base in -5_i128..5,
            terms in prop::collection::vec((0_u128..40, 0_u64..3, 0_u64..3), 0..4),
        ) {
            let mut ranges = Ranges::single(base);
            let mut sums = BTreeSet::from([base]);
            for (size, added, subtracted) in terms {
                ranges = ranges.with_multiples(size, added, subtracted).unwrap();
                let size = i128::try_from(size).unwrap();
                let deltas = [vec![size; usize::try_from(added).unwrap()],
                              vec![-size; usize::try_from(subtracted).unwrap()]];
                for delta in deltas.concat() {
                    let more: Vec<i128> = sums.iter().map(|sum| sum + delta).collect();
                    sums.extend(more);
                }
            }
            for integer in -400..400 {
                prop_assert_eq!(ranges.contains(integer), sums.contains(&integer));
            }
            for pair in ranges.into_pairs().windows(2) {
                prop_assert!(pair[0].1 + 1 < pair[1].0, "{pair:?} touch");
            }
        }
    }
}
