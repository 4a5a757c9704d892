//! Texts about operations that have no valid order.

use crate::excerpt::json;
use crate::{Conflict, ConflictingCall, Origin, PendingCall};
use glomers_history::{Function, Operation, Process};
use std::fmt;

/// Maximum number of values or operations of one kind that a sentence names.
const NAMED: usize = 8;

impl fmt::Display for Conflict {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { failed, held, pending, origin, others, since } = self;
        let held = list(held.iter().map(json), "or");
        write!(out, "{failed} succeeded, but the register could only hold {held} then")?;
        if !pending.is_empty() {
            let pending = list(pending.iter().map(ToString::to_string), "and");
            write!(out, " ({pending})")?;
        }
        match origin {
            Origin::Begun => {}
            Origin::Nowhere(value) => return write!(out, "; no operation leaves {}", json(value)),
            Origin::Later(write) => {
                let (what, process) = (What(write), process(write));
                let index = write.index;
                return write!(out, "; {what} ({process}, entry {index}) begins only later");
            }
            Origin::Failed(write) => {
                return write!(out, "; {write} would explain it, but that failed");
            }
        }
        if others.is_empty() {
            return write!(out, "; no order of the operations that had begun explains it");
        }
        let others = list(others.iter().map(ToString::to_string), "and");
        let empty = if since.is_none() { ", after an empty start" } else { "" };
        write!(out, "; it has no place in any order of {others}{empty}")
    }
}

impl fmt::Display for ConflictingCall {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { invocation, completion } = self;
        let (what, process) = (What(completion), process(completion));
        write!(out, "{what} ({process}, entries {} to {})", invocation.index, completion.index)
    }
}

impl fmt::Display for PendingCall {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open(call) => write!(out, "{call} had not ended"),
            Self::Uncertain(invocation) => {
                let (what, process) = (What(invocation), process(invocation));
                let index = invocation.index;
                write!(out, "the outcome of {what} ({process}, entry {index}) is unknown")
            }
        }
    }
}

/// The text of an operation: `cas from 1 to 2`.
struct What<'a>(&'a Operation);

impl fmt::Display for What<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.0.f, self.0.value.elements()) {
            (Function::Cas, Some([old, new])) => {
                write!(out, "cas from {} to {}", json(old), json(new))
            }
            (f, _) => write!(out, "{f} {}", json(&self.0.value)),
        }
    }
}

fn process(operation: &Operation) -> String {
    match operation.process {
        Process::Client(process) => format!("process {process}"),
        Process::Nemesis => "the nemesis".to_owned(),
    }
}

/// `1, 2 or 3`
fn list(texts: impl ExactSizeIterator<Item = String>, last_word: &str) -> String {
    let more = texts.len().saturating_sub(NAMED);
    let mut texts: Vec<String> = texts.take(NAMED).collect();
    if more > 0 {
        texts.push(format!("{more} more"));
    }
    match texts.split_last() {
        None => "something else".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, texts)) => format!("{} {last_word} {last}", texts.join(", ")),
    }
}
