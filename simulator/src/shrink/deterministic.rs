//! Makes faults deterministic: a fault that hits some messages by chance hits all, for a shorter
//! time.

use super::candidate::Candidate;
use super::faults::with_fault;
use super::search::Search;
use glomers_engine::{Core, InjectedFault, PlannedFault};
use glomers_history::{Kind, Operation};
use glomers_timeline::{Message, Messages};

/// Time before and after a message, in ns, of a fault that is meant for this message alone.
const AROUND: u64 = 1_000;
/// Maximum number of messages that are tried one by one.
const FEW_MESSAGES: usize = 12;

/// Makes a fault that hits messages by chance deterministic: for its whole duration, or else only
/// around the messages that it really hit.
pub(super) fn make_deterministic(search: &mut Search<'_>, position: usize) {
    let fault = search.best().scenario.faults[position].clone();
    let is_chance = |probability: f64| probability < 1.0;
    let certain = match fault.injected {
        InjectedFault::Loss { probability } if is_chance(probability) => {
            InjectedFault::Loss { probability: 1.0 }
        }
        InjectedFault::Duplicate { probability } if is_chance(probability) => {
            InjectedFault::Duplicate { probability: 1.0 }
        }
        _ => return,
    };
    let lasting = |from: u64, until: u64| PlannedFault { from, until, injected: certain.clone() };
    let attempt = |search: &mut Search<'_>, from: u64, until: u64| {
        let candidate = with_fault(search.best(), position, lasting(from, until));
        search.attempt(candidate)
    };
    if attempt(search, fault.from, fault.until) {
        return;
    }
    let hits = hits(search, &fault);
    let around = |hit: u64| (hit.saturating_sub(AROUND), hit + AROUND);
    let mut windows: Vec<(u64, u64)> = hits.iter().map(|hit| around(*hit)).collect();
    for (position, first) in hits.iter().enumerate() {
        let later = &hits[position + 1..];
        windows.extend(later.iter().map(|last| (around(*first).0, around(*last).1)));
    }
    for (from, until) in windows {
        if attempt(search, from, until) {
            return;
        }
    }
}

/// Send times of the messages that the fault hit, in ns since the load began.
fn hits(search: &mut Search<'_>, fault: &PlannedFault) -> Vec<u64> {
    let Some(mut run) = search.observe() else { return Vec::new() };
    let journal = std::mem::take(run.core.journal().lines());
    let origin = load_start(&run.core);
    let Messages { messages, participants, .. } = Messages::read(&journal, &run.core.plan().nodes);
    let is_hit = |message: &Message<'_>| {
        let is_client = |party: usize| participants[party].is_client();
        !is_client(message.src)
            && !is_client(message.dest)
            && match fault.injected {
                InjectedFault::Loss { .. } => message.received.is_none(),
                _ => !message.repeats.is_empty(),
            }
    };
    let since_load = |message: &Message<'_>| u64::try_from(message.sent - origin).ok();
    let mut hits: Vec<u64> = (messages.iter().filter(|message| is_hit(message)))
        .filter_map(since_load)
        .filter(|sent| (fault.from..=fault.until).contains(sent))
        .collect();
    hits.dedup();
    hits.truncate(FEW_MESSAGES);
    hits
}

/// When the load began, in ns since the start of the test: times of faults are relative to it.
fn load_start(core: &Core) -> i64 {
    let scenario = core.scenario();
    // The first event of the load has both times.
    let operations = core.history().operations();
    let begins_something = |entry: &&Operation| entry.kind == Kind::Invoke || !entry.is_client();
    let first = operations.iter().find(begins_something).map_or(0, |first| first.time);
    let operation = scenario.operations.first().map(|operation| operation.at);
    let fault = scenario.faults.first().map(|fault| fault.from);
    first - signed(operation.into_iter().chain(fault).min().unwrap_or(0))
}

fn signed(nanos: u64) -> i64 {
    i64::try_from(nanos).unwrap_or(i64::MAX)
}

/// Replaces a loss of all messages by cut links.
pub(super) fn cut_instead(search: &mut Search<'_>, position: usize) {
    let fault = search.best().scenario.faults[position].clone();
    if matches!(fault.injected, InjectedFault::Loss { .. }) {
        let injected = everything_cut(search.best());
        let candidate = with_fault(search.best(), position, PlannedFault { injected, ..fault });
        search.attempt(candidate);
    }
}

/// A partition that separates every node from all others.
pub(super) fn everything_cut(candidate: &Candidate) -> InjectedFault {
    let nodes = candidate.plan.nodes.len();
    let others = |node| (0..nodes).filter(|other| *other != node).collect();
    let cut = (0..nodes).map(|node| (node, others(node))).collect();
    InjectedFault::Partition { shape: glomers_config::PartitionShape::OneWay, cut }
}
