//! The reads after the recovery wait: the final states of the nodes.

use crate::Warning;
use glomers_history::{Function, History, Kind, Operation};

/// Entries of final reads of that kind.
pub(super) fn final_reads(history: &History, kind: Kind) -> impl Iterator<Item = &Operation> {
    let entries = history.client_operations().map(|(_, operation)| operation);
    entries.filter(move |operation| operation.is_final && operation.kind == kind)
}

/// Final reads show whether all nodes agree in the end, but none has to succeed. If no read
/// succeeds at all, the statistics report it.
pub(super) fn missing_final_reads(history: &History) -> Option<Warning> {
    let total = final_reads(history, Kind::Invoke).count();
    let missing = total.saturating_sub(final_reads(history, Kind::Ok).count());
    let is_read =
        |operation: &Operation| operation.kind == Kind::Ok && operation.f == Function::Read;
    let some_read = history.operations().iter().any(is_read);
    (missing > 0 && some_read).then_some(Warning::MissingFinalReads { missing, total })
}

/// Two of these reads that returned different values, according to `same`.
pub(super) fn disagreement<'h>(
    reads: impl IntoIterator<Item = &'h Operation>,
    same: impl Fn(&Operation, &Operation) -> bool,
) -> Option<Warning> {
    let mut reads = reads.into_iter();
    let first = reads.next()?;
    let other = reads.find(|read| !same(first, read))?;
    Some(Warning::ReplicasDisagree {
        first: (first.value.clone(), first.into()),
        other: (other.value.clone(), other.into()),
    })
}
