//! Reads that only ever show a part of a set: the newest values, or the oldest.

use super::final_reads::final_reads;
use glomers_history::{Function, History, Kind, Operation, Value};
use rustc_hash::FxHashMap;

/// The part of the values that reads show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShownPart {
    /// The values added last.
    Newest,
    /// The values added first.
    Oldest,
}

/// The part that the final reads show, if all show as many values as any read ever did, and these
/// are the first or last that were added; and the number of values.
pub(super) fn shown_part(history: &History, add: &Function) -> Option<(ShownPart, usize)> {
    let mut ranks: FxHashMap<&Value, usize> = FxHashMap::default();
    let mut most = 0;
    for (_, operation) in history.client_operations() {
        if operation.f == *add && operation.kind == Kind::Invoke {
            let next = ranks.len();
            ranks.entry(&operation.value).or_insert(next);
        } else if operation.f == Function::Read && operation.kind == Kind::Ok {
            most = most.max(shown(operation).len());
        }
    }
    // Nodes may learn of values in different orders: up to that many values around the limit may be
    // shown.
    let slack = 2 * most;
    if most == 0 || slack >= ranks.len() {
        return None;
    }
    let (mut least, mut greatest) = (usize::MAX, 0);
    for read in final_reads(history, Kind::Ok) {
        if shown(read).len() < most {
            return None;
        }
        for rank in shown(read).iter().filter_map(|element| ranks.get(element)) {
            least = least.min(*rank);
            greatest = greatest.max(*rank);
        }
    }
    if least > greatest {
        return None;
    }
    if least >= ranks.len() - slack {
        Some((ShownPart::Newest, most))
    } else if greatest < slack {
        Some((ShownPart::Oldest, most))
    } else {
        None
    }
}

fn shown(read: &Operation) -> &[Value] {
    read.value.elements().unwrap_or_default()
}
