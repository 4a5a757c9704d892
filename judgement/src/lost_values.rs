//! Texts about the lost values of a broadcast: how far each got on the network.

use glomers_checkers::{LostElement, json, set_full};
use glomers_config::Plan;
use glomers_engine::{Core, DropReason, DroppedTo, NodeIndex, ValueTrail, neighbours};
use glomers_history::{Cluster, Function, History, Kind, Operation, Traffic, Value};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Maximum number of values whose whole path is shown.
const EXAMPLES: usize = 3;

/// A lost value.
struct LostValue<'a> {
    element: &'a Value,
    /// The node that a client sent it to, and when.
    given: (NodeIndex, i64),
    trail: ValueTrail,
}

/// A block of lines about the lost values; `None` if no value was lost, or nothing is known of
/// them.
pub(crate) fn explain(core: &Core, traffic: &Traffic) -> Option<String> {
    let (plan, history) = (core.plan(), core.history());
    let is_silent = traffic.servers.sent == 0;
    let lost = set_full(history, &Function::Broadcast).ok()?.lost;
    let values: Vec<LostValue<'_>> =
        lost.iter().filter_map(|lost| lost_value(core, history, lost)).collect();
    let heading = match values.len() {
        0 => return None,
        1 => "the lost value, as the network saw it:".to_owned(),
        count => format!("the {count} lost values, as the network saw them:"),
    };
    let mut lines = vec![heading];
    let is_late = are_late(&values, core);
    if is_late {
        lines.push(format!(
            "each was passed on to every node, but reached some only after the last reads: the recovery \
             of {} s was too short for these nodes (--recovery gives them more), or they pass values on \
             too slowly",
            plan.recovery.as_secs_f64()
        ));
    } else {
        lines.extend(as_texts(&values, history).or_else(|| pattern(&values, plan, is_silent)));
    }
    let is_lost = |dropped: &DroppedTo| dropped.cause != DropReason::Ended;
    let dropped = values.iter().filter(|value| value.trail.dropped.iter().any(is_lost)).count();
    if dropped > 0 {
        lines.push(format!(
            "for {dropped} of {}, a message to a node that lacks it was dropped, and none after it \
             arrived: send each value again until the other node acknowledges it",
            values.len()
        ));
    }
    // Those with the most information come first.
    let (described, others): (Vec<_>, Vec<_>) =
        values.iter().partition(|value| !value.trail.dropped.is_empty());
    let shown = described.into_iter().chain(others).take(EXAMPLES);
    lines.extend(shown.map(|value| describe(value, plan, is_silent, is_late)));
    if values.len() > EXAMPLES {
        lines.push(format!("and {} more", values.len() - EXAMPLES));
    }
    Some(lines.join("\n  "))
}

fn lost_value<'a>(core: &Core, history: &History, lost: &'a LostElement) -> Option<LostValue<'a>> {
    let is_add = |operation: &&Operation| {
        operation.kind == Kind::Invoke
            && operation.f == Function::Broadcast
            && operation.value == lost.element
    };
    let add = history.operations().iter().find(is_add)?;
    let plan = core.plan();
    let cluster = Cluster::new(plan.nodes.clone(), plan.workers.into());
    let name = cluster.node_of(add.process)?;
    let node = plan.nodes.iter().position(|node| node == name)?;
    let trail = core.value_trail(&lost.element)?;
    Some(LostValue { element: &lost.element, given: (node, add.time), trail })
}

/// Whether every value reached every node, or was on its way there, and those that lacked it in their
/// last read got it later.
fn are_late(values: &[LostValue<'_>], core: &Core) -> bool {
    let plan = core.plan();
    let cluster = Cluster::new(plan.nodes.clone(), plan.workers.into());
    let mut last_reads = vec![i64::MIN; plan.nodes.len()];
    for read in core.history().operations() {
        if read.kind == Kind::Invoke
            && read.f == Function::Read
            && let Some(name) = cluster.node_of(read.process)
            && let Some(node) = plan.nodes.iter().position(|node| node == name)
        {
            last_reads[node] = read.time;
        }
    }
    values.iter().all(|value| {
        let ValueTrail { arrivals, unshown, dropped, .. } = &value.trail;
        let is_later = |(node, time): &(NodeIndex, i64)| *time > last_reads[*node];
        arrivals.len() + unshown.len() + dropped.len() == plan.nodes.len()
            && dropped.iter().all(|dropped| dropped.cause == DropReason::Ended)
            && unshown.iter().all(is_later)
            && (!dropped.is_empty() || arrivals.iter().chain(unshown).any(is_later))
    })
}

/// Advice if reads show the lost values as texts.
fn as_texts(values: &[LostValue<'_>], history: &History) -> Option<String> {
    let mut texts = BTreeSet::new();
    for read in
        history.operations().iter().filter(|it| it.kind == Kind::Ok && it.f == Function::Read)
    {
        read.value.each_element(|element| {
            if let Value::Str(text) = element {
                texts.insert(text.to_string());
            }
        });
    }
    let is_text = |value: &LostValue<'_>| texts.contains(&value.element.to_string());
    let first = values.first().filter(|_| values.iter().all(is_text))?;
    Some(format!(
        "reads show each of them as a string, such as {0:?} for {0}: answer with the values as they came",
        first.element.to_string()
    ))
}

/// What all lost values have in common, with advice. `is_silent` if nodes sent each other nothing.
fn pattern(values: &[LostValue<'_>], plan: &Plan, is_silent: bool) -> Option<String> {
    let near = neighbours(plan);
    let holders = |value: &LostValue<'_>| -> Vec<NodeIndex> {
        value.trail.arrivals.iter().map(|(node, _)| *node).collect()
    };
    let all = |has: &dyn Fn(&LostValue<'_>) -> bool| values.iter().all(has);
    if all(&|value| holders(value).len() == plan.nodes.len()) {
        return Some(
            "every node has had each of them: nodes forget values, `read` leaves some out, or nodes \
             are too busy to read their messages in time"
                .to_owned(),
        );
    }
    let is_unshown = |value: &LostValue<'_>| {
        let sent = value.trail.arrivals.len() + value.trail.unshown.len();
        !value.trail.unshown.is_empty() && sent == plan.nodes.len()
    };
    if all(&is_unshown) {
        return Some(
            "every node was sent each of them, and some did not show it: they drop what comes from \
             other nodes, show it in another form, or are too busy to read their messages in time"
                .to_owned(),
        );
    }
    // A value that no message shows may have been in a message that is not understood.
    let is_known = is_silent || all(&|value| value.trail.is_traced);
    if !is_known || !all(&|value| value.trail.dropped.is_empty()) {
        return None;
    }
    if all(&|value| holders(value).iter().all(|node| *node == value.given.0)) {
        return Some(
            "each is only on the node that a client gave it to: send every new value on to the \
             other nodes"
                .to_owned(),
        );
    }
    let is_near = |value: &LostValue<'_>, node: &NodeIndex| {
        *node == value.given.0 || near[value.given.0].contains(node)
    };
    if all(&|value| holders(value).iter().all(|node| is_near(value, node))) {
        return Some(
            "each is only on the node that a client gave it to, and on its direct neighbours in \
             the topology: a node that gets a new value from another node must send it on, too"
                .to_owned(),
        );
    }
    None
}

/// The path of one value.
fn describe(value: &LostValue<'_>, plan: &Plan, is_silent: bool, is_late: bool) -> String {
    let LostValue { element, given: (node, at), trail } = value;
    let mut text =
        format!("{}: given to {} at {} s", json(element), plan.nodes[*node], seconds(*at));
    let have: Vec<&str> = (trail.arrivals.iter())
        .filter(|(holder, _)| holder != node)
        .map(|(holder, _)| plan.nodes[*holder].as_str())
        .collect();
    match have.as_slice() {
        [] if trail.is_traced || is_silent => text.push_str("; no other node ever had it"),
        [] => text.push_str("; no other node showed it in a read"),
        have => {
            let _ = write!(text, "; {} got it, too", have.join(", "));
        }
    }
    for (node, at) in &trail.unshown {
        let node = &plan.nodes[*node];
        let ending = if is_late { ", after its last read" } else { " and never showed it" };
        let _ = write!(text, "; {node} was sent it at {} s{ending}", seconds(*at));
    }
    for dropped in &trail.dropped {
        text.push_str(&describe_dropped(dropped, plan, trail.is_traced));
    }
    if trail.is_traced {
        let is_silent = |node: &usize| {
            trail.arrivals.iter().all(|(holder, _)| holder != node)
                && trail.dropped.iter().all(|dropped| dropped.dest != *node)
                && trail.unshown.iter().all(|(unshown, _)| unshown != node)
        };
        let unsent: Vec<&str> =
            (0..plan.nodes.len()).filter(is_silent).map(|node| plan.nodes[node].as_str()).collect();
        if !unsent.is_empty() {
            let _ = write!(text, "; no message with it was sent to {}", unsent.join(", "));
        }
    }
    text
}

/// `; to n4: n3 sent it at 2.104 s (message 233), dropped by the partition ...`
fn describe_dropped(dropped: &DroppedTo, plan: &Plan, is_traced: bool) -> String {
    let name = |node: NodeIndex| plan.nodes[node].as_str();
    let DroppedTo { dest, src, id, first, last, count, cause } = dropped;
    let by = match cause {
        DropReason::Partition { shape, unheard, from, until } => {
            let unheard: Vec<&str> = unheard.iter().map(|node| name(*node)).collect();
            let until = until.map_or("the end".to_owned(), |until| format!("{} s", seconds(until)));
            format!(
                "the partition ({shape}, {} s to {until}: {} heard nothing from {})",
                seconds(*from),
                name(*dest),
                unheard.join(", ")
            )
        }
        DropReason::Ended => {
            return format!(
                "; {} did not have it yet: a message of {} with it was under way when the run ended",
                name(*dest),
                name(*src)
            );
        }
        DropReason::Lost => "the fault loss".to_owned(),
        DropReason::Dead => format!("the fault kill, since {} was not running", name(*dest)),
    };
    let mut text = format!(
        "; {} never did: {} sent it at {} s (message {id}), dropped by {by}",
        name(*dest),
        name(*src),
        seconds(*first)
    );
    if *count > 1 {
        let _ =
            write!(text, ", and {} more until {} s, dropped as well", count - 1, seconds(*last));
    }
    if is_traced {
        let _ = write!(text, "; no node sent it to {} again", name(*dest));
    }
    text
}

fn seconds(nanos: i64) -> String {
    format!("{:.3}", nanos as f64 / 1e9)
}
