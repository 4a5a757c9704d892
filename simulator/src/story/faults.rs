//! What the nemesis did, when, and which messages fell to it.

use super::journal::Message;
use super::line::{Line, Told};
use glomers_engine::{Core, Disturbance, NEVER_ENDED, PlannedFault};
use glomers_history::{Kind, Operation};
use std::collections::{BTreeMap, BTreeSet};

/// Most links of a cut that are told one by one.
const FEW_LINKS: usize = 6;

/// A fault, in ns since the test began.
pub(super) struct Spell {
    from: i64,
    until: i64,
    disturbance: Disturbance,
}

/// When the load began, in ns since the test did: faults are told from there.
pub(crate) fn load_start(core: &Core) -> i64 {
    let scenario = core.scenario();
    // What happened first in the load is told both ways.
    let operations = core.history().operations();
    let begins_something = |entry: &&Operation| entry.kind == Kind::Invoke || !entry.is_client();
    let first = operations.iter().find(begins_something).map_or(0, |first| first.time);
    let operation = scenario.operations.first().map(|operation| operation.at);
    let fault = scenario.faults.first().map(|fault| fault.from);
    first - signed(operation.into_iter().chain(fault).min().unwrap_or(0))
}

/// All faults of a run.
pub(super) fn spells(core: &Core) -> Vec<Spell> {
    let origin = load_start(core);
    let spell = |PlannedFault { from, until, disturbance }| {
        let at = |nanos: u64| origin.saturating_add(signed(nanos));
        let until = if until == NEVER_ENDED { i64::MAX } else { at(until) };
        Spell { from: at(from), until, disturbance }
    };
    core.scenario().faults.into_iter().map(spell).collect()
}

fn signed(nanos: u64) -> i64 {
    i64::try_from(nanos).unwrap_or(i64::MAX)
}

/// A line for the begin of each, and one for its end.
pub(super) fn lines(spells: &[Spell], names: &[String]) -> Vec<Line> {
    let mut lines = Vec::new();
    for Spell { from, until, disturbance } in spells {
        let line = |time: &i64, text| Line { time: *time, told: Told::Sentence(text) };
        lines.push(line(from, began(disturbance, names)));
        if *until != i64::MAX {
            lines.push(line(until, ended(disturbance, names)));
        }
    }
    lines
}

/// Why a message did not arrive.
pub(super) fn reason(message: &Message, spells: &[Spell], names: &[String]) -> String {
    let place = |name: &str| names.iter().position(|node| node == name);
    let (src, dest) = (place(&message.src), place(&message.dest));
    let is_server = !message.involves_client();
    let cause = |spell: &&Spell| match &spell.disturbance {
        Disturbance::Kill { node } => dest == Some(*node),
        Disturbance::Partition { cut, .. } => dest
            .and_then(|dest| cut.get(&dest))
            .is_some_and(|dropped| src.is_some_and(|src| dropped.contains(&src))),
        Disturbance::Loss { .. } => is_server,
        _ => false,
    };
    // What was so when it was sent, or else what came before it could arrive.
    let at_once =
        |spell: &&Spell| spell.from <= message.sent && message.sent <= spell.until && cause(spell);
    let later = |spell: &&Spell| message.sent < spell.from && cause(spell);
    let found = spells.iter().find(at_once).or_else(|| spells.iter().find(later));
    match found.map(|spell| &spell.disturbance) {
        Some(Disturbance::Kill { node }) => format!("{} is dead", names[*node]),
        Some(Disturbance::Partition { .. }) => "cut".to_owned(),
        Some(_) => "lost".to_owned(),
        None => "the run ends before".to_owned(),
    }
}

fn began(disturbance: &Disturbance, names: &[String]) -> String {
    match disturbance {
        Disturbance::Partition { cut, .. } => format!("the nemesis cuts {}", links(cut, names)),
        Disturbance::Loss { probability } => {
            format!("the nemesis loses {} between nodes", messages(*probability))
        }
        Disturbance::Duplicate { probability } => {
            format!("the nemesis delivers {} between nodes twice", messages(*probability))
        }
        Disturbance::Reorder { mean_ms } => {
            format!(
                "the nemesis delays messages between nodes at random, by {mean_ms} ms in the mean"
            )
        }
        Disturbance::Slow { factor } => {
            format!("the nemesis lets messages between nodes take {factor} times as long")
        }
        Disturbance::Kill { node } => format!("the nemesis kills {}", names[*node]),
        Disturbance::Pause { node } => format!("the nemesis stops {}", names[*node]),
        Disturbance::Skew { node, rate } => {
            format!("the nemesis lets {}'s clock run {rate:.2} times as fast", names[*node])
        }
    }
}

fn ended(disturbance: &Disturbance, names: &[String]) -> String {
    match disturbance {
        Disturbance::Partition { .. } => "the network is whole again".to_owned(),
        Disturbance::Loss { .. } => "no more messages are lost".to_owned(),
        Disturbance::Duplicate { .. } => "no more messages are doubled".to_owned(),
        Disturbance::Reorder { .. } => "messages are no longer delayed".to_owned(),
        Disturbance::Slow { .. } => "messages are as fast as before".to_owned(),
        Disturbance::Kill { node } => format!("{} is started again", names[*node]),
        Disturbance::Pause { node } => format!("{} goes on", names[*node]),
        Disturbance::Skew { node, .. } => format!("{}'s clock is right again", names[*node]),
    }
}

#[expect(clippy::float_cmp, reason = "certain is exactly one")]
fn messages(probability: f64) -> String {
    if probability == 1.0 {
        "all messages".to_owned()
    } else {
        format!("{} % of the messages", probability * 100.0)
    }
}

/// The links of a cut: `n1 -> n0`, `n0 <-> n2`.
fn links(cut: &BTreeMap<usize, BTreeSet<usize>>, names: &[String]) -> String {
    let is_cut = |src: usize, dest: usize| cut.get(&dest).is_some_and(|cut| cut.contains(&src));
    let mut links = Vec::new();
    for (dest, sources) in cut {
        for src in sources {
            let (src_name, dest_name) = (&names[*src], &names[*dest]);
            match is_cut(*dest, *src) {
                false => links.push(format!("{src_name} -> {dest_name}")),
                true if src < dest => links.push(format!("{src_name} <-> {dest_name}")),
                true => {}
            }
        }
    }
    if links.is_empty() {
        return "nothing".to_owned();
    }
    let more = links.len().saturating_sub(FEW_LINKS);
    links.truncate(FEW_LINKS);
    let told = links.join(", ");
    if more == 0 { told } else { format!("{told} and {more} more links") }
}
