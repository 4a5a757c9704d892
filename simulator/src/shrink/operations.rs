//! Fewer operations, and simpler ones.

use super::candidate::{Candidate, Placed};
use super::keys::{keys_of, simpler_values, without_keys};
use super::reduce::reduce;
use super::search::Search;
use glomers_engine::{NEVER_ENDED, PlannedFault};
use std::collections::BTreeSet;

/// The load is first cut to these fractions of its time, the shortest first: short runs are cheap.
const FRACTIONS: [u64; 7] = [128, 64, 32, 16, 8, 4, 2];
/// Above this number of operations, they are not left out one by one.
const FEW_OPERATIONS: usize = 600;
/// Above this number of operations, it is worth trying many seeds with fewer operations.
const FEW_ENOUGH: usize = 10;
/// Number of seeds of such a try; fewer of them if runs are long.
const GAMBLED_SEEDS: u64 = 400;
const GAMBLED_SEEDS_OF_MANY: u64 = 100;
/// Number of operations from which on runs count as long there.
const MANY_OPERATIONS: usize = 120;

/// Ends the load as early as possible.
pub(super) fn end_early(search: &mut Search<'_>) {
    for fraction in FRACTIONS {
        let candidate = ended_at(search.best(), search.best().load_end() / fraction);
        if search.attempt(candidate) {
            break;
        }
    }
}

/// The candidate, with its load ended at this time.
pub(super) fn ended_at(candidate: &Candidate, end: u64) -> Candidate {
    let mut ended = candidate.clone();
    let scenario = &mut ended.scenario;
    scenario.operations.retain(|operation| operation.at <= end);
    scenario.faults.retain(|fault| fault.from <= end);
    for PlannedFault { until, .. } in &mut scenario.faults {
        if *until > end {
            *until = NEVER_ENDED;
        }
    }
    scenario.load_end = Some(end);
    ended.settled()
}

/// Tries to leave out all operations of a worker.
pub(super) fn drop_workers(search: &mut Search<'_>) {
    let operations = search.best().operations();
    let workers: BTreeSet<u32> = operations.iter().map(|(_, operation)| operation.worker).collect();
    if workers.len() < 2 {
        return;
    }
    reduce(workers.into_iter().collect(), 1, &mut |rest: &[u32]| {
        if search.is_over() {
            return None;
        }
        let of_them = |(_, operation): &&Placed| rest.contains(&operation.worker);
        let kept: Vec<Placed> =
            search.best().operations().iter().filter(of_them).cloned().collect();
        let candidate = search.best().with_operations(&kept);
        Some(search.attempt(candidate))
    });
}

/// Tries to leave out all operations on a key.
pub(super) fn drop_keys(search: &mut Search<'_>) {
    let workload = search.best().plan.workload;
    let mut keys = Vec::new();
    for (_, operation) in search.best().operations() {
        for key in keys_of(workload, &operation) {
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
    }
    let all = keys.clone();
    reduce(keys, 1, &mut |rest: &[String]| {
        if search.is_over() {
            return None;
        }
        let gone: Vec<String> = all.iter().filter(|key| !rest.contains(key)).cloned().collect();
        let kept: Vec<Placed> = search
            .best()
            .operations()
            .iter()
            .filter_map(|(is_last, operation)| {
                Some((*is_last, without_keys(workload, operation, &gone)?))
            })
            .collect();
        let candidate = search.best().with_operations(&kept);
        Some(search.attempt(candidate))
    });
}

/// Tries to leave out any operations.
pub(super) fn drop_some(search: &mut Search<'_>) {
    let operations = search.best().operations();
    let smallest = if operations.len() <= FEW_OPERATIONS { 1 } else { operations.len() / 256 };
    reduce(operations, smallest, &mut |rest| {
        if search.is_over() {
            return None;
        }
        let candidate = search.best().with_operations(rest);
        Some(search.attempt(candidate))
    });
}

/// Tries only the first of many operations, with many seeds: a failure that needs many random draws
/// in one run may need few in many runs.
pub(super) fn try_seeds(search: &mut Search<'_>) {
    loop {
        let operations = search.best().operations();
        if operations.len() <= FEW_ENOUGH || search.is_over() {
            return;
        }
        let is_many = operations.len() > MANY_OPERATIONS;
        let seeds = if is_many { GAMBLED_SEEDS_OF_MANY } else { GAMBLED_SEEDS };
        let (load, last): (Vec<Placed>, Vec<Placed>) =
            operations.into_iter().partition(|(is_last, _)| !is_last);
        let half = |part: &[Placed]| part[..part.len().div_ceil(2)].to_vec();
        let candidate = search.best().with_operations(&[half(&load), half(&last)].concat());
        if !search.try_seeds(&candidate, seeds) {
            return;
        }
    }
}

/// Simplifies the values of operations.
pub(super) fn simplify_values(search: &mut Search<'_>) {
    let workload = search.best().plan.workload;
    let mut position = 0;
    while position < search.best().operations().len() && !search.is_over() {
        let operations = search.best().operations();
        let (is_last, operation) = &operations[position];
        let simpler = simpler_values(workload, operation).into_iter().any(|simpler| {
            let mut changed = operations.clone();
            changed[position] = (*is_last, simpler);
            let candidate = search.best().with_operations(&changed);
            search.attempt(candidate)
        });
        // A value that became simpler may become simpler still.
        if !simpler {
            position += 1;
        }
    }
}
