//! The allowed ranges of a plan's settings.

use super::PlanError;
use crate::{Concurrency, KillTargets};
use std::time::Duration;

/// Maximum number of workers of a run.
const MOST_WORKERS: u32 = 100_000;
/// Maximum number of operations in a transaction: it is one message, and one entry of the history.
const LONGEST_TRANSACTION: u32 = 10_000;
/// Minimum mean time between faults, in seconds.
const SHORTEST_INTERVAL_SECONDS: f64 = 0.01;
/// Maximum duration of any kind, in seconds: one year.
const LONGEST_SECONDS: f64 = 365.0 * 86_400.0;

/// Number of workers.
pub(super) fn workers(concurrency: Concurrency, nodes: usize) -> Result<u32, PlanError> {
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
pub(super) fn kill_targets(targets: KillTargets, nodes: usize) -> Result<KillTargets, PlanError> {
    if targets.hit_any(nodes) {
        return Ok(targets);
    }
    Err(PlanError::OutOfRange {
        flag: "kill-targets",
        value: format!("{targets} with {nodes} node{}", if nodes == 1 { "" } else { "s" }),
        expected: "one that is at least one node: minority takes 2 nodes, minority-third takes 4",
    })
}

pub(super) fn rate(value: f64) -> Result<f64, PlanError> {
    let expected = "a number of operations per second, 0 or more";
    number("rate", value, value >= 0.0 && value.is_finite(), expected)
}

pub(super) fn at_least_1(flag: &'static str, value: u32) -> Result<u32, PlanError> {
    let problem = PlanError::OutOfRange { flag, value: value.to_string(), expected: "1 or more" };
    if value > 0 { Ok(value) } else { Err(problem) }
}

/// Maximum number of operations in a transaction.
pub(super) fn transaction_length(value: u32) -> Result<u32, PlanError> {
    if (1..=LONGEST_TRANSACTION).contains(&value) {
        return Ok(value);
    }
    Err(PlanError::OutOfRange {
        flag: "max-txn-length",
        value: value.to_string(),
        expected: "1 to 10000 operations",
    })
}

pub(super) fn seconds(flag: &'static str, value: f64) -> Result<Duration, PlanError> {
    let in_range = value > 0.0 && value <= LONGEST_SECONDS;
    number(flag, value, in_range, "a positive number of seconds, at most a year")
        .map(Duration::from_secs_f64)
}

/// Mean time between faults. Shorter times would leave a run no time for anything else.
pub(super) fn nemesis_interval(value: f64) -> Result<Duration, PlanError> {
    let in_range = (SHORTEST_INTERVAL_SECONDS..=LONGEST_SECONDS).contains(&value);
    number("nemesis-interval", value, in_range, "0.01 seconds to a year")
        .map(Duration::from_secs_f64)
}

pub(super) fn rpc_timeout(ms: u64) -> Result<Duration, PlanError> {
    milliseconds("rpc-timeout", ms).map(Duration::from_millis)
}

pub(super) fn reorder(ms: u64) -> Result<u64, PlanError> {
    milliseconds("reorder", ms)
}

pub(super) fn probability(flag: &'static str, value: f64) -> Result<f64, PlanError> {
    number(flag, value, value > 0.0 && value <= 1.0, "a probability above 0, at most 1")
}

pub(super) fn slow(value: f64) -> Result<f64, PlanError> {
    number("slow", value, value > 1.0 && value.is_finite(), "a factor above 1")
}

pub(super) fn skew(value: f64) -> Result<f64, PlanError> {
    number("skew", value, value > 0.0 && value < 1.0, "a fraction between 0 and 1")
}

fn milliseconds(flag: &'static str, ms: u64) -> Result<u64, PlanError> {
    let expected = "a positive number of milliseconds";
    let problem = PlanError::OutOfRange { flag, value: ms.to_string(), expected };
    if ms > 0 { Ok(ms) } else { Err(problem) }
}

fn number(
    flag: &'static str,
    value: f64,
    in_range: bool,
    expected: &'static str,
) -> Result<f64, PlanError> {
    let problem = || PlanError::OutOfRange { flag, value: value.to_string(), expected };
    in_range.then_some(value).ok_or_else(problem)
}
