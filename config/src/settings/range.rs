//! The ranges of settings: what a value may be, and how an error message says so.

use crate::plan::PlanError;
use crate::{Concurrency, KillTargets};

/// Maximum number of workers of a run.
const MOST_WORKERS: u32 = 100_000;
/// Maximum number of nodes: each is a process with three pipes.
pub(crate) const MOST_NODES: u32 = 1000;
/// Maximum number of operations in a transaction: it is one message, and one entry of the history.
const LONGEST_TRANSACTION: u32 = 10_000;
/// Minimum mean time between faults, in seconds. Shorter times would leave a run no time for
/// anything else.
const SHORTEST_INTERVAL_SECONDS: f64 = 0.01;
/// Maximum duration of any kind, in seconds: one year.
pub(crate) const LONGEST_SECONDS: f64 = 365.0 * 86_400.0;

/// The values that a setting accepts, of those that its type has.
pub(crate) struct Range<T> {
    /// What is allowed, as the end of a sentence; `None` for what the type itself says.
    pub(crate) expected: Option<&'static str>,
    /// Whether the value is allowed.
    pub(crate) contains: fn(&T) -> bool,
}

impl<T> Range<T> {
    /// Every value of the type.
    pub(crate) const ANY: Self = Self { expected: None, contains: |_| true };

    const fn new(expected: &'static str, contains: fn(&T) -> bool) -> Self {
        Self { expected: Some(expected), contains }
    }
}

impl Range<f64> {
    pub(crate) const RATE: Self =
        Self::new("a number of operations per second, 0 or more", |rate| {
            *rate >= 0.0 && rate.is_finite()
        });
    pub(crate) const SECONDS: Self =
        Self::new("a positive number of seconds, at most a year", |seconds| {
            *seconds > 0.0 && *seconds <= LONGEST_SECONDS
        });
    pub(crate) const INTERVAL: Self =
        Self::new("a number of seconds from 0.01 to a year", |seconds| {
            (SHORTEST_INTERVAL_SECONDS..=LONGEST_SECONDS).contains(seconds)
        });
    pub(crate) const PROBABILITY: Self =
        Self::new("a probability above 0, at most 1", |p| *p > 0.0 && *p <= 1.0);
    pub(crate) const FACTOR: Self =
        Self::new("a factor above 1", |factor| *factor > 1.0 && factor.is_finite());
    pub(crate) const FRACTION: Self =
        Self::new("a fraction between 0 and 1", |fraction| *fraction > 0.0 && *fraction < 1.0);
}

impl Range<u64> {
    pub(crate) const WHOLE: Self =
        Self::new("a whole number from 0 to 18446744073709551615", |_| true);
    pub(crate) const LATENCY: Self =
        Self::new("a whole number of milliseconds, 0 or more", |_| true);
    pub(crate) const MILLISECONDS: Self =
        Self::new("a positive whole number of milliseconds", |ms| *ms > 0);
}

impl Range<u32> {
    pub(crate) const COUNT: Self =
        Self::new("a whole number from 1 to 4294967295", |count| *count > 0);
    pub(crate) const NODE_COUNT: Self =
        Self::new("a whole number from 1 to 1000", |count| (1..=MOST_NODES).contains(count));
    pub(crate) const MEBIBYTES: Self = Self::new("a whole number of MiB, 0 or more", |_| true);
    pub(crate) const TRANSACTION_LENGTH: Self =
        Self::new("1 to 10000 operations", |length| (1..=LONGEST_TRANSACTION).contains(length));
}

/// Number of workers on `nodes` nodes.
pub(crate) fn workers(concurrency: Concurrency, nodes: usize) -> Result<u32, PlanError> {
    u32::try_from(nodes)
        .ok()
        .and_then(|nodes| concurrency.workers(nodes))
        .filter(|workers| (1..=MOST_WORKERS).contains(workers))
        .ok_or_else(|| PlanError::OutOfRange {
            flag: "concurrency",
            value: concurrency.to_string(),
            expected: "1 to 100000 workers",
        })
}

/// Checks that at least one of the targets hits a node, out of `nodes` nodes.
pub(crate) fn kill_targets(targets: KillTargets, nodes: usize) -> Result<KillTargets, PlanError> {
    if targets.hit_any(nodes) {
        return Ok(targets);
    }
    Err(PlanError::OutOfRange {
        flag: "kill-targets",
        value: format!("{targets} with {nodes} node{}", if nodes == 1 { "" } else { "s" }),
        expected: "one that is at least one node: minority takes 2 nodes, minority-third takes 4",
    })
}
