//! What the settings of a plan may be: each is checked here once.

use super::PlanError;
use crate::{Concurrency, Parameters};
use std::time::Duration;

/// Most nodes of a run: each is a process with three pipes.
const MOST_NODES: u32 = 1000;
/// Most workers of a run.
const MOST_WORKERS: u32 = 100_000;
/// Longest duration of any kind, in seconds: a year.
const LONGEST_SECONDS: f64 = 365.0 * 86_400.0;

/// The names of the nodes. The reference runs n1 to n5 when nothing is said, and prefers the number
/// to the names.
pub(super) fn nodes(given: &Parameters) -> Result<Vec<String>, PlanError> {
    match (given.node_count, &given.nodes) {
        (None, Some(given)) => names(given.clone()),
        (None, None) => Ok((1..=5).map(|number| format!("n{number}")).collect()),
        (Some(count), _) if (1..=MOST_NODES).contains(&count) => {
            Ok((0..count).map(|number| format!("n{number}")).collect())
        }
        (Some(count), _) => Err(PlanError::OutOfRange {
            flag: "node-count",
            value: count.to_string(),
            expected: "1 to 1000 nodes",
        }),
    }
}

/// Names that can be told apart from each other, and from services and clients.
fn names(names: Vec<String>) -> Result<Vec<String>, PlanError> {
    /// Names that the network gives to services.
    const SERVICES: [&str; 4] = ["lin-kv", "lin-tso", "lww-kv", "seq-kv"];
    let is_client = |name: &str| {
        name.strip_prefix('c')
            .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let is_bad = |(place, name): (usize, &String)| {
        name.is_empty()
            || name.chars().any(|c| c.is_control() || matches!(c, '/' | '.'))
            || names[..place].contains(name)
            || SERVICES.contains(&name.as_str())
            || is_client(name)
    };
    let most = usize::try_from(MOST_NODES).unwrap_or(usize::MAX);
    if names.is_empty() || names.len() > most || names.iter().enumerate().any(is_bad) {
        return Err(PlanError::OutOfRange {
            flag: "nodes",
            value: names.join(","),
            expected: "1 to 1000 names, each once; no name of a service or a client (c1), no `/`, \
                       no `.`",
        });
    }
    Ok(names)
}

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

pub(super) fn rate(value: f64) -> Result<f64, PlanError> {
    let expected = "a number of operations per second, 0 or more";
    number("rate", value, value >= 0.0 && value.is_finite(), expected)
}

pub(super) fn at_least_1(flag: &'static str, value: u32) -> Result<u32, PlanError> {
    let problem = PlanError::OutOfRange { flag, value: value.to_string(), expected: "1 or more" };
    if value > 0 { Ok(value) } else { Err(problem) }
}

pub(super) fn seconds(flag: &'static str, value: f64) -> Result<Duration, PlanError> {
    let in_range = value > 0.0 && value <= LONGEST_SECONDS;
    number(flag, value, in_range, "a positive number of seconds").map(Duration::from_secs_f64)
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
