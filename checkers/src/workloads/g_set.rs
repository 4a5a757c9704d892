//! The g-set workload: set-full, whose last reads are not marked as final.

use super::set::{SetReason, check_set};
use super::{WorkloadFindings, WorkloadResult, strays};
use crate::{Criteria, Explanation, Stats, Warning, duplicates};
use glomers_history::{Function, History, Kind, Operation, Traffic, Value};
use rustc_hash::FxHashSet;

#[derive(Debug)]
struct GSet<'h> {
    history: &'h History,
    criteria: &'h Criteria,
    reason: SetReason,
}

/// Runs the checker.
pub(super) fn check<'h>(history: &'h History, criteria: &'h Criteria) -> WorkloadResult<'h> {
    let (verdict, reason) = check_set(history, &Function::Add);
    WorkloadResult::new(verdict, GSet { history, criteria, reason })
}

impl WorkloadFindings for GSet<'_> {
    fn explanations(&self) -> Vec<Explanation> {
        self.reason.explanations(self.history, &Function::Add)
    }

    fn warnings(&self, stats: &Stats, traffic: Option<&Traffic>) -> Vec<Warning> {
        let history = self.history;
        let mut warnings = Warning::unsuccessful(history, stats);
        warnings.extend(Warning::duplicated(duplicates(history)));
        warnings.extend(strays::warnings(history, &Function::Add));
        warnings.extend(disagreement(history));
        warnings.extend(Warning::silent(traffic, &self.criteria.cluster));
        warnings
    }
}

/// Minimum pause before the last reads, in ns: the shortest recovery wait. A load with a lower rate
/// has longer pauses, but none as long as its recovery wait.
const RECOVERY: i64 = 1_000_000_000;

/// Successful last reads, which are not marked: those that began after the longest pause after all
/// adds.
fn last_reads(history: &History) -> Vec<&Operation> {
    let invocations = || {
        let client = history.client_operations().map(|(_, operation)| operation);
        client.filter(|operation| operation.kind == Kind::Invoke)
    };
    let is_add = |operation: &&Operation| operation.f == Function::Add;
    let Some(last_add) = invocations().filter(is_add).last() else { return Vec::new() };
    let after = || invocations().skip_while(|operation| operation.index < last_add.index);
    let pauses =
        after().zip(after().skip(1)).map(|(a, b)| (b.time.saturating_sub(a.time), b.index));
    // Of equal pauses, the first.
    let longest = pauses.reduce(|longest, pause| if pause.0 > longest.0 { pause } else { longest });
    let Some((_, begin)) = longest.filter(|(pause, _)| *pause >= RECOVERY) else {
        return Vec::new();
    };
    let reads = history.client_operations().filter(|(position, read)| {
        let is_late = history.counterpart(*position).is_some_and(|it| it.index >= begin);
        read.kind == Kind::Ok && read.f == Function::Read && is_late
    });
    reads.map(|(_, read)| read).collect()
}

/// An element that one of the last reads shows, and another does not.
fn disagreement(history: &History) -> Option<Warning> {
    let reads = last_reads(history);
    let first = reads.first()?;
    let first_set = elements(first);
    reads.iter().find_map(|other| {
        let set = elements(other);
        // In the order of the reads, not of the sets.
        let missing = |from: &Operation, of: &FxHashSet<Value>| -> Vec<Value> {
            let mut missing = Vec::new();
            from.value.each_element(|element| {
                if !of.contains(element) {
                    missing.push(element.clone());
                }
            });
            missing
        };
        let (here, there) = (missing(first, &set), missing(other, &first_set));
        let (with, without, elements) =
            if here.is_empty() { (other, first, there) } else { (first, other, here) };
        let element = elements.first()?.clone();
        let (with, without) = ((*with).into(), (*without).into());
        Some(Warning::ElementMissing { count: elements.len(), element, with, without })
    })
}

fn elements(read: &Operation) -> FxHashSet<Value> {
    let mut elements = FxHashSet::default();
    read.value.each_element(|element| {
        elements.insert(element.clone());
    });
    elements
}

#[cfg(test)]
mod tests {
    use super::*;
    use glomers_history::read_history;

    /// Operations that end at once: second, process, function, value.
    fn history(operations: &[(u64, u64, &str, &str)]) -> History {
        let entry = |index: usize| {
            let (second, process, f, value) = operations[index / 2];
            let (kind, value) = match index % 2 {
                0 => ("invoke", if f == "add" { value } else { "nil" }),
                _ => ("ok", value),
            };
            format!(
                "{{:index {index}, :time {}, :type :{kind}, :process {process}, :f :{f}, \
                 :value {value}}}\n",
                second * 1_000_000_000 + index as u64
            )
        };
        let lines: String = (0..2 * operations.len()).map(entry).collect();
        read_history(lines.as_bytes()).unwrap()
    }

    #[test]
    fn nodes_that_disagree_in_the_end_are_reported() {
        let text = |last: &str| {
            let all = history(&[
                (0, 0, "add", "1"),
                (0, 1, "add", "2"),
                // Not yet replicated, which is not an error.
                (0, 0, "read", "[1]"),
                (10, 0, "read", "[1 2]"),
                (10, 1, "read", last),
            ]);
            disagreement(&all).map(|warning| warning.to_string())
        };
        assert_eq!(text("[2 1]"), None);
        let missing = text("[2]").unwrap();
        assert!(
            missing.contains("1 element is in one last read and not in another, for example 1")
        );
        assert!(text("[1 2 3]").unwrap().contains("for example 3, which process 1"));
        // It is unknown which reads are the last.
        let all = history(&[(0, 0, "add", "1"), (0, 0, "read", "[1]"), (0, 1, "read", "[]")]);
        assert_eq!(disagreement(&all), None);
    }
}
