//! Shorter times.

use super::candidate::Candidate;
use super::laboratory::Laboratory;
use super::operations::ended_at;
use glomers_engine::NEVER_ENDED;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

const NANOS_PER_MS: u64 = 1_000_000;
/// Pauses are shortened to one of these, in ms, if that will do.
const SHORT_PAUSES: [u64; 5] = [1, 10, 100, 1000, 2500];
/// Times are rounded to these, in ns, if that will do: the roundest first.
const ROUND: [u64; 7] = [100_000_000, 10_000_000, 5_000_000, 1_000_000, 100_000, 10_000, 1_000];
/// Above so many moments, pauses are not looked at one by one.
const FEW_MOMENTS: usize = 64;
/// Numbers of operations for each worker that are tried all at once.
const CROWDS: [usize; 5] = [1, 2, 4, 8, usize::MAX];
/// Seeds that are tried with each.
const SEEDS_OF_A_CROWD: u64 = 6;
/// So few operations that they need not come at once.
const ENOUGH_OPERATIONS: usize = 10;
/// Recovery waits that are tried, in seconds.
const SHORT_WAITS: [u64; 3] = [1, 2, 5];

/// Ends the load with the last thing that happens in it.
pub(super) fn cut_tail(laboratory: &mut Laboratory<'_>) {
    let best = laboratory.best();
    let end = best.load_end();
    let operations = best.scenario.operations.iter().map(|operation| operation.at);
    let faults = best.scenario.faults.iter().flat_map(|fault| [fault.from, fault.until]);
    let last = operations.chain(faults).filter(|at| *at <= end).max().unwrap_or(0);
    if best.scenario.load_end != Some(last) {
        let candidate = ended_at(best, last);
        laboratory.attempt(candidate);
    }
}

/// Shortens the pauses between things that happen: all of them, and then one by one.
pub(super) fn pull_together(laboratory: &mut Laboratory<'_>) {
    for part in [Part::Load, Part::Final] {
        for pause in SHORT_PAUSES {
            let best = laboratory.best();
            let candidate = with_pauses(best, part, |number, old| {
                if number == 0 { 0 } else { old.min(pause * NANOS_PER_MS) }
            });
            if laboratory.attempt(candidate) {
                break;
            }
        }
        let count = moments(laboratory.best(), part).len();
        if count > FEW_MOMENTS {
            continue;
        }
        for place in 0..count {
            // Only the first moment may be the begin.
            for pause in (place == 0).then_some(0).into_iter().chain(SHORT_PAUSES) {
                let best = laboratory.best();
                let candidate = with_pauses(best, part, |number, old| {
                    if number == place { old.min(pause * NANOS_PER_MS) } else { old }
                });
                if candidate == *best || laboratory.attempt(candidate) {
                    break;
                }
            }
        }
    }
}

/// Lets everything happen at once, if there is still much of it: mistakes that need two operations at
/// a time are met by few of them then. At first with so many operations for each worker.
pub(super) fn crowd(laboratory: &mut Laboratory<'_>) {
    for most in CROWDS {
        let best = laboratory.best();
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
        if candidate != *best && laboratory.gamble(&candidate, SEEDS_OF_A_CROWD) {
            return;
        }
    }
}

/// Times that are easy to read.
pub(super) fn round(laboratory: &mut Laboratory<'_>) {
    for unit in ROUND {
        let mut candidate = laboratory.best().clone();
        for part in [Part::Load, Part::Final] {
            // Up, and none before the one that it followed.
            candidate = with_pauses(&candidate, part, |_, old| old.div_ceil(unit) * unit);
        }
        if laboratory.attempt(candidate) {
            break;
        }
    }
}

/// Waits less for recovery, where a node that is right shows that it can be done in that time.
pub(super) fn wait_less(laboratory: &mut Laboratory<'_>) {
    if !laboratory.has_control() || laboratory.best().scenario.final_operations.is_empty() {
        return;
    }
    for wait in SHORT_WAITS.map(Duration::from_secs) {
        let mut candidate = laboratory.best().clone();
        if candidate.plan.recovery <= wait {
            break;
        }
        candidate.plan.recovery = wait;
        if laboratory.attempt(candidate) {
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

/// When something happens, each moment once.
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

/// The same with other pauses, each given its number and its length.
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
