//! A node's clock in virtual time, which may run too fast or too slow, but never back.

use glomers_engine::Time;
use std::time::Duration;

/// Maps the engine's time to the node's own time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    /// Seconds of the node in one second.
    rate: f64,
    /// The time since which it runs at that rate.
    since: Time,
    /// The node's time at that moment.
    local: Duration,
}

impl Clock {
    /// A correct clock that begins at zero.
    pub(crate) fn started(now: Time) -> Self {
        Self { rate: 1.0, since: now, local: Duration::ZERO }
    }

    /// The node's time.
    pub(crate) fn read(&self, now: Time) -> Duration {
        let passed = now.since(self.since);
        let passed = if self.is_right() { passed } else { passed.mul_f64(self.rate) };
        self.local.saturating_add(passed)
    }

    /// The first moment at which the node's time is `local` or later.
    pub(crate) fn when(&self, local: Duration) -> Time {
        let missing = local.saturating_sub(self.local);
        if self.is_right() {
            return self.since + missing;
        }
        let mut guess = self.since + missing.div_f64(self.rate);
        // Rounding may have gone to either side.
        while self.read(guess) < local {
            guess = guess + Duration::from_nanos(1);
        }
        guess
    }

    /// Sets the rate from now on.
    pub(crate) fn set_rate(&mut self, now: Time, rate: f64) {
        *self = Self { rate, since: now, local: self.read(now) };
    }

    #[expect(clippy::float_cmp, reason = "a rate of one is exactly that, and needs no rounding")]
    fn is_right(&self) -> bool {
        self.rate == 1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_moment_is_the_first_that_is_late_enough(
            rates in prop::collection::vec((0.1_f64..4.0, 0_u64..10_000_000_000), 0..4),
            wait in 0_u64..100_000_000_000,
        ) {
            let mut clock = Clock::started(Time::from_nanos(7));
            let mut now = Time::from_nanos(7);
            for (rate, after) in rates {
                now = now + Duration::from_nanos(after);
                let before = clock.read(now);
                clock.set_rate(now, rate);
                prop_assert_eq!(clock.read(now), before);
            }
            let due = clock.read(now) + Duration::from_nanos(wait);
            let when = clock.when(due);
            prop_assert!(when >= now && clock.read(when) >= due);
            // No later than rounding explains: the slowest clock advances by 1 ns in 10 ns.
            prop_assert!(clock.read(when) <= due + Duration::from_nanos(5 + wait / 1_000_000_000));
        }
    }
}
