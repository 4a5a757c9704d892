//! What the engine saw of a missed target: how often values travelled, and which came last to whom.

use glomers_checkers::{json, set_full};
use glomers_config::Metric;
use glomers_engine::Core;
use glomers_history::{Function, Traffic};
use glomers_results::TargetOutcome;

/// From this number of deliveries to each node on, values take more paths than they need.
const FLOOD: f64 = 1.5;
/// From this number of messages for each value and node on, hardly any message carries several values.
const SEPARATE: f64 = 0.8;

/// Lines about the missed targets of a broadcast.
pub(crate) fn explain(core: &Core, sent: &Traffic, targets: &[TargetOutcome]) -> Vec<String> {
    let is_missed = |metrics: &[Metric]| {
        let mut missed = targets.iter().filter(|outcome| !outcome.is_met());
        missed.any(|outcome| metrics.contains(&outcome.target.metric))
    };
    let mut lines = Vec::new();
    if is_missed(&[Metric::MsgsPerOp, Metric::ServerMsgsPerOp]) {
        lines.extend(traffic(core, sent));
    }
    let latencies = [
        Metric::StableLatencyP50,
        Metric::StableLatencyP95,
        Metric::StableLatencyP99,
        Metric::StableLatencyMax,
    ];
    if is_missed(&latencies) {
        lines.extend(slowest(core));
    }
    lines
}

/// How often values reach a node, with advice. Bodies of messages are the node's own, and what looks
/// like a value in them may be something else: so there must be that many messages, too.
fn traffic(core: &Core, sent: &Traffic) -> Option<String> {
    let values = core.values_passed_on()?;
    let others = core.plan().nodes.len().checked_sub(1).filter(|others| *others > 0)?;
    let messages = sent.servers.messages as f64 / (values.count as f64 * others as f64);
    let deliveries = values.deliveries as f64 / (values.count as f64 * others as f64);
    if messages.min(deliveries) >= FLOOD {
        return Some(format!(
            "each value reached each node {deliveries:.1} times on average, and once is enough: pass \
             values on along a tree (--topology tree4, or links of your own choice), not to every \
             neighbour"
        ));
    }
    (messages >= SEPARATE).then(|| {
        format!(
            "for each value there were {messages:.1} messages for each node: if messages are to be fewer, \
             each must carry more, so collect new values for a while and send them together"
        )
    })
}

/// The value that took longest: who had it last.
fn slowest(core: &Core) -> Option<String> {
    let set = set_full(core.history(), &Function::Broadcast).ok()?;
    let slowest = set.worst_stale.first()?;
    let trail = core.value_trail(&slowest.element)?;
    let (first, began) = trail.arrivals.iter().min_by_key(|(_, time)| *time)?;
    let (last, ended) = trail.arrivals.iter().max_by_key(|(_, time)| *time)?;
    let name = |node: &usize| core.plan().nodes[*node].as_str();
    let seconds = |nanos: &i64| *nanos as f64 / 1e9;
    Some(format!(
        "the slowest value, {}, took {} ms: {} had it at {:.3} s, and {} last, at {:.3} s (glomers story \
         --value {0} shows its path)",
        json(&slowest.element),
        slowest.stable_latency,
        name(first),
        seconds(began),
        name(last),
        seconds(ended),
    ))
}
