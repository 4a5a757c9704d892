//! Fewer operations, and simpler ones.

use super::candidate::{Candidate, Placed};
use super::keys::{keys_of, simpler_values, without_keys};
use super::laboratory::Laboratory;
use super::reduce::reduce;
use glomers_engine::{NEVER_ENDED, PlannedFault};
use std::collections::BTreeSet;

/// The load is first cut to these fractions of its time, the shortest first: short runs are cheap.
const FRACTIONS: [u64; 7] = [128, 64, 32, 16, 8, 4, 2];
/// Above so many operations, single ones are not left out one by one.
const FEW_OPERATIONS: usize = 600;
/// Above so many operations, it is worth the runs to bet on fewer.
const FEW_ENOUGH: usize = 10;
/// Seeds of such a bet; fewer of them where runs are long.
const GAMBLED_SEEDS: u64 = 400;
const GAMBLED_SEEDS_OF_MANY: u64 = 100;
/// What is many operations there.
const MANY_OPERATIONS: usize = 120;

/// Ends the load as early as it fails.
pub(super) fn end_early(laboratory: &mut Laboratory<'_>) {
    for fraction in FRACTIONS {
        let candidate = ended_at(laboratory.best(), laboratory.best().load_end() / fraction);
        if laboratory.attempt(candidate) {
            break;
        }
    }
}

/// The same, whose load ends at that time.
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

/// Leaves out all operations of a worker.
pub(super) fn drop_workers(laboratory: &mut Laboratory<'_>) {
    let operations = laboratory.best().operations();
    let workers: BTreeSet<u32> = operations.iter().map(|(_, operation)| operation.worker).collect();
    if workers.len() < 2 {
        return;
    }
    reduce(workers.into_iter().collect(), 1, &mut |rest: &[u32]| {
        if laboratory.is_over() {
            return None;
        }
        let of_them = |(_, operation): &&Placed| rest.contains(&operation.worker);
        let kept: Vec<Placed> =
            laboratory.best().operations().iter().filter(of_them).cloned().collect();
        let candidate = laboratory.best().with_operations(&kept);
        Some(laboratory.attempt(candidate))
    });
}

/// Leaves out all that is about a key.
pub(super) fn drop_keys(laboratory: &mut Laboratory<'_>) {
    let workload = laboratory.best().plan.workload;
    let mut keys = Vec::new();
    for (_, operation) in laboratory.best().operations() {
        for key in keys_of(workload, &operation) {
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
    }
    let all = keys.clone();
    reduce(keys, 1, &mut |rest: &[String]| {
        if laboratory.is_over() {
            return None;
        }
        let gone: Vec<String> = all.iter().filter(|key| !rest.contains(key)).cloned().collect();
        let kept: Vec<Placed> = laboratory
            .best()
            .operations()
            .iter()
            .filter_map(|(is_last, operation)| {
                Some((*is_last, without_keys(workload, operation, &gone)?))
            })
            .collect();
        let candidate = laboratory.best().with_operations(&kept);
        Some(laboratory.attempt(candidate))
    });
}

/// Leaves out operations, wherever they are.
pub(super) fn drop_some(laboratory: &mut Laboratory<'_>) {
    let operations = laboratory.best().operations();
    let smallest = if operations.len() <= FEW_OPERATIONS { 1 } else { operations.len() / 256 };
    reduce(operations, smallest, &mut |rest| {
        if laboratory.is_over() {
            return None;
        }
        let candidate = laboratory.best().with_operations(rest);
        Some(laboratory.attempt(candidate))
    });
}

/// Bets on the first of many operations, with many seeds: what comes of many draws may come of few.
pub(super) fn gamble(laboratory: &mut Laboratory<'_>) {
    loop {
        let operations = laboratory.best().operations();
        if operations.len() <= FEW_ENOUGH || laboratory.is_over() {
            return;
        }
        let is_many = operations.len() > MANY_OPERATIONS;
        let seeds = if is_many { GAMBLED_SEEDS_OF_MANY } else { GAMBLED_SEEDS };
        let (load, last): (Vec<Placed>, Vec<Placed>) =
            operations.into_iter().partition(|(is_last, _)| !is_last);
        let half = |part: &[Placed]| part[..part.len().div_ceil(2)].to_vec();
        let candidate = laboratory.best().with_operations(&[half(&load), half(&last)].concat());
        if !laboratory.gamble(&candidate, seeds) {
            return;
        }
    }
}

/// Lets operations say less.
pub(super) fn simplify_values(laboratory: &mut Laboratory<'_>) {
    let workload = laboratory.best().plan.workload;
    let mut place = 0;
    while place < laboratory.best().operations().len() && !laboratory.is_over() {
        let operations = laboratory.best().operations();
        let (is_last, operation) = &operations[place];
        let simpler = simpler_values(workload, operation).into_iter().any(|simpler| {
            let mut changed = operations.clone();
            changed[place] = (*is_last, simpler);
            let candidate = laboratory.best().with_operations(&changed);
            laboratory.attempt(candidate)
        });
        // What became simpler may become simpler still.
        if !simpler {
            place += 1;
        }
    }
}
