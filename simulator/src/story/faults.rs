//! The actions of the nemesis, with their times, and the messages lost because of them.

use super::journal::Message;
use super::line::{Content, Line};
use glomers_engine::{Core, InjectedFault, NEVER_ENDED, PlannedFault};
use glomers_history::{Kind, Operation};
use std::collections::{BTreeMap, BTreeSet};

/// Maximum number of links of a cut that are listed one by one.
const FEW_LINKS: usize = 6;

/// A fault, in ns since the test began.
pub(super) struct Spell {
    from: i64,
    until: i64,
    injected: InjectedFault,
}

/// When the load began, in ns since the start of the test: times of faults are relative to it.
pub(crate) fn load_start(core: &Core) -> i64 {
    let scenario = core.scenario();
    // The first event of the load has both times.
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
    let spell = |PlannedFault { from, until, injected }| {
        let at = |nanos: u64| origin.saturating_add(signed(nanos));
        let until = if until == NEVER_ENDED { i64::MAX } else { at(until) };
        Spell { from: at(from), until, injected }
    };
    core.scenario().faults.into_iter().map(spell).collect()
}

fn signed(nanos: u64) -> i64 {
    i64::try_from(nanos).unwrap_or(i64::MAX)
}

/// A line for the beginning of each, and one for its end.
pub(super) fn lines(spells: &[Spell], names: &[String]) -> Vec<Line> {
    let mut lines = Vec::new();
    for Spell { from, until, injected } in spells {
        let line = |time: &i64, text| Line { time: *time, content: Content::Sentence(text) };
        lines.push(line(from, began(injected, names)));
        if *until != i64::MAX {
            lines.push(line(until, ended(injected, names)));
        }
    }
    lines
}

/// Why a message did not arrive.
pub(super) fn reason(message: &Message, spells: &[Spell], names: &[String]) -> String {
    let position = |name: &str| names.iter().position(|node| node == name);
    let (src, dest) = (position(&message.src), position(&message.dest));
    let is_server = !message.involves_client();
    let cause = |spell: &&Spell| match &spell.injected {
        InjectedFault::Kill { node } => dest == Some(*node),
        InjectedFault::Partition { cut, .. } => dest
            .and_then(|dest| cut.get(&dest))
            .is_some_and(|dropped| src.is_some_and(|src| dropped.contains(&src))),
        InjectedFault::Loss { .. } => is_server,
        _ => false,
    };
    // Faults that were active when it was sent, or else those that began before it could arrive.
    let at_once =
        |spell: &&Spell| spell.from <= message.sent && message.sent <= spell.until && cause(spell);
    let later = |spell: &&Spell| message.sent < spell.from && cause(spell);
    let found = spells.iter().find(at_once).or_else(|| spells.iter().find(later));
    match found.map(|spell| &spell.injected) {
        Some(InjectedFault::Kill { node }) => format!("{} is dead", names[*node]),
        Some(InjectedFault::Partition { .. }) => "cut".to_owned(),
        Some(_) => "lost".to_owned(),
        None => "the run ends before".to_owned(),
    }
}

fn began(injected: &InjectedFault, names: &[String]) -> String {
    match injected {
        InjectedFault::Partition { cut, .. } => format!("the nemesis cuts {}", links(cut, names)),
        InjectedFault::Loss { probability } => {
            format!("the nemesis loses {} between nodes", messages(*probability))
        }
        InjectedFault::Duplicate { probability } => {
            format!("the nemesis delivers {} between nodes twice", messages(*probability))
        }
        InjectedFault::Reorder { mean_ms } => {
            format!(
                "the nemesis delays messages between nodes at random, by {mean_ms} ms in the mean"
            )
        }
        InjectedFault::Slow { factor } => {
            format!("the nemesis lets messages between nodes take {factor} times as long")
        }
        InjectedFault::Kill { node } => format!("the nemesis kills {}", names[*node]),
        InjectedFault::Pause { node } => format!("the nemesis stops {}", names[*node]),
        InjectedFault::Skew { node, rate } => {
            format!("the nemesis lets {}'s clock run {rate:.2} times as fast", names[*node])
        }
    }
}

fn ended(injected: &InjectedFault, names: &[String]) -> String {
    match injected {
        InjectedFault::Partition { .. } => "the network is whole again".to_owned(),
        InjectedFault::Loss { .. } => "no more messages are lost".to_owned(),
        InjectedFault::Duplicate { .. } => "no more messages are doubled".to_owned(),
        InjectedFault::Reorder { .. } => "messages are no longer delayed".to_owned(),
        InjectedFault::Slow { .. } => "messages are as fast as before".to_owned(),
        InjectedFault::Kill { node } => format!("{} is started again", names[*node]),
        InjectedFault::Pause { node } => format!("{} continues", names[*node]),
        InjectedFault::Skew { node, .. } => format!("{}'s clock is right again", names[*node]),
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
    let shown = links.join(", ");
    if more == 0 { shown } else { format!("{shown} and {more} more links") }
}
