//! Entries that no run of the reference has: how they are judged depends on the checker, so each
//! kind is reported next to the verdict.

use crate::Moment;
use crate::excerpt::json;
use crate::plural::plural;
use glomers_config::Workload;
use glomers_history::{Function, History, Kind, Mispaired, Operation, Value};
use std::fmt;

/// Entries of one kind that are malformed, and the first of them.
#[derive(Debug, Clone, PartialEq)]
pub enum Malformed {
    /// Entries that break the rule that each process invokes, completes, and then invokes again.
    Mispaired {
        /// Number of entries.
        count: usize,
        /// The first of them.
        first: Mispaired,
    },
    /// Entries with a function that the workload does not have.
    ForeignFunction {
        /// Number of entries.
        count: usize,
        /// The function of the first of them.
        f: Function,
        /// The first of them.
        first: Moment,
        /// The functions that the workload has.
        known: &'static [&'static str],
    },
    /// Completions that do not match their invocation.
    UnlikeRequest {
        /// Number of completions.
        count: usize,
        /// The first of them.
        completion: Moment,
        /// The value of the completion, as EDN.
        answer: String,
        /// Its invocation.
        invocation: Moment,
        /// The value of the invocation, as EDN.
        request: String,
    },
}

/// The malformed entries of a history, except for transactions whose completion does not match
/// their invocation.
pub(crate) fn malformed(workload: Workload, history: &History) -> Vec<Malformed> {
    let count = history.mispaired_count();
    let mispaired = history.first_mispaired().map(|first| Malformed::Mispaired { count, first });
    let foreign = foreign_functions(workload, history);
    mispaired.into_iter().chain(foreign).chain(unlike_requests(workload, history)).collect()
}

/// Whether any client operation is one that the workload has.
#[must_use]
pub fn has_operation_of(workload: Workload, history: &History) -> bool {
    let known = workload.functions();
    history.client_operations().any(|(_, operation)| known.contains(&operation.f.name()))
}

fn foreign_functions(workload: Workload, history: &History) -> Option<Malformed> {
    let known = workload.functions();
    let is_foreign = |operation: &&Operation| !known.contains(&operation.f.name());
    let clients = || history.client_operations().map(|(_, operation)| operation);
    let first = clients().find(is_foreign)?;
    // Elle's checkers ignore the function of an operation: other recorders use any name.
    let is_transaction = matches!(workload, Workload::TxnListAppend | Workload::TxnRwRegister);
    if is_transaction && clients().all(|operation| operation.f == first.f) {
        return None;
    }
    Some(Malformed::ForeignFunction {
        count: clients().filter(is_foreign).count(),
        f: first.f.clone(),
        first: first.into(),
        known,
    })
}

fn unlike_requests(workload: Workload, history: &History) -> Option<Malformed> {
    let completions = history.client_operations().filter_map(|(position, completion)| {
        let is_completion = completion.kind != Kind::Invoke;
        Some((completion, history.counterpart(position).filter(|_| is_completion)?))
    });
    let mut unlike = completions.filter(|(completion, invocation)| {
        completion.f != invocation.f
            || completion.kind == Kind::Ok && !answers(workload, invocation, completion)
    });
    let (completion, invocation) = unlike.next()?;
    Some(unlike_request(1 + unlike.count(), completion, invocation))
}

/// Number of completions that do not match their invocation, and the first of them.
pub(crate) fn unlike_request(
    count: usize,
    completion: &Operation,
    invocation: &Operation,
) -> Malformed {
    let shown = |operation: &Operation| match operation.value {
        Value::Nil => operation.f.to_string(),
        _ => format!("{} {}", operation.f, json(&operation.value)),
    };
    Malformed::UnlikeRequest {
        count,
        completion: completion.into(),
        answer: shown(completion),
        invocation: invocation.into(),
        request: shown(invocation),
    }
}

/// Whether a successful completion may answer its invocation, which calls the same function.
fn answers(workload: Workload, invocation: &Operation, completion: &Operation) -> bool {
    let (asked, answered) = (&invocation.value, &completion.value);
    let is_same = || asked == answered || *answered == Value::Nil;
    match (workload, &invocation.f) {
        (Workload::Broadcast | Workload::GSet, Function::Broadcast | Function::Add)
        | (Workload::GCounter | Workload::PnCounter, Function::Add)
        | (Workload::Kafka, Function::Assign)
        | (Workload::LinKv, Function::Write | Function::Cas) => is_same(),
        (Workload::LinKv, Function::Read) => match (pair(asked), pair(answered)) {
            (Some([key, _]), Some([other, _])) => key == other,
            // A register without a key.
            _ => true,
        },
        (Workload::Kafka, Function::Poll | Function::Send | Function::Txn) => {
            let asked = asked.elements().unwrap_or_default();
            let answered = answered.elements().unwrap_or_default();
            asked.len() == answered.len()
                && asked.iter().zip(answered).all(|(asked, answered)| is_part_of(asked, answered))
        }
        // Answers of echo and transactions are compared where they are judged, and an id may be any
        // value.
        _ => true,
    }
}

/// Whether a part of a kafka operation may answer that part of its invocation.
fn is_part_of(asked: &Value, answered: &Value) -> bool {
    let (Some(asked), Some(answered)) = (asked.elements(), answered.elements()) else {
        return asked == answered;
    };
    match (asked, answered) {
        ([f, key, value], [g, other, sent]) => {
            let message = pair(sent).map_or(sent, |[_, message]| message);
            f == g && key == other && (value == message || value == sent)
        }
        _ => asked.first() == answered.first(),
    }
}

fn pair(value: &Value) -> Option<&[Value; 2]> {
    value.elements()?.try_into().ok()
}

impl fmt::Display for Malformed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mispaired { count, first } => {
                let pairs = plural(*count, "entry does", "entries do");
                write!(out, "{pairs} not pair, first ")?;
                match first {
                    Mispaired::StillRunning { index, running } => write!(
                        out,
                        "entry {index}, which begins an operation though that of entry {running} \
                         by the same process is not over"
                    )?,
                    Mispaired::NeverBegan { index } => write!(
                        out,
                        "entry {index}, which completes an operation though its process has begun none"
                    )?,
                }
                write!(
                    out,
                    ": each operation is an invocation and one completion, and a process runs one at a time."
                )
            }
            Self::ForeignFunction { count, f, first, known } => write!(
                out,
                "{} what this workload does not have, first {f} ({first}): it has {}.",
                plural(*count, "entry calls", "entries call"),
                known.join(", ")
            ),
            Self::UnlikeRequest { count, completion, answer, invocation, request } => write!(
                out,
                "{} something else than was asked for, first {answer} ({completion}), while {request} \
                 was asked for ({invocation}): check how the history was recorded.",
                plural(*count, "completion answers", "completions answer"),
            ),
        }
    }
}

#[cfg(test)]
mod tests;
