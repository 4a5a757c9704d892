//! Data about keys within one transaction: a table for all keys that is cleared in constant time.

/// A value for some keys.
#[derive(Debug)]
pub(crate) struct PerKey<T> {
    /// By key: in which round it was set, and what it was set to.
    slots: Vec<(u32, T)>,
    round: u32,
}

impl<T: Default + Clone> PerKey<T> {
    /// A table for this number of keys.
    pub(crate) fn new(key_count: usize) -> Self {
        Self { slots: vec![(0, T::default()); key_count], round: 0 }
    }

    /// Clears the values of all keys.
    pub(crate) fn clear(&mut self) {
        // One round for each transaction, of which there are fewer than 2^32.
        self.round += 1;
    }

    /// The value of a key, the default one if it was not used since the table was cleared.
    #[inline]
    pub(crate) fn slot(&mut self, key: u32) -> &mut T {
        let (round, value) = &mut self.slots[key as usize];
        if *round != self.round {
            *round = self.round;
            *value = T::default();
        }
        value
    }
}
