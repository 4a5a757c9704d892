//! Shorter times.

use super::candidate::Candidate;
use super::operations::ended_at;
use super::search::Search;
use glomers_engine::NEVER_ENDED;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

const NANOS_PER_MS: u64 = 1_000_000;
/// Pauses are shortened to one of these, in ms, if the run still fails.
const SHORT_PAUSES: [u64; 5] = [1, 10, 100, 1000, 2500];
/// Times are rounded to these, in ns, if the run still fails: the roundest first.
const ROUND: [u64; 7] = [100_000_000, 10_000_000, 5_000_000, 1_000_000, 100_000, 10_000, 1_000];
/// Above this number of moments, pauses are not tried one by one.
const FEW_MOMENTS: usize = 64;
/// Numbers of operations per worker that are tried at the same time.
const CROWDS: [usize; 5] = [1, 2, 4, 8, usize::MAX];
/// Number of seeds that are tried with each.
const SEEDS_TO_COMPRESS: u64 = 6;
/// Up to this number of operations, they need not come at the same time.
const ENOUGH_OPERATIONS: usize = 10;
/// Recovery waits that are tried, in seconds.
const SHORT_WAITS: [u64; 3] = [1, 2, 5];

/// Ends the load with its last event.
pub(super) fn cut_tail(search: &mut Search<'_>) {
    let best = search.best();
    let end = best.load_end();
    let operations = best.scenario.operations.iter().map(|operation| operation.at);
    let faults = best.scenario.faults.iter().flat_map(|fault| [fault.from, fault.until]);
    let last = operations.chain(faults).filter(|at| *at <= end).max().unwrap_or(0);
    if best.scenario.load_end != Some(last) {
        let candidate = ended_at(best, last);
        search.attempt(candidate);
    }
}

/// Shortens the pauses between events: all of them, and then one by one.
pub(super) fn pull_together(search: &mut Search<'_>) {
    for part in [Part::Load, Part::Final] {
        for pause in SHORT_PAUSES {
            let best = search.best();
            let candidate = with_pauses(best, part, |number, old| {
                if number == 0 { 0 } else { old.min(pause * NANOS_PER_MS) }
            });
            if search.attempt(candidate) {
                break;
            }
        }
        let count = moments(search.best(), part).len();
        if count > FEW_MOMENTS {
            continue;
        }
        for position in 0..count {
            // Only the first moment may be the beginning.
            for pause in (position == 0).then_some(0).into_iter().chain(SHORT_PAUSES) {
                let best = search.best();
                let candidate = with_pauses(best, part, |number, old| {
                    if number == position { old.min(pause * NANOS_PER_MS) } else { old }
                });
                if candidate == *best || search.attempt(candidate) {
                    break;
                }
            }
        }
    }
}

/// Compresses all operations to the same time, if there are still many: failures that need two
/// operations at the same time then need only a few. At first with limited numbers of operations
/// per worker.
pub(super) fn compress(search: &mut Search<'_>) {
    for most in CROWDS {
        let best = search.best();
        if best.size().operations <= ENOUGH_OPERATIONS {
            return;
        }
        let mut counts: BTreeMap<(bool, u32), usize> = BTreeMap::new();
        let mut operations = best.operations();
        operations.retain(|(is_last, operation)| {
            let count = counts.entry((*is_last, operation.worker)).or_default();
            *count += 1;
            *count <= most
        });
        let candidate = with_pauses(&best.with_operations(&operations), Part::Load, |_, _| 0);
        if candidate != *best && search.try_seeds(&candidate, SEEDS_TO_COMPRESS) {
            return;
        }
    }
}

/// Rounds times to make them easy to read.
pub(super) fn round(search: &mut Search<'_>) {
    for unit in ROUND {
        let mut candidate = search.best().clone();
        for part in [Part::Load, Part::Final] {
            // Rounded up, and no moment before the one that it followed.
            candidate = with_pauses(&candidate, part, |_, old| old.div_ceil(unit) * unit);
        }
        if search.attempt(candidate) {
            break;
        }
    }
}

/// Shortens the recovery wait, if a correct node shows that it can recover in that time.
pub(super) fn wait_less(search: &mut Search<'_>) {
    if !search.has_control() || search.best().scenario.final_operations.is_empty() {
        return;
    }
    for wait in SHORT_WAITS.map(Duration::from_secs) {
        let mut candidate = search.best().clone();
        if candidate.plan.recovery <= wait {
            break;
        }
        candidate.plan.recovery = wait;
        if search.attempt(candidate) {
            break;
        }
    }
}

/// A part of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Load,
    Final,
}

/// The times of all events, each time once.
fn moments(candidate: &Candidate, part: Part) -> BTreeSet<u64> {
    let scenario = &candidate.scenario;
    if part == Part::Final {
        return scenario.final_operations.iter().map(|operation| operation.at).collect();
    }
    let operations = scenario.operations.iter().map(|operation| operation.at);
    let faults = scenario.faults.iter().flat_map(|fault| [fault.from, fault.until]);
    let all = operations.chain(faults).chain(scenario.load_end);
    all.filter(|at| *at != NEVER_ENDED).collect()
}

/// The candidate with other pauses: `pause` is given the number and length of each.
fn with_pauses(candidate: &Candidate, part: Part, pause: impl Fn(usize, u64) -> u64) -> Candidate {
    let mut changed = candidate.clone();
    let mut times = BTreeMap::new();
    let (mut before, mut now) = (0, 0);
    for (number, moment) in moments(candidate, part).into_iter().enumerate() {
        now += pause(number, moment - before);
        before = moment;
        times.insert(moment, now);
    }
    let new = |at: &mut u64| *at = times.get(at).copied().unwrap_or(*at);
    let scenario = &mut changed.scenario;
    if part == Part::Final {
        scenario.final_operations.iter_mut().for_each(|operation| new(&mut operation.at));
        return changed;
    }
    scenario.operations.iter_mut().for_each(|operation| new(&mut operation.at));
    for fault in &mut scenario.faults {
        new(&mut fault.from);
        new(&mut fault.until);
    }
    scenario.load_end.iter_mut().for_each(new);
    changed.settled()
}
