//! Realtime lag: for how long, at least, a poll had been behind the log when it began.
//!
//! An offset stops being the last of its key when a higher one is known to exist. A process that
//! has seen no message of an assigned key is at offset -1.

use super::operations::{Operations, Role};
use crate::clojure_order::order_as_map;
use glomers_history::{Kind, Value};
use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

/// A poll that was behind.
#[derive(Debug, Clone, PartialEq)]
pub struct Lag {
    /// When the poll began, in ns.
    pub time: i64,
    /// The process that polled.
    pub process: u64,
    /// The key.
    pub key: Value,
    /// For how long it was behind, in ns.
    pub lag: i64,
}

/// Highest offset seen, by key.
type Offsets = IndexMap<u32, i64, FxBuildHasher>;

/// The first of the greatest lags; `None` if no process polled an assigned key.
pub(super) fn worst_lag(operations: &Operations<'_>) -> Option<Lag> {
    let higher = Higher::of(operations);
    let mut met: Vec<Offsets> = Vec::new();
    met.resize_with(operations.processes.len(), Offsets::default);
    let mut worst: Option<(u32, u32, i64)> = None;
    for (number, entry) in (0..).zip(&operations.entries) {
        if entry.kind != Kind::Ok {
            continue;
        }
        let met = &mut met[entry.process as usize];
        match entry.role {
            Role::Subscribe => met.clear(),
            Role::Assign => {
                let assigned = operations.assigned(entry).iter();
                let kept = assigned.map(|key| (*key, met.get(key).copied().unwrap_or(-1)));
                *met = kept.collect();
            }
            // A send shows nothing about a process's position.
            Role::Transaction if !operations.polls(number) => {}
            Role::Transaction => {
                // If any poll succeeded, entries have their counterparts.
                let Some(began) = operations.invocation(number) else { continue };
                for (key, offset) in operations.tops(entry) {
                    let known = met.entry(*key).or_insert(*offset);
                    *known = (*offset).max(*known);
                }
                let lag = |(key, offset): (&u32, &i64)| {
                    let since = higher.since(*key, *offset);
                    (*key, since.map_or(0, |since| began.time.saturating_sub(since).max(0)))
                };
                let mut lags = met.iter().map(lag);
                let is_worse = |lag| worst.is_none_or(|(_, _, worst)| worst < lag);
                if lags.any(|(_, lag)| is_worse(lag)) {
                    let mut lags: Vec<_> = met.iter().map(lag).collect();
                    order_as_map(&mut lags, |(key, _)| operations.key(*key).rank);
                    // Of equal lags, the first.
                    let most = lags.into_iter().rev().max_by_key(|(_, lag)| *lag);
                    worst = most.map(|(key, lag)| (number, key, lag));
                }
            }
        }
    }
    worst.map(|(number, key, lag)| Lag {
        time: operations.invocation(number).map_or(0, |invocation| invocation.time),
        process: operations.processes[operations.entries[number as usize].process as usize],
        key: operations.key(key).value.clone(),
        lag,
    })
}

/// When higher offsets of a key were known to exist.
struct Higher {
    /// By key: ascending offsets, each with the time of the completion that showed it.
    known: Vec<Vec<(i64, i64)>>,
}

impl Higher {
    fn of(operations: &Operations<'_>) -> Self {
        let mut known: Vec<Vec<(i64, i64)>> = vec![Vec::new(); operations.keys.len()];
        for (number, entry) in operations.transactions() {
            for (key, offset) in operations.tops(entry) {
                let known = &mut known[*key as usize];
                if *offset >= 0 && known.last().is_none_or(|(highest, _)| highest < offset) {
                    known.push((*offset, operations.operation(number).time));
                }
            }
        }
        Self { known }
    }

    /// The time since which this offset was not the last of its key.
    fn since(&self, key: u32, offset: i64) -> Option<i64> {
        let known = &self.known[key as usize];
        let higher = known.partition_point(|(highest, _)| *highest <= offset);
        known.get(higher).map(|(_, time)| *time)
    }
}
