//! The numbers of processes and threads that the program sees: the same in each run.

use std::collections::BTreeMap;

/// The number of the first process in a node; each further process or thread has the next number.
const FIRST: i32 = 1000;
/// The number of the parent of a node's first process.
pub(crate) const PARENT_OF_FIRST: i32 = 1;

/// The numbers of the kernel and those that the program sees.
#[derive(Debug)]
pub(crate) struct Identities {
    shown: BTreeMap<i32, i32>,
    real: BTreeMap<i32, i32>,
    next: i32,
}

impl Identities {
    /// Numbers of a node; nodes with different `spread` have different numbers, so that what nodes
    /// derive from theirs differs as on one machine.
    pub(crate) fn new(spread: u32) -> Self {
        /// Distance between the numbers of two nodes.
        const NUMBERS_PER_NODE: i32 = 10_000;
        let first = FIRST + (spread % 1000) as i32 * NUMBERS_PER_NODE;
        Self { shown: BTreeMap::new(), real: BTreeMap::new(), next: first }
    }

    /// Gives a new thread or process its number.
    pub(crate) fn add(&mut self, real: i32) -> i32 {
        let shown = self.next;
        self.next += 1;
        self.shown.insert(real, shown);
        self.real.insert(shown, real);
        shown
    }

    /// The number that the program sees; unknown ones are shown as they are.
    pub(crate) fn shown(&self, real: i32) -> i32 {
        self.shown.get(&real).copied().unwrap_or(real)
    }

    /// The number of a parent: that of the first process is glomers.
    pub(crate) fn shown_parent(&self, real: i32) -> i32 {
        self.shown.get(&real).copied().unwrap_or(PARENT_OF_FIRST)
    }

    /// The kernel's number. Negative numbers (process groups) stay negative.
    pub(crate) fn real(&self, shown: i32) -> Option<i32> {
        let real = self.real.get(&shown.abs())?;
        Some(if shown < 0 { -real } else { *real })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_do_not_depend_on_the_kernel() {
        let mut one = Identities::new(0);
        let mut other = Identities::new(0);
        assert_eq!(one.add(4711), other.add(9));
        assert_eq!(one.add(4712), other.add(3));
        assert_eq!(
            (one.shown(4712), one.real(1001), one.real(-1001)),
            (1001, Some(4712), Some(-4712))
        );
        assert_eq!(one.real(9), None);
        assert_ne!(Identities::new(1).add(5), Identities::new(2).add(5));
    }
}
