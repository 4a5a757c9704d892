//! Broadcasts that are acknowledged late.
//!
//! Stable latency counts from the acknowledgement, so a node that first waits for the others hides
//! the time that its values take.

use crate::Warning;
use glomers_history::{Function, History, Kind};
use std::time::Duration;

/// A broadcast is late when the median one takes so many times as long as the median read ...
const FACTOR: i64 = 2;
/// ... and so many ns longer: less does not matter beside network latencies.
const MARGIN: i64 = 20_000_000;

/// The warning, when it is due.
pub(super) fn warning(history: &History) -> Option<Warning> {
    let broadcast = median_latency(history, &Function::Broadcast)?;
    let read = median_latency(history, &Function::Read)?;
    let late = broadcast > read.saturating_mul(FACTOR) && broadcast - read > MARGIN;
    let duration = |nanos: i64| Duration::from_nanos(nanos.unsigned_abs());
    late.then(|| Warning::AcknowledgedLate { broadcast: duration(broadcast), read: duration(read) })
}

/// Median time of successful operations in ns; none without any.
fn median_latency(history: &History, f: &Function) -> Option<i64> {
    let mut latencies: Vec<i64> = history
        .client_operations()
        .filter(|(_, operation)| operation.kind == Kind::Ok && operation.f == *f)
        .filter_map(|(position, completion)| {
            Some(completion.time.saturating_sub(history.counterpart(position)?.time).max(0))
        })
        .collect();
    let middle = latencies.len() / 2;
    (!latencies.is_empty()).then(|| *latencies.select_nth_unstable(middle).1)
}
