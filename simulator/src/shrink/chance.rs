//! From chance to certainty: what happens to some messages happens to all, for a shorter time.

use super::candidate::Candidate;
use super::faults::with_fault;
use super::laboratory::Laboratory;
use crate::story::{Message, load_start, messages};
use glomers_engine::{Disturbance, PlannedFault};

/// How long before and after a message, in ns, a fault lasts that is about this message alone.
const AROUND: u64 = 1_000;
/// Most messages that are looked at one by one.
const FEW_MESSAGES: usize = 12;

/// Makes a fault certain that hits messages by chance: for as long as it lasted, or else for as long
/// as those messages take that it really hit.
pub(super) fn make_certain(laboratory: &mut Laboratory<'_>, place: usize) {
    let fault = laboratory.best().scenario.faults[place].clone();
    let is_chance = |probability: f64| probability < 1.0;
    let certain = match fault.disturbance {
        Disturbance::Loss { probability } if is_chance(probability) => {
            Disturbance::Loss { probability: 1.0 }
        }
        Disturbance::Duplicate { probability } if is_chance(probability) => {
            Disturbance::Duplicate { probability: 1.0 }
        }
        _ => return,
    };
    let lasting =
        |from: u64, until: u64| PlannedFault { from, until, disturbance: certain.clone() };
    let attempt = |laboratory: &mut Laboratory<'_>, from: u64, until: u64| {
        let candidate = with_fault(laboratory.best(), place, lasting(from, until));
        laboratory.attempt(candidate)
    };
    if attempt(laboratory, fault.from, fault.until) {
        return;
    }
    let hits = hits(laboratory, &fault);
    let around = |hit: u64| (hit.saturating_sub(AROUND), hit + AROUND);
    let mut windows: Vec<(u64, u64)> = hits.iter().map(|hit| around(*hit)).collect();
    for (place, first) in hits.iter().enumerate() {
        let later = &hits[place + 1..];
        windows.extend(later.iter().map(|last| (around(*first).0, around(*last).1)));
    }
    for (from, until) in windows {
        if attempt(laboratory, from, until) {
            return;
        }
    }
}

/// When messages were sent that the fault hit, in ns since the load began.
fn hits(laboratory: &mut Laboratory<'_>, fault: &PlannedFault) -> Vec<u64> {
    let Some(mut run) = laboratory.observe() else { return Vec::new() };
    let journal = std::mem::take(run.core.journal().lines());
    let origin = load_start(&run.core);
    let is_hit = |message: &Message| {
        !message.involves_client()
            && match fault.disturbance {
                Disturbance::Loss { .. } => message.received.is_empty(),
                _ => message.received.len() > 1,
            }
    };
    let since_load = |message: Message| u64::try_from(message.sent - origin).ok();
    let mut hits: Vec<u64> = messages(&journal)
        .into_iter()
        .filter(is_hit)
        .filter_map(since_load)
        .filter(|sent| (fault.from..=fault.until).contains(sent))
        .collect();
    hits.dedup();
    hits.truncate(FEW_MESSAGES);
    hits
}

/// Links are cut where all messages were lost.
pub(super) fn cut_instead(laboratory: &mut Laboratory<'_>, place: usize) {
    let fault = laboratory.best().scenario.faults[place].clone();
    if matches!(fault.disturbance, Disturbance::Loss { .. }) {
        let disturbance = everything_cut(laboratory.best());
        let candidate = with_fault(laboratory.best(), place, PlannedFault { disturbance, ..fault });
        laboratory.attempt(candidate);
    }
}

/// A partition that leaves nobody anybody.
pub(super) fn everything_cut(candidate: &Candidate) -> Disturbance {
    let nodes = candidate.plan.nodes.len();
    let others = |node| (0..nodes).filter(|other| *other != node).collect();
    let cut = (0..nodes).map(|node| (node, others(node))).collect();
    Disturbance::Partition { shape: glomers_config::PartitionShape::OneWay, cut }
}
