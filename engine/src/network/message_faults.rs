//! The effects of faults on single messages between nodes and services: loss, duplication and
//! delay.

use crate::random::Random;
use crate::time::NANOS_PER_MS;

/// The active faults, and the random streams that decide for each message. Each fault has a
/// separate stream, so that an additional fault does not change the decisions of the others.
#[derive(Debug)]
pub(crate) struct MessageFaults {
    /// Probability that a message is lost; `None` while the fault is not active.
    pub(crate) loss: Option<f64>,
    /// Probability that a message is duplicated.
    pub(crate) duplicate: Option<f64>,
    /// Mean of the extra delay, in ms.
    pub(crate) reorder_ms: Option<u64>,
    /// Factor of every latency.
    pub(crate) slow: Option<f64>,
    loss_random: Random,
    duplicate_random: Random,
    reorder_random: Random,
}

impl MessageFaults {
    /// Without active faults.
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            loss: None,
            duplicate: None,
            reorder_ms: None,
            slow: None,
            loss_random: Random::stream(seed, "loss"),
            duplicate_random: Random::stream(seed, "duplicate"),
            reorder_random: Random::stream(seed, "reorder"),
        }
    }

    /// The number of copies of a message that are sent: 0, 1 or 2.
    pub(crate) fn copies(&mut self) -> u8 {
        if self.loss.is_some_and(|probability| self.loss_random.unit() < probability) {
            return 0;
        }
        let doubled =
            self.duplicate.is_some_and(|probability| self.duplicate_random.unit() < probability);
        1 + u8::from(doubled)
    }

    /// The latency in nanoseconds after the active faults are applied.
    pub(crate) fn delay(&mut self, latency: u64) -> u64 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "saturates, and is not negative"
        )]
        let slowed = self.slow.map_or(latency, |factor| (latency as f64 * factor) as u64);
        let longest = self.reorder_ms.map_or(0, |mean| mean.saturating_mul(2 * NANOS_PER_MS));
        if longest == 0 {
            return slowed;
        }
        slowed.saturating_add(self.reorder_random.below(longest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_left_alone_until_something_is_switched_on() {
        let mut faults = MessageFaults::new(1);
        assert_eq!((faults.copies(), faults.delay(7)), (1, 7));
        faults.slow = Some(10.0);
        assert_eq!(faults.delay(7), 70);
        faults.reorder_ms = Some(100);
        for _ in 0..1000 {
            assert!((70..70 + 200 * NANOS_PER_MS).contains(&faults.delay(7)));
        }
    }

    #[test]
    fn losses_and_doubles_are_as_frequent_as_they_should_be() {
        const MESSAGES: u32 = 20_000;
        let mut faults = MessageFaults::new(1);
        faults.loss = Some(0.25);
        faults.duplicate = Some(0.5);
        let mut counts = [0_u32; 3];
        for _ in 0..MESSAGES {
            counts[usize::from(faults.copies())] += 1;
        }
        let shares = counts.map(|count| f64::from(count) / f64::from(MESSAGES));
        for (share, expected) in shares.iter().zip([0.25, 0.375, 0.375]) {
            assert!((share - expected).abs() < 0.02, "{shares:?}");
        }
    }
}
