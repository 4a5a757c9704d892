//! The actions of the nemesis, with their times, and the reasons why messages did not arrive.

use super::line::{Content, Line};
use crate::fate::Fate;
use crate::fault::{Cut, Fault, FaultKind};
use crate::message::Message;
use crate::timeline::Timeline;

/// Maximum number of links of a cut that are listed one by one.
const FEW_LINKS: usize = 6;

/// A line for the beginning of each of these faults, and one for its end.
pub(super) fn lines<'a>(
    faults: impl IntoIterator<Item = &'a Fault>,
    names: &[String],
) -> Vec<Line> {
    let mut lines = Vec::new();
    for Fault { from, until, kind } in faults {
        let line = |time: i64, text| Line { time, content: Content::Sentence(text) };
        lines.push(line(*from, began(kind, names)));
        lines.extend(until.map(|until| line(until, ended(kind, names))));
    }
    lines
}

impl FaultKind {
    /// What the nemesis does when it begins: `the nemesis kills n1`. The names are those of the run's
    /// nodes.
    #[must_use]
    pub fn beginning(&self, names: &[String]) -> String {
        began(self, names)
    }

    /// What happens when it ends: `n1 is started again`.
    #[must_use]
    pub fn ending(&self, names: &[String]) -> String {
        ended(self, names)
    }
}

/// Why a message did not arrive.
pub(super) fn reason(timeline: &Timeline<'_>, message: &Message<'_>) -> String {
    match timeline.fate(message) {
        Fate::Dead(_) => format!("{} is dead", timeline.name(message.dest)),
        Fate::Cut(_) => "cut".to_owned(),
        Fate::Lost(_) => "lost".to_owned(),
        Fate::Arrived | Fate::NotAwaited | Fate::Late => "the run ends before".to_owned(),
    }
}

impl Timeline<'_> {
    /// What a fault does, as a sentence: `the nemesis kills n1`.
    #[must_use]
    pub fn describe(&self, fault: &Fault) -> String {
        began(&fault.kind, self.nodes())
    }
}

fn began(kind: &FaultKind, names: &[String]) -> String {
    match kind {
        FaultKind::Partition(_) if names.is_empty() => "the nemesis cuts links".to_owned(),
        FaultKind::Partition(cut) => format!("the nemesis cuts {}", links(cut, names)),
        FaultKind::Loss(probability) => {
            format!("the nemesis loses {} between nodes", messages(*probability))
        }
        FaultKind::Duplicate(probability) => {
            format!("the nemesis delivers {} between nodes twice", messages(*probability))
        }
        FaultKind::Reorder(mean_ms) => {
            format!(
                "the nemesis delays messages between nodes at random, by {mean_ms} ms in the mean"
            )
        }
        FaultKind::Slow(factor) => {
            format!("the nemesis lets messages between nodes take {factor} times as long")
        }
        FaultKind::Kill(node) => format!("the nemesis kills {}", names[*node]),
        FaultKind::Pause(node) => format!("the nemesis stops {}", names[*node]),
        FaultKind::Skew { node, rate } => {
            format!("the nemesis lets {}'s clock run {rate:.2} times as fast", names[*node])
        }
        FaultKind::Other(name) => format!("the nemesis begins {name}"),
    }
}

fn ended(kind: &FaultKind, names: &[String]) -> String {
    match kind {
        FaultKind::Partition(_) => "the network is whole again".to_owned(),
        FaultKind::Loss(_) => "no more messages are lost".to_owned(),
        FaultKind::Duplicate(_) => "no more messages are doubled".to_owned(),
        FaultKind::Reorder(_) => "messages are no longer delayed".to_owned(),
        FaultKind::Slow(_) => "messages are as fast as before".to_owned(),
        FaultKind::Kill(node) => format!("{} is started again", names[*node]),
        FaultKind::Pause(node) => format!("{} continues", names[*node]),
        FaultKind::Skew { node, .. } => format!("{}'s clock is right again", names[*node]),
        FaultKind::Other(name) => format!("the nemesis ends {name}"),
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
pub(super) fn links(cut: &Cut, names: &[String]) -> String {
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
