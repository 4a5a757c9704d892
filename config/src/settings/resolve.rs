//! How a setting that was given, or not, becomes a field of the plan.

use crate::Workload;
use crate::plan::PlanError;
use std::time::Duration;

/// The reference's default latency between nodes. The default timeout of calls depends on it.
pub(crate) const DEFAULT_LATENCY_MS: u64 = 0;

/// What is known of a plan before its settings are resolved.
pub(crate) struct Known {
    pub(crate) workload: Workload,
    /// Names of the nodes.
    pub(crate) nodes: Vec<String>,
    /// Mean latency between nodes in ms.
    pub(crate) latency_ms: u64,
    /// The seed, if none was given.
    pub(crate) seed: u64,
}

impl Known {
    /// How long a client of the reference waits for an answer.
    pub(crate) fn rpc_timeout(&self) -> Duration {
        self.workload.rpc_timeout(self.latency_ms)
    }
}

type Resolved<T> = Result<T, PlanError>;

/// The value, or this default.
pub(crate) fn or<T>(default: T) -> impl FnOnce(Option<T>, &Known) -> Resolved<T> {
    |given, _| Ok(given.unwrap_or(default))
}

/// The value, or the default that is computed.
pub(crate) fn or_else<T>(default: fn() -> T) -> impl FnOnce(Option<T>, &Known) -> Resolved<T> {
    move |given, _| Ok(given.unwrap_or_else(default))
}

/// The value, if there is one.
#[expect(clippy::unnecessary_wraps, reason = "resolving other settings can fail")]
pub(crate) fn optional<T>(given: Option<T>, _known: &Known) -> Resolved<Option<T>> {
    Ok(given)
}

/// A number of seconds, or this default.
pub(crate) fn seconds_or(default: f64) -> impl FnOnce(Option<f64>, &Known) -> Resolved<Duration> {
    move |given, _| Ok(Duration::from_secs_f64(given.unwrap_or(default)))
}
