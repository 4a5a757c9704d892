//! Fewer nodes.

use super::candidate::Candidate;
use super::laboratory::Laboratory;
use super::reduce::reduce;
use super::workers::{Place, moved};
use glomers_config::KillTargets;
use glomers_engine::{Disturbance, PlannedFault};
use std::collections::{BTreeMap, BTreeSet};

/// Seeds that are tried for the usual names.
const SEEDS_FOR_NAMES: u64 = 60;

/// Leaves out nodes with all that is about them.
pub(super) fn drop_some(laboratory: &mut Laboratory<'_>) {
    let names = laboratory.best().plan.nodes.clone();
    if names.len() < 2 {
        return;
    }
    reduce(names, 1, &mut |rest: &[String]| {
        if laboratory.is_over() {
            return None;
        }
        if rest.is_empty() {
            return Some(false);
        }
        let best = laboratory.best();
        let kept = best.plan.nodes.iter().filter(|name| rest.contains(name)).count();
        let mut next = 0..kept;
        let targets: Vec<Option<usize>> = best
            .plan
            .nodes
            .iter()
            .map(|name| if rest.contains(name) { next.next() } else { None })
            .collect();
        let candidate = remapped(best, &targets, kept);
        Some(laboratory.attempt(candidate))
    });
}

/// Lets one node have what was about two.
pub(super) fn merge(laboratory: &mut Laboratory<'_>) {
    let mut node = laboratory.best().plan.nodes.len();
    while node > 0 && !laboratory.is_over() {
        node -= 1;
        let count = laboratory.best().plan.nodes.len();
        for other in (0..count).filter(|other| *other != node) {
            let best = laboratory.best();
            let shifted = |old: usize| if old > node { old - 1 } else { old };
            let targets: Vec<Option<usize>> = (0..count)
                .map(|old| Some(shifted(if old == node { other } else { old })))
                .collect();
            let candidate = remapped(best, &targets, count - 1);
            if laboratory.attempt(candidate) {
                break;
            }
        }
    }
}

/// The same among fewer nodes: for each the number that it gets, which several may share. Workers,
/// faults and links of nodes that get none are left out.
fn remapped(candidate: &Candidate, targets: &[Option<usize>], count: usize) -> Candidate {
    // Workers of the second node come in lanes behind those of the first.
    let mut first_lanes = vec![0; targets.len()];
    let mut taken = vec![0; count];
    let lanes = candidate.plan.workers as usize / targets.len() + 1;
    for (old, target) in targets.iter().enumerate() {
        if let Some(target) = target {
            first_lanes[old] = taken[*target];
            taken[*target] += lanes;
        }
    }
    let mut changed = moved(candidate, count, |place| {
        let node = targets[place.node]?;
        Some(Place { node, lane: first_lanes[place.node] + place.lane })
    });
    let mut names = vec![None; count];
    for (name, target) in candidate.plan.nodes.iter().zip(targets) {
        if let Some(target) = target {
            names[*target].get_or_insert_with(|| name.clone());
        }
    }
    changed.plan.nodes = names.into_iter().flatten().collect();
    // The scenario says whom faults hit; of fewer nodes, the targets of before may be nobody.
    changed.plan.kill_targets = KillTargets::default();
    let faults = &mut changed.scenario.faults;
    let all = std::mem::take(faults);
    faults.extend(all.into_iter().filter_map(|fault| {
        let disturbance = remapped_fault(fault.disturbance, targets)?;
        Some(PlannedFault { disturbance, ..fault })
    }));
    changed.settled()
}

/// The fault among other nodes; none if it is about nothing any more.
fn remapped_fault(disturbance: Disturbance, targets: &[Option<usize>]) -> Option<Disturbance> {
    Some(match disturbance {
        Disturbance::Partition { shape, cut } => {
            let mut links: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
            for (receiver, sources) in cut {
                let Some(receiver) = targets[receiver] else { continue };
                let sources = sources.into_iter().filter_map(|source| targets[source]);
                let sources: BTreeSet<usize> = sources.filter(|it| *it != receiver).collect();
                if !sources.is_empty() {
                    links.entry(receiver).or_default().extend(sources);
                }
            }
            if links.is_empty() {
                return None;
            }
            Disturbance::Partition { shape, cut: links }
        }
        Disturbance::Kill { node } => Disturbance::Kill { node: targets[node]? },
        Disturbance::Pause { node } => Disturbance::Pause { node: targets[node]? },
        Disturbance::Skew { node, rate } => Disturbance::Skew { node: targets[node]?, rate },
        other => other,
    })
}

/// Gives nodes their usual names again.
pub(super) fn rename(laboratory: &mut Laboratory<'_>) {
    let mut candidate = laboratory.best().clone();
    let count = candidate.plan.nodes.len();
    candidate.plan.nodes = (0..count).map(|number| format!("n{number}")).collect();
    if candidate != *laboratory.best() && !laboratory.attempt(candidate.clone()) {
        // Each name draws numbers of its own.
        laboratory.gamble(&candidate, SEEDS_FOR_NAMES);
    }
}
