//! The latencies of messages between nodes.

use crate::random::Random;
use crate::time::NANOS_PER_MS;
use glomers_config::LatencyDistribution;

/// Draws latencies.
#[derive(Debug, Clone)]
pub(crate) struct Latency {
    mean_ms: u64,
    distribution: LatencyDistribution,
}

impl Latency {
    pub(crate) fn new(mean_ms: u64, distribution: LatencyDistribution) -> Self {
        Self { mean_ms, distribution }
    }

    /// A random latency in nanoseconds; whole milliseconds as in the reference.
    pub(crate) fn draw(&self, random: &mut Random) -> u64 {
        let ms = match self.distribution {
            LatencyDistribution::Constant => self.mean_ms,
            LatencyDistribution::Uniform => random.below(self.mean_ms.saturating_mul(2)),
            LatencyDistribution::Exponential => {
                // Inverse of the cumulative distribution; 1 - u is never 0.
                let drawn = -(1.0 - random.unit()).ln() * self.mean_ms as f64;
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "whole ms, not negative"
                )]
                let whole = drawn as u64;
                whole
            }
        };
        ms.saturating_mul(NANOS_PER_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mean and maximum of many draws with mean 100, in ms.
    fn sample(distribution: LatencyDistribution) -> (f64, u64) {
        const DRAWS: u32 = 20_000;
        let latency = Latency::new(100, distribution);
        let mut random = Random::stream(1, "latency");
        let draws: Vec<u64> =
            (0..DRAWS).map(|_| latency.draw(&mut random) / NANOS_PER_MS).collect();
        (draws.iter().sum::<u64>() as f64 / f64::from(DRAWS), draws.into_iter().max().unwrap())
    }

    #[test]
    fn distributions_have_the_mean_and_range_they_should() {
        assert_eq!(sample(LatencyDistribution::Constant), (100.0, 100));
        let (mean, most) = sample(LatencyDistribution::Uniform);
        assert!((mean - 99.5).abs() < 2.0 && most == 199, "{mean} {most}");
        let (mean, most) = sample(LatencyDistribution::Exponential);
        assert!((mean - 99.5).abs() < 3.0 && most > 500, "{mean} {most}");
    }

    #[test]
    fn a_mean_of_zero_is_no_latency() {
        for distribution in LatencyDistribution::ALL {
            assert_eq!(Latency::new(0, *distribution).draw(&mut Random::stream(1, "latency")), 0);
        }
    }
}
