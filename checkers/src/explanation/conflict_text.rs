//! Operations that have no order, in words.

use crate::excerpt::edn;
use crate::{Conflict, ConflictingCall};
use glomers_history::{Function, Process, Value};
use std::fmt;

impl fmt::Display for Conflict {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { failed, held, others, since } = self;
        write!(out, "{failed} succeeded, but the register could only hold {} then", list(held))?;
        match (others.as_slice(), since) {
            ([], None) => write!(out, "; nothing else had begun that could have made it so"),
            ([], Some(_)) => write!(out, "; nothing that went on could have made it so"),
            (others, _) => {
                let others: Vec<String> = others.iter().map(ToString::to_string).collect();
                let empty = if since.is_none() { ", after an empty start" } else { "" };
                write!(out, "; it has no place in any order of {}{empty}", others.join(", "))
            }
        }
    }
}

impl fmt::Display for ConflictingCall {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { invocation, completion } = self;
        match (&completion.f, completion.value.elements()) {
            (Function::Cas, Some([old, new])) => {
                write!(out, "cas from {} to {}", edn(old), edn(new))?;
            }
            (f, _) => write!(out, "{f} {}", edn(&completion.value))?,
        }
        let process = match completion.process {
            Process::Client(process) => format!("process {process}"),
            Process::Nemesis => "the nemesis".to_owned(),
        };
        write!(out, " ({process}, entries {} to {})", invocation.index, completion.index)
    }
}

/// `1, 2 or 3`
fn list(values: &[Value]) -> String {
    match values {
        [] => "something else".to_owned(),
        [value] => edn(value),
        [values @ .., last] => {
            let values: Vec<String> = values.iter().map(edn).collect();
            format!("{} or {}", values.join(", "), edn(last))
        }
    }
}
