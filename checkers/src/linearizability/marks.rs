//! Small sets of numbers: which of the open calls have taken effect.

use fixedbitset::FixedBitSet;
use std::hash::Hash;

/// A set of numbers from 0 up to a bound.
pub(super) trait Marks: Clone + Eq + Hash {
    /// An empty set of numbers below the bound.
    fn empty(bound: usize) -> Self;
    /// Whether the number is in the set.
    fn has(&self, number: usize) -> bool;
    /// Puts the number into the set.
    fn add(&mut self, number: usize);
    /// Takes the number out of the set.
    fn take(&mut self, number: usize);
    /// Whether all its numbers are in the other set.
    fn is_within(&self, other: &Self) -> bool;
}

/// Numbers below 64: almost always enough, and free to copy.
impl Marks for u64 {
    fn empty(_: usize) -> Self {
        0
    }

    fn has(&self, number: usize) -> bool {
        self >> number & 1 == 1
    }

    fn add(&mut self, number: usize) {
        *self |= 1 << number;
    }

    fn take(&mut self, number: usize) {
        *self &= !(1 << number);
    }

    fn is_within(&self, other: &Self) -> bool {
        self & !other == 0
    }
}

impl Marks for FixedBitSet {
    fn empty(bound: usize) -> Self {
        Self::with_capacity(bound)
    }

    fn has(&self, number: usize) -> bool {
        self.contains(number)
    }

    fn add(&mut self, number: usize) {
        self.insert(number);
    }

    fn take(&mut self, number: usize) {
        self.remove(number);
    }

    fn is_within(&self, other: &Self) -> bool {
        self.is_subset(other)
    }
}
