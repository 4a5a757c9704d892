//! Seeded random numbers in separate streams, so that an additional draw for one concern does not
//! change the others.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

/// One stream of random numbers. The algorithm is fixed, so that a seed always gives the same
/// numbers.
#[derive(Debug, Clone)]
pub struct Random(Xoshiro256PlusPlus);

/// Bits of a double's fraction.
const FRACTION_BITS: u32 = 53;

impl Random {
    /// The stream of a run's seed for one concern (`network`, `generator`, `nemesis`, ...).
    #[must_use]
    pub fn stream(seed: u64, concern: &str) -> Self {
        // FNV-1a gives each concern a different stream.
        let mut mixed = 0xcbf2_9ce4_8422_2325_u64 ^ seed.rotate_left(32);
        for byte in concern.bytes().chain(seed.to_le_bytes()) {
            mixed = (mixed ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        Self(Xoshiro256PlusPlus::seed_from_u64(mixed))
    }

    /// A uniform integer below `bound`; 0 if the bound is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        // Lemire's method without the rejection: the bias is below 2^-40 for every bound used here.
        ((u128::from(self.0.next_u64()) * u128::from(bound)) >> 64) as u64
    }

    /// A uniform index below `length`; 0 if it is 0.
    pub fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap_or(0)
    }

    /// A double in [0, 1).
    pub fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> (u64::BITS - FRACTION_BITS)) as f64 / (1_u64 << FRACTION_BITS) as f64
    }

    /// Shuffles uniformly.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.index(last + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_repeat_and_differ() {
        let draw = |seed, concern| {
            let mut random = Random::stream(seed, concern);
            [random.below(1 << 60), random.below(1 << 60)]
        };
        assert_eq!(draw(7, "network"), draw(7, "network"));
        assert_ne!(draw(7, "network"), draw(7, "nemesis"));
        assert_ne!(draw(7, "network"), draw(8, "network"));
    }

    #[test]
    fn numbers_stay_in_range() {
        let mut random = Random::stream(1, "test");
        for _ in 0..1000 {
            assert!(random.below(3) < 3);
            assert!((0.0..1.0).contains(&random.unit()));
        }
        let mut items = [1, 2, 3, 4];
        random.shuffle(&mut items);
        items.sort_unstable();
        assert_eq!(items, [1, 2, 3, 4]);
    }
}
