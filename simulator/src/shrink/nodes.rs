//! Fewer nodes.

use super::candidate::Candidate;
use super::reduce::reduce;
use super::search::Search;
use super::workers::{WorkerPosition, moved};
use glomers_config::KillTargets;
use glomers_engine::{InjectedFault, PlannedFault};
use std::collections::{BTreeMap, BTreeSet};

/// Number of seeds that are tried for the usual names.
const SEEDS_FOR_NAMES: u64 = 60;

/// Tries to leave out nodes with everything that concerns them.
pub(super) fn drop_some(search: &mut Search<'_>) {
    let names = search.best().plan.nodes.clone();
    if names.len() < 2 {
        return;
    }
    reduce(names, 1, &mut |rest: &[String]| {
        if search.is_over() {
            return None;
        }
        if rest.is_empty() {
            return Some(false);
        }
        let best = search.best();
        let kept = best.plan.nodes.iter().filter(|name| rest.contains(name)).count();
        let mut next = 0..kept;
        let targets: Vec<Option<usize>> = best
            .plan
            .nodes
            .iter()
            .map(|name| if rest.contains(name) { next.next() } else { None })
            .collect();
        let candidate = remapped(best, &targets, kept);
        Some(search.attempt(candidate))
    });
}

/// Tries to merge two nodes into one.
pub(super) fn merge(search: &mut Search<'_>) {
    let mut node = search.best().plan.nodes.len();
    while node > 0 && !search.is_over() {
        node -= 1;
        let count = search.best().plan.nodes.len();
        for other in (0..count).filter(|other| *other != node) {
            let best = search.best();
            let shifted = |old: usize| if old > node { old - 1 } else { old };
            let targets: Vec<Option<usize>> = (0..count)
                .map(|old| Some(shifted(if old == node { other } else { old })))
                .collect();
            let candidate = remapped(best, &targets, count - 1);
            if search.attempt(candidate) {
                break;
            }
        }
    }
}

/// The candidate with fewer nodes: `targets` has the new number of each node, which several may
/// share. Workers, faults and links of nodes without a new number are left out.
fn remapped(candidate: &Candidate, targets: &[Option<usize>], count: usize) -> Candidate {
    // Workers of the second node get lanes after those of the first.
    let mut first_lanes = vec![0; targets.len()];
    let mut taken = vec![0; count];
    let lanes = candidate.plan.workers as usize / targets.len() + 1;
    for (old, target) in targets.iter().enumerate() {
        if let Some(target) = target {
            first_lanes[old] = taken[*target];
            taken[*target] += lanes;
        }
    }
    let mut changed = moved(candidate, count, |position| {
        let node = targets[position.node]?;
        Some(WorkerPosition { node, lane: first_lanes[position.node] + position.lane })
    });
    let mut names = vec![None; count];
    for (name, target) in candidate.plan.nodes.iter().zip(targets) {
        if let Some(target) = target {
            names[*target].get_or_insert_with(|| name.clone());
        }
    }
    changed.plan.nodes = names.into_iter().flatten().collect();
    // The scenario determines which nodes faults hit; among fewer nodes, the previous targets may
    // not exist.
    changed.plan.kill_targets = KillTargets::default();
    let faults = &mut changed.scenario.faults;
    let all = std::mem::take(faults);
    faults.extend(all.into_iter().filter_map(|fault| {
        let injected = remapped_fault(fault.injected, targets)?;
        Some(PlannedFault { injected, ..fault })
    }));
    changed.settled()
}

/// The fault among other nodes; `None` if it no longer affects any node.
fn remapped_fault(injected: InjectedFault, targets: &[Option<usize>]) -> Option<InjectedFault> {
    Some(match injected {
        InjectedFault::Partition { shape, cut } => {
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
            InjectedFault::Partition { shape, cut: links }
        }
        InjectedFault::Kill { node } => InjectedFault::Kill { node: targets[node]? },
        InjectedFault::Pause { node } => InjectedFault::Pause { node: targets[node]? },
        InjectedFault::Skew { node, rate } => InjectedFault::Skew { node: targets[node]?, rate },
        other => other,
    })
}

/// Tries to give nodes their usual names again.
pub(super) fn rename(search: &mut Search<'_>) {
    let mut candidate = search.best().clone();
    let count = candidate.plan.nodes.len();
    candidate.plan.nodes = (0..count).map(|number| format!("n{number}")).collect();
    if candidate != *search.best() && !search.attempt(candidate.clone()) {
        // Each name has its own random numbers.
        search.try_seeds(&candidate, SEEDS_FOR_NAMES);
    }
}
