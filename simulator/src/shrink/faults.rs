//! Fewer faults, and simpler ones.

use super::candidate::Candidate;
use super::deterministic::{cut_instead, everything_cut, make_deterministic};
use super::reduce::reduce;
use super::search::Search;
use glomers_config::PartitionShape;
use glomers_engine::{InjectedFault, NEVER_ENDED, PlannedFault};
use std::collections::{BTreeMap, BTreeSet};

/// Number of times that the duration of a fault is halved from either side.
const HALVINGS: usize = 12;
/// A fault shorter than this, in ns, is not shortened further.
const SHORT: u64 = 1_000_000;

/// Tries to leave out faults.
pub(super) fn drop_some(search: &mut Search<'_>) {
    let faults = search.best().scenario.faults.clone();
    reduce(faults, 1, &mut |rest| {
        if search.is_over() {
            return None;
        }
        let candidate = search.best().with_faults(rest);
        Some(search.attempt(candidate))
    });
}

/// Tries to merge faults, and to make each simpler and shorter.
pub(super) fn simplify(search: &mut Search<'_>) {
    merge(search);
    let mut position = 0;
    while position < search.best().scenario.faults.len() && !search.is_over() {
        make_deterministic(search, position);
        cut_instead(search, position);
        cut_fewer_links(search, position);
        shorten(search, position);
        position += 1;
    }
}

/// The candidate with the fault at this index replaced.
pub(super) fn with_fault(candidate: &Candidate, position: usize, fault: PlannedFault) -> Candidate {
    let mut faults = candidate.scenario.faults.clone();
    faults[position] = fault;
    candidate.with_faults(&faults)
}

/// Two faults of a kind become one that covers both; or all faults become one partition.
fn merge(search: &mut Search<'_>) {
    let count = search.best().scenario.faults.len();
    if count < 2 {
        return;
    }
    let faults = &search.best().scenario.faults;
    let from = faults.iter().map(|fault| fault.from).min().unwrap_or(0);
    let until = faults.iter().map(|fault| fault.until).max().unwrap_or(0);
    let cut = everything_cut(search.best());
    let candidate = search.best().with_faults(&[PlannedFault { from, until, injected: cut }]);
    if search.attempt(candidate) {
        return;
    }
    let mut second = count;
    while second > 1 {
        second -= 1;
        for first in 0..second {
            let faults = search.best().scenario.faults.clone();
            let Some(merged) = merged(&faults[first], &faults[second]) else { continue };
            let mut fewer = faults;
            fewer[first] = merged;
            fewer.remove(second);
            let candidate = search.best().with_faults(&fewer);
            if search.attempt(candidate) {
                break;
            }
        }
    }
}

/// One fault for two of the same kind.
fn merged(first: &PlannedFault, second: &PlannedFault) -> Option<PlannedFault> {
    let injected = match (&first.injected, &second.injected) {
        (InjectedFault::Partition { cut, .. }, InjectedFault::Partition { cut: more, .. }) => {
            let mut cut = cut.clone();
            for (receiver, sources) in more {
                cut.entry(*receiver).or_default().extend(sources);
            }
            InjectedFault::Partition { shape: PartitionShape::OneWay, cut }
        }
        (one, other) if one.fault() == other.fault() && one.node() == other.node() => one.clone(),
        _ => return None,
    };
    let (from, until) = (first.from.min(second.from), first.until.max(second.until));
    Some(PlannedFault { from, until, injected })
}

/// Tries to cut fewer links.
fn cut_fewer_links(search: &mut Search<'_>, position: usize) {
    let fault = search.best().scenario.faults[position].clone();
    let InjectedFault::Partition { cut, .. } = &fault.injected else { return };
    let links: Vec<(usize, usize)> = cut
        .iter()
        .flat_map(|(receiver, sources)| sources.iter().map(|source| (*receiver, *source)))
        .collect();
    if links.len() < 2 {
        return;
    }
    reduce(links, 1, &mut |rest: &[(usize, usize)]| {
        if search.is_over() {
            return None;
        }
        if rest.is_empty() {
            return Some(false);
        }
        let mut cut: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for (receiver, source) in rest {
            cut.entry(*receiver).or_default().insert(*source);
        }
        let injected = InjectedFault::Partition { shape: PartitionShape::OneWay, cut };
        let fault = PlannedFault { injected, ..fault.clone() };
        let candidate = with_fault(search.best(), position, fault);
        Some(search.attempt(candidate))
    });
}

/// Tries to begin a fault later and to end it earlier.
fn shorten(search: &mut Search<'_>, position: usize) {
    for takes_end in [true, false] {
        // The removed part of its time: half of it, a quarter, and so on.
        let mut divisor = 2;
        for _ in 0..HALVINGS {
            let fault = search.best().scenario.faults[position].clone();
            let end = search.best().load_end().max(fault.from);
            let length = fault.until.min(end) - fault.from;
            let step = length / divisor;
            if step < SHORT {
                break;
            }
            let shorter = if takes_end {
                PlannedFault { until: fault.until.min(end) - step, ..fault }
            } else {
                PlannedFault { from: fault.from + step, ..fault }
            };
            let candidate = with_fault(search.best(), position, shorter);
            if !search.attempt(candidate) {
                divisor *= 2;
            }
        }
    }
    let fault = search.best().scenario.faults[position].clone();
    // A fault that lasts beyond the load ends with the recovery in any case.
    if fault.until != NEVER_ENDED && fault.until > search.best().load_end() {
        let until = NEVER_ENDED;
        let candidate = with_fault(search.best(), position, PlannedFault { until, ..fault });
        search.attempt(candidate);
    }
}
