//! Whether a seed determines the run of a node: a second run is compared with the first.

use super::Outcome;
use glomers_history::{shortened, visible};

/// Maximum number of characters of a difference that are shown.
const SHOWN_CHARS: usize = 200;

/// Why a node may not be repeatable, and what to do.
pub const WHY_NOT_REPEATABLE: &str = "\
something decides in it that no seed does: the order of a HashMap or a HashSet (the SDK has \
`glomers_node::Map` and `Set`, whose order is the same in every run), a clock, a thread, random \
numbers other than `Ctx::random`, a file, or a static that it changes";

/// The first difference between two runs of one seed, in words; `None` if they are the same.
pub(super) fn difference(first: &Outcome, second: &Outcome) -> Option<String> {
    let journals = (lines(first.journal()), lines(second.journal()));
    if let Some(text) = first_difference("message", journals.0, journals.1) {
        return Some(text);
    }
    let (one, other) = (first.history().operations(), second.history().operations());
    if let Some(index) = one.iter().zip(other).position(|(one, other)| one != other) {
        return Some(format!("entry {index} of the history is another"));
    }
    if one.len() != other.len() {
        return Some(format!("the history has {} entries, then {}", one.len(), other.len()));
    }
    let logs = first.node_logs().iter().zip(second.node_logs());
    let differing = logs.zip(&first.plan().nodes).find(|((one, other), _)| one != other);
    differing.map(|(_, node)| format!("{node} logged something else"))
}

fn lines(journal: &[u8]) -> impl Iterator<Item = &[u8]> {
    journal.split(|byte| *byte == b'\n').filter(|line| !line.is_empty())
}

fn first_difference<'a>(
    what: &str,
    mut first: impl Iterator<Item = &'a [u8]>,
    mut second: impl Iterator<Item = &'a [u8]>,
) -> Option<String> {
    for number in 1.. {
        let (one, other) = (first.next(), second.next());
        if one != other {
            let (one, other) = (shown(one), shown(other));
            return Some(format!("{what} {number} was {one}, then {other}"));
        }
        one?;
    }
    None
}

fn shown(line: Option<&[u8]>) -> String {
    let Some(line) = line else { return "missing".to_owned() };
    let text = String::from_utf8_lossy(line);
    visible(&shortened(&text, SHOWN_CHARS)).into_owned()
}
