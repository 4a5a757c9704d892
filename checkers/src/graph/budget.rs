//! How much work a search may do, in steps rather than time, so that the same history always gets
//! the same answer.

use std::time::Duration;

/// The remaining steps of a search: one for each edge that it examines.
#[derive(Debug, Clone)]
pub(crate) struct Budget {
    left: u64,
}

/// Steps per second of a search on a typical machine.
const STEPS_PER_SECOND: f64 = 80_000_000.0;

impl Budget {
    /// A budget of this number of steps.
    pub(crate) fn new(steps: u64) -> Self {
        Self { left: steps }
    }

    /// The number of steps that a typical machine takes in this time.
    pub(crate) fn of(time: Duration) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "saturates, and is not negative"
        )]
        let steps = (time.as_secs_f64() * STEPS_PER_SECOND) as u64;
        Self::new(steps.max(1))
    }

    /// Takes some steps; false if fewer are left.
    pub(crate) fn spend(&mut self, steps: u64) -> bool {
        let is_enough = steps <= self.left;
        self.left = self.left.saturating_sub(steps);
        is_enough
    }

    /// Runs a part of the search that may take at most `steps` of the remaining steps.
    pub(crate) fn at_most<T>(&mut self, steps: u64, part: impl FnOnce(&mut Self) -> T) -> T {
        let given = steps.min(self.left);
        let mut own = Self::new(given);
        let result = part(&mut own);
        self.left -= given - own.left;
        result
    }

    /// Runs a part of the search that may take one in `share` of the remaining steps, and always at
    /// least `least`.
    pub(crate) fn share<T>(
        &mut self,
        share: u64,
        least: u64,
        part: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let given = (self.left / share).max(least);
        let mut own = Self::new(given);
        let result = part(&mut own);
        self.left = self.left.saturating_sub(given - own.left);
        result
    }
}
