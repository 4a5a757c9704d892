//! What the engine saw of a missed target: how often values travelled, and which came last to whom.

use glomers_checkers::{json, set_full};
use glomers_config::Metric;
use glomers_engine::Core;
use glomers_history::{Function, Kind, Traffic};
use glomers_results::TargetOutcome;

/// From this number of senders to each node on, values take more paths than they need.
const FLOOD: f64 = 1.5;
/// From this number of deliveries over a link on, values are repeated too soon.
const AGAIN: f64 = 1.5;
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

/// How values travel, with advice. Bodies of messages are the node's own, and what looks like a value in
/// them may be something else: so there must be as many messages, too.
fn traffic(core: &Core, sent: &Traffic) -> Option<String> {
    let passed_on = core.values_passed_on()?;
    let others = core.plan().nodes.len().checked_sub(1).filter(|others| *others > 0)? as f64;
    let attempts = core.history().operations().iter();
    let all = attempts.filter(|it| it.kind == Kind::Invoke && it.f == Function::Broadcast).count();
    let messages = sent.servers.messages as f64 / (all.max(1) as f64 * others);
    let senders = passed_on.links as f64 / (passed_on.values as f64 * others);
    let repeats = passed_on.deliveries as f64 / passed_on.links as f64;
    if repeats >= AGAIN && messages >= AGAIN {
        let round_trip = 2 * core.plan().latency_ms;
        return Some(format!(
            "each value went over the same link {repeats:.1} times on average: it is sent again before the \
             acknowledgement can be there, so wait longer than a round trip ({round_trip} ms), or \
             acknowledge it"
        ));
    }
    if senders >= FLOOD && messages >= FLOOD {
        return Some(format!(
            "each node got each value from {senders:.1} others on average, and one is enough: pass values \
             on along a tree (--topology tree4, or links of your own choice), not to every neighbour"
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
