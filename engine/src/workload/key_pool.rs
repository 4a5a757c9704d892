//! The keys that transactions use: a few at a time, each replaced by a new one after a number of
//! writes.

use crate::Random;
use glomers_config::Plan;

/// Default number of keys in use.
const KEYS: u32 = 10;
/// Maximum number of keys that can be chosen: older ones would have a negligible probability.
const CHOOSABLE: u32 = 62;

/// A read, or a write of the key's next value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Access {
    pub(super) key: i64,
    /// The value to write; `None` for a read.
    pub(super) write: Option<i64>,
}

/// The keys in use.
pub(super) struct KeyPool {
    /// The keys that can be chosen: the newest ones, at most [`CHOOSABLE`].
    active: Vec<ActiveKey>,
    fresh_key: i64,
    max_writes: i64,
}

struct ActiveKey {
    key: i64,
    next_value: i64,
}

impl KeyPool {
    pub(super) fn new(plan: &Plan) -> Self {
        let count = plan.key_count.unwrap_or(KEYS);
        let mut pool = Self {
            active: Vec::new(),
            fresh_key: i64::from(count.saturating_sub(CHOOSABLE)),
            max_writes: i64::from(plan.max_writes_per_key),
        };
        for _ in 0..count.min(CHOOSABLE) {
            let key = pool.fresh();
            pool.active.push(key);
        }
        pool
    }

    /// The next access: reads and writes are equally likely; the values written to each key are 1,
    /// 2, ...
    pub(super) fn access(&mut self, random: &mut Random) -> Access {
        loop {
            let is_write = random.below(2) == 1;
            let position = self.choose(random);
            let key = &mut self.active[position];
            if !is_write {
                return Access { key: key.key, write: None };
            }
            if key.next_value <= self.max_writes {
                let access = Access { key: key.key, write: Some(key.next_value) };
                key.next_value += 1;
                return access;
            }
            // As in the reference, a full key is replaced by a new one, and the choice is repeated.
            self.active[position] = self.fresh();
        }
    }

    fn fresh(&mut self) -> ActiveKey {
        let key = self.fresh_key;
        self.fresh_key += 1;
        ActiveKey { key, next_value: 1 }
    }

    /// A random index into the keys; each is twice as likely as the one before it.
    ///
    /// Of the numbers from 1 to 2^n - 1, 2^i have bit i as their highest bit.
    fn choose(&self, random: &mut Random) -> usize {
        let number = 1 + random.below((1 << self.active.len()) - 1);
        number.ilog2() as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::testing::plan;
    use glomers_config::Parameters;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn pool(key_count: Option<u32>, max_writes_per_key: u32) -> KeyPool {
        let max_writes_per_key = Some(max_writes_per_key);
        KeyPool::new(&plan("txn-a", Parameters { key_count, max_writes_per_key, ..<_>::default() }))
    }

    #[test]
    fn each_key_is_twice_as_likely_as_the_one_before() {
        let (mut pool, mut random) = (pool(Some(4), u32::MAX), Random::stream(1, "test"));
        let (mut chosen, mut writes) = ([0_i32; 4], 0_i32);
        for _ in 0..150_000 {
            let access = pool.access(&mut random);
            chosen[usize::try_from(access.key).unwrap()] += 1;
            writes += i32::from(access.write.is_some());
        }
        for (count, expected) in chosen.into_iter().zip([10_000, 20_000, 40_000, 80_000]) {
            assert!((count - expected).abs() < expected / 20, "{chosen:?}");
        }
        assert!((writes - 75_000).abs() < 1_000, "{writes}");
    }

    #[test]
    fn the_plan_may_say_nothing_of_keys() {
        assert_eq!(pool(None, 16).active.len(), 10);
    }

    #[test]
    fn keys_that_are_never_chosen_take_no_memory() {
        let mut random = Random::stream(1, "test");
        let mut pool = pool(Some(u32::MAX), 16);
        assert_eq!(pool.active.len(), 62);
        let last = i64::from(u32::MAX) - 1;
        let chosen: Vec<i64> = (0..100).map(|_| pool.access(&mut random).key).collect();
        assert!(chosen.iter().all(|key| (last - 62..last + 100).contains(key)), "{chosen:?}");
        assert!(chosen.contains(&last));
    }

    proptest! {
        #[test]
        fn values_count_from_1_and_end_at_the_limit(
            keys in 1_u32..200, max_writes in 1_u32..20, seed: u64,
        ) {
            let (mut pool, mut random) = (pool(Some(keys), max_writes), Random::stream(seed, "test"));
            let mut last_values = BTreeMap::new();
            for _ in 0..2_000 {
                let Access { key, write } = pool.access(&mut random);
                prop_assert!(pool.active.iter().any(|active| active.key == key));
                if let Some(value) = write {
                    let last = last_values.insert(key, value).unwrap_or(0);
                    prop_assert_eq!(value, last + 1);
                    prop_assert!(value <= i64::from(max_writes));
                }
            }
            // Keys are used in order, and only full ones are replaced.
            prop_assert_eq!(pool.active.len(), keys.min(CHOOSABLE) as usize);
            let retired = (i64::from(keys.saturating_sub(CHOOSABLE))..pool.fresh_key)
                .filter(|key| pool.active.iter().all(|active| active.key != *key));
            for key in retired {
                prop_assert_eq!(last_values.get(&key), Some(&i64::from(max_writes)));
            }
        }
    }
}
