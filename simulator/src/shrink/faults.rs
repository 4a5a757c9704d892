//! Fewer faults, and simpler ones.

use super::candidate::Candidate;
use super::chance::{cut_instead, everything_cut, make_certain};
use super::laboratory::Laboratory;
use super::reduce::reduce;
use glomers_config::PartitionShape;
use glomers_engine::{Disturbance, NEVER_ENDED, PlannedFault};
use std::collections::{BTreeMap, BTreeSet};

/// How often the time of a fault is halved from either side.
const HALVINGS: usize = 12;
/// A fault shorter than this, in ns, is short enough.
const SHORT: u64 = 1_000_000;

/// Leaves out faults.
pub(super) fn drop_some(laboratory: &mut Laboratory<'_>) {
    let faults = laboratory.best().scenario.faults.clone();
    reduce(faults, 1, &mut |rest| {
        if laboratory.is_over() {
            return None;
        }
        let candidate = laboratory.best().with_faults(rest);
        Some(laboratory.attempt(candidate))
    });
}

/// Makes one fault of several, and each simpler and shorter.
pub(super) fn simplify(laboratory: &mut Laboratory<'_>) {
    merge(laboratory);
    let mut place = 0;
    while place < laboratory.best().scenario.faults.len() && !laboratory.is_over() {
        make_certain(laboratory, place);
        cut_instead(laboratory, place);
        cut_fewer_links(laboratory, place);
        shorten(laboratory, place);
        place += 1;
    }
}

/// The same with another fault in that place.
pub(super) fn with_fault(candidate: &Candidate, place: usize, fault: PlannedFault) -> Candidate {
    let mut faults = candidate.scenario.faults.clone();
    faults[place] = fault;
    candidate.with_faults(&faults)
}

/// Two of a kind become one that lasts as long as both; or everything becomes one partition.
fn merge(laboratory: &mut Laboratory<'_>) {
    let count = laboratory.best().scenario.faults.len();
    if count < 2 {
        return;
    }
    let faults = &laboratory.best().scenario.faults;
    let from = faults.iter().map(|fault| fault.from).min().unwrap_or(0);
    let until = faults.iter().map(|fault| fault.until).max().unwrap_or(0);
    let cut = everything_cut(laboratory.best());
    let candidate =
        laboratory.best().with_faults(&[PlannedFault { from, until, disturbance: cut }]);
    if laboratory.attempt(candidate) {
        return;
    }
    let mut second = count;
    while second > 1 {
        second -= 1;
        for first in 0..second {
            let faults = laboratory.best().scenario.faults.clone();
            let Some(merged) = merged(&faults[first], &faults[second]) else { continue };
            let mut fewer = faults;
            fewer[first] = merged;
            fewer.remove(second);
            let candidate = laboratory.best().with_faults(&fewer);
            if laboratory.attempt(candidate) {
                break;
            }
        }
    }
}

/// One fault for two of the same kind.
fn merged(first: &PlannedFault, second: &PlannedFault) -> Option<PlannedFault> {
    let disturbance = match (&first.disturbance, &second.disturbance) {
        (Disturbance::Partition { cut, .. }, Disturbance::Partition { cut: more, .. }) => {
            let mut cut = cut.clone();
            for (receiver, sources) in more {
                cut.entry(*receiver).or_default().extend(sources);
            }
            Disturbance::Partition { shape: PartitionShape::OneWay, cut }
        }
        (one, other) if one.fault() == other.fault() && one.node() == other.node() => one.clone(),
        _ => return None,
    };
    let (from, until) = (first.from.min(second.from), first.until.max(second.until));
    Some(PlannedFault { from, until, disturbance })
}

/// Leaves links whole.
fn cut_fewer_links(laboratory: &mut Laboratory<'_>, place: usize) {
    let fault = laboratory.best().scenario.faults[place].clone();
    let Disturbance::Partition { cut, .. } = &fault.disturbance else { return };
    let links: Vec<(usize, usize)> = cut
        .iter()
        .flat_map(|(receiver, sources)| sources.iter().map(|source| (*receiver, *source)))
        .collect();
    if links.len() < 2 {
        return;
    }
    reduce(links, 1, &mut |rest: &[(usize, usize)]| {
        if laboratory.is_over() {
            return None;
        }
        if rest.is_empty() {
            return Some(false);
        }
        let mut cut: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for (receiver, source) in rest {
            cut.entry(*receiver).or_default().insert(*source);
        }
        let disturbance = Disturbance::Partition { shape: PartitionShape::OneWay, cut };
        let fault = PlannedFault { disturbance, ..fault.clone() };
        let candidate = with_fault(laboratory.best(), place, fault);
        Some(laboratory.attempt(candidate))
    });
}

/// Lets it begin later and end earlier.
fn shorten(laboratory: &mut Laboratory<'_>, place: usize) {
    for takes_end in [true, false] {
        // How much of its time is taken away: half of it, a quarter, and so on.
        let mut divisor = 2;
        for _ in 0..HALVINGS {
            let fault = laboratory.best().scenario.faults[place].clone();
            let end = laboratory.best().load_end().max(fault.from);
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
            let candidate = with_fault(laboratory.best(), place, shorter);
            if !laboratory.attempt(candidate) {
                divisor *= 2;
            }
        }
    }
    let fault = laboratory.best().scenario.faults[place].clone();
    // What ends after the load ends with the recovery in any case.
    if fault.until != NEVER_ENDED && fault.until > laboratory.best().load_end() {
        let until = NEVER_ENDED;
        let candidate = with_fault(laboratory.best(), place, PlannedFault { until, ..fault });
        laboratory.attempt(candidate);
    }
}
