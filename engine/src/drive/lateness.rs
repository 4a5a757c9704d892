//! Lateness of the engine: from the moment a message was due until its write to the node completed.

use std::time::Duration;

/// Buckets per doubling: values are kept with an error of at most 1/16, about 6 %.
const STEPS: u64 = 16;
/// Number of buckets for 64-bit nanoseconds.
const BUCKETS: usize = 64 * 16;

/// A histogram of lateness with exponentially growing buckets.
#[derive(Debug, Clone)]
pub struct Lateness {
    buckets: Vec<u64>,
    count: u64,
    longest: Duration,
}

/// Quantiles of the lateness.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LatenessTimes {
    /// Number of messages measured.
    pub count: u64,
    /// Median.
    pub median: Duration,
    /// 99th percentile.
    pub p99: Duration,
    /// Maximum.
    pub longest: Duration,
}

impl Default for Lateness {
    fn default() -> Self {
        Self { buckets: vec![0; BUCKETS], count: 0, longest: Duration::ZERO }
    }
}

impl Lateness {
    pub(crate) fn add(&mut self, late: Duration) {
        let nanos = u64::try_from(late.as_nanos()).unwrap_or(u64::MAX);
        self.buckets[bucket(nanos)] += 1;
        self.count += 1;
        self.longest = self.longest.max(late);
    }

    /// Records a delay that does not belong to a message, and only counts for the maximum.
    pub(crate) fn note_longest(&mut self, late: Duration) {
        self.longest = self.longest.max(late);
    }

    /// The longest delay.
    #[must_use]
    pub fn longest(&self) -> Duration {
        self.longest
    }

    /// Quantiles; `None` if no message between nodes was delivered.
    #[must_use]
    pub fn times(&self) -> Option<LatenessTimes> {
        let quantile = |hundredths: u64| {
            let rank = (self.count * hundredths).div_ceil(100).max(1);
            let mut seen = 0;
            let position = self.buckets.iter().position(|count| {
                seen += count;
                seen >= rank
            });
            position.map(|position| Duration::from_nanos(upper_end(position)))
        };
        Some(LatenessTimes {
            count: self.count,
            median: quantile(50)?,
            p99: quantile(99)?,
            longest: self.longest,
        })
    }
}

fn bucket(nanos: u64) -> usize {
    if nanos < STEPS {
        return usize::try_from(nanos).unwrap_or(0);
    }
    let doubling = u64::from(nanos.ilog2());
    let step = (nanos >> (doubling - 4)) - STEPS;
    usize::try_from((doubling - 3) * STEPS + step).unwrap_or(BUCKETS - 1)
}

/// The largest number of nanoseconds that falls into the bucket.
fn upper_end(bucket: usize) -> u64 {
    let bucket = bucket as u64;
    if bucket < STEPS {
        return bucket;
    }
    let (doubling, step) = (bucket / STEPS + 3, bucket % STEPS);
    ((u128::from(STEPS + step + 1) << (doubling - 4)) - 1).try_into().unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_within_a_sixteenth() {
        let mut lateness = Lateness::default();
        assert_eq!(lateness.times(), None);
        for micros in 1..=1000 {
            lateness.add(Duration::from_micros(micros));
        }
        let times = lateness.times().unwrap();
        assert_eq!(times.longest, Duration::from_millis(1));
        lateness.note_longest(Duration::from_secs(1));
        assert_eq!(lateness.times().unwrap().count, times.count);
        assert_eq!(lateness.longest(), Duration::from_secs(1));
        for (time, exact) in [(times.median, 500.0), (times.p99, 990.0)] {
            let micros = time.as_secs_f64() * 1e6;
            assert!((exact..exact * 1.07).contains(&micros), "{micros} for {exact}");
        }
    }

    #[test]
    fn buckets_cover_every_number_in_order() {
        for nanos in (0..10_000).chain([u64::MAX / 2, u64::MAX]) {
            assert!(upper_end(bucket(nanos)) >= nanos);
            assert!(bucket(nanos) < BUCKETS);
            assert!(bucket(nanos.saturating_add(1)) >= bucket(nanos));
        }
    }
}
