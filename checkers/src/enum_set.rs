//! Sets of the values of an enum, a bit each.
//!
//! Not the crate `enumset`, which needs seven more to derive its trait.

use std::fmt;
use std::marker::PhantomData;

/// An enum whose values can be in a set.
pub(crate) trait Member: Copy + 'static {
    /// Every value, in the order in which sets list them.
    const MEMBERS: &'static [Self];

    /// The index in [`MEMBERS`](Self::MEMBERS).
    fn number(self) -> u8;
}

/// A set of `T` that takes this number of bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct EnumSet<T, const BYTES: usize> {
    bytes: [u8; BYTES],
    members: PhantomData<T>,
}

impl<T: Member, const BYTES: usize> EnumSet<T, BYTES> {
    /// The empty set.
    pub(crate) const EMPTY: Self = {
        assert!(T::MEMBERS.len() <= 8 * BYTES);
        Self { bytes: [0; BYTES], members: PhantomData }
    };

    /// This set and the member with this number.
    pub(crate) const fn with_number(mut self, number: u8) -> Self {
        self.bytes[(number / 8) as usize] |= 1 << (number % 8);
        self
    }

    /// The union of both sets.
    pub(crate) fn union(self, other: Self) -> Self {
        self.zip(other, |a, b| a | b)
    }

    /// The intersection of both sets.
    pub(crate) fn intersection(self, other: Self) -> Self {
        self.zip(other, |a, b| a & b)
    }

    /// This set without the members of the other.
    pub(crate) fn without(self, other: Self) -> Self {
        self.zip(other, |a, b| a & !b)
    }

    #[inline]
    fn zip(mut self, other: Self, combine: impl Fn(u8, u8) -> u8) -> Self {
        for (byte, other) in self.bytes.iter_mut().zip(other.bytes) {
            *byte = combine(*byte, other);
        }
        self
    }

    /// Whether the set is empty.
    #[inline]
    pub(crate) fn is_empty(self) -> bool {
        self.bytes == [0; BYTES]
    }

    /// Whether both sets have a member in common.
    #[inline]
    pub(crate) fn intersects(self, other: Self) -> bool {
        !self.intersection(other).is_empty()
    }

    /// Whether it contains the member.
    #[inline]
    pub(crate) fn contains(self, member: T) -> bool {
        let number = member.number();
        self.bytes[usize::from(number / 8)] & (1 << (number % 8)) != 0
    }

    /// Its members, in order.
    pub(crate) fn iter(self) -> impl Iterator<Item = T> {
        T::MEMBERS.iter().copied().filter(move |member| self.contains(*member))
    }
}

impl<T: Member, const BYTES: usize> Default for EnumSet<T, BYTES> {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl<T: Member, const BYTES: usize> FromIterator<T> for EnumSet<T, BYTES> {
    fn from_iter<I: IntoIterator<Item = T>>(members: I) -> Self {
        members.into_iter().fold(Self::EMPTY, |set, member| set.with_number(member.number()))
    }
}

impl<T: Member + fmt::Debug, const BYTES: usize> fmt::Debug for EnumSet<T, BYTES> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
    struct Digit(u8);

    impl Member for Digit {
        const MEMBERS: &'static [Self] = &{
            let mut digits = [Self(0); 19];
            let mut number = 0;
            while number < 19 {
                digits[number as usize] = Self(number);
                number += 1;
            }
            digits
        };

        fn number(self) -> u8 {
            self.0
        }
    }

    proptest! {
        #[test]
        fn sets_are_those_of_the_standard_library(
            a in prop::collection::btree_set((0_u8..19).prop_map(Digit), 0..19),
            b in prop::collection::btree_set((0_u8..19).prop_map(Digit), 0..19),
        ) {
            let set = |digits: &BTreeSet<Digit>| {
                digits.iter().copied().collect::<EnumSet<Digit, 3>>()
            };
            let digits = |set: EnumSet<Digit, 3>| set.iter().collect::<BTreeSet<_>>();
            prop_assert_eq!(&digits(set(&a)), &a);
            prop_assert_eq!(digits(set(&a).union(set(&b))), &a | &b);
            prop_assert_eq!(digits(set(&a).intersection(set(&b))), &a & &b);
            prop_assert_eq!(digits(set(&a).without(set(&b))), &a - &b);
            prop_assert_eq!(set(&a).intersects(set(&b)), !a.is_disjoint(&b));
            prop_assert_eq!(set(&a).is_empty(), a.is_empty());
            prop_assert_eq!(set(&a) == set(&b), a == b);
            for digit in Digit::MEMBERS {
                prop_assert_eq!(set(&a).contains(*digit), a.contains(digit));
            }
        }
    }
}
