//! Broadcasts that are acknowledged late.
//!
//! Stable latency counts from the acknowledgement, so a node that first waits for the others hides
//! the time that its values take.

use crate::Warning;
use glomers_history::{Function, History, Kind};
use std::time::Duration;

/// A broadcast is late when it takes more than this many times as long as a read ...
const FACTOR: i64 = 2;
/// ... and longer by more than this many ns: less does not matter compared to network latencies.
const MARGIN: i64 = 20_000_000;
/// Minimum number of broadcasts: fewer may all be late by chance.
const ENOUGH: usize = 5;

/// The warning, if it applies.
pub(super) fn warning(history: &History) -> Option<Warning> {
    let broadcasts = Latencies::of(history, &Function::Broadcast)?;
    let reads = Latencies::of(history, &Function::Read)?;
    let is_late = |broadcast: i64, read: i64| {
        broadcast > read.saturating_mul(FACTOR) && broadcast - read > MARGIN
    };
    let duration = |nanos: i64| Duration::from_nanos(nanos.unsigned_abs());
    if is_late(broadcasts.median, reads.median) {
        return Some(Warning::AcknowledgedLate {
            broadcast: duration(broadcasts.median),
            read: duration(reads.median),
        });
    }
    // A node that does one thing after the other lets reads wait behind broadcasts: both are late.
    (broadcasts.count >= ENOUGH && is_late(broadcasts.least, reads.least)).then(|| {
        Warning::AcknowledgedSlowly {
            broadcast: duration(broadcasts.least),
            read: duration(reads.least),
        }
    })
}

/// Times of successful operations of one function, in ns.
struct Latencies {
    count: usize,
    least: i64,
    median: i64,
}

impl Latencies {
    /// `None` if there are none.
    fn of(history: &History, f: &Function) -> Option<Self> {
        let mut latencies: Vec<i64> = history
            .client_operations()
            .filter(|(_, operation)| operation.kind == Kind::Ok && operation.f == *f)
            .filter_map(|(position, completion)| {
                Some(completion.time.saturating_sub(history.counterpart(position)?.time).max(0))
            })
            .collect();
        let (count, least) = (latencies.len(), *latencies.iter().min()?);
        let median = *latencies.select_nth_unstable(count / 2).1;
        Some(Self { count, least, median })
    }
}
